using System.Buffers.Binary;

namespace Avro.IO;

/// <summary>
/// Reads Avro's binary encoding from a stream and leaves the stream right after what was read.
/// No length or count is believed before the bytes that it needs are known to be there.
/// </summary>
public partial class BinaryDecoder : Decoder
{
    private const int LengthUnknownBytesInitial = 64 * 1024;
    private const int LongBytesMax = 10;
    private const string EndOfStream = "End of stream reached";

    private readonly Stream stream;

    public BinaryDecoder(Stream stream) => this.stream = stream;

    public void ReadNull()
    {
    }

    /// <exception cref="AvroException">The byte is neither 0 nor 1.</exception>
    public bool ReadBoolean()
    {
        byte b = NextByte();
        return b <= 1 ? b == 1 : throw new AvroException("Not a boolean value in the stream: " + b);
    }

    public int ReadInt()
    {
        long value = ReadLong();
        return value == (int)value ? (int)value : throw NotAnInt(value);
    }

    public long ReadLong()
    {
        if (next < end && window[next] < 0x80)
        {
            int b = window[next++];
            return (b >> 1) ^ -(b & 1);
        }

        return ReadLongOfMoreBytes();
    }

    public float ReadFloat() => end - next >= sizeof(float)
        ? BinaryPrimitives.ReadSingleLittleEndian(window.AsSpan((next += sizeof(float)) - sizeof(float)))
        : BitConverter.Int32BitsToSingle((int)ReadBits(sizeof(float)));

    public double ReadDouble() => end - next >= sizeof(double)
        ? BinaryPrimitives.ReadDoubleLittleEndian(window.AsSpan((next += sizeof(double)) - sizeof(double)))
        : BitConverter.Int64BitsToDouble(ReadBits(sizeof(double)));

    public byte[] ReadBytes() => ReadExactly(ReadLong());

    public string ReadString()
    {
        long length = ReadLong();
        if ((ulong)length <= (ulong)(end - next))
        {
            ReadOnlySpan<byte> bytes = window.AsSpan(next, (int)length);
            next += (int)length;
            return Utf8Text.Read(bytes);
        }

        return length >= 0
            ? Utf8Text.Read(ReadExactly(length))
            : throw new AvroException("Can not deserialize a string with negative length!");
    }

    public int ReadEnum() => ReadInt();

    public long ReadArrayStart() => ReadItemCount();

    public long ReadArrayNext() => ReadItemCount();

    public long ReadMapStart() => ReadItemCount();

    public long ReadMapNext() => ReadItemCount();

    public int ReadUnionIndex() => ReadInt();

    public void ReadFixed(byte[] buffer) => ReadExactly(buffer.AsSpan());

    public void ReadFixed(byte[] buffer, int start, int length) => ReadExactly(buffer.AsSpan(start, length));

    public void SkipNull()
    {
    }

    public void SkipBoolean() => ReadBoolean();

    public void SkipInt() => ReadInt();

    public void SkipLong() => ReadLong();

    public void SkipFloat() => Skip(sizeof(float));

    public void SkipDouble() => Skip(sizeof(double));

    public void SkipBytes() => Skip(ReadLong());

    public void SkipString() => SkipBytes();

    public void SkipEnum() => ReadLong();

    public void SkipUnionIndex() => ReadLong();

    public void SkipFixed(int len) => Skip(len);

    private static AvroException NotAnInt(long value) => new($"Not an int value in the stream: {value}");

    private long ReadBits(int length)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        bytes.Clear();
        ReadExactly(bytes[..length]);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    private long ReadLongOfMoreBytes()
    {
        // A number whose bytes are all here is read without asking for each of them.
        ReadOnlySpan<byte> bytes = window.AsSpan(next, Math.Min(end - next, LongBytesMax));
        ulong value = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            value |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
            {
                next += i + 1;
                return (long)(value >> 1) ^ -(long)(value & 1);
            }
        }

        value = 0;
        for (int i = 0; i < LongBytesMax; i++)
        {
            byte b = NextByte();
            value |= (ulong)(b & 0x7F) << (7 * i);
            if (b < 0x80)
            {
                return (long)(value >> 1) ^ -(long)(value & 1);
            }
        }

        throw new AvroException("A number in the stream has more than ten bytes");
    }

    // A negative count is followed by the size of the block in bytes, which only serves to skip it.
    private long ReadItemCount()
    {
        long count = ReadLong();
        if (count >= 0)
        {
            return count;
        }

        ReadLong();
        return count > long.MinValue ? -count : throw new AvroException($"Not an item count in the stream: {count}");
    }

    private byte[] ReadExactly(long length)
    {
        if (length < 0 || length > Array.MaxLength)
        {
            throw new AvroException($"Not a length of bytes in the stream: {length}");
        }

        long left = BytesLeft();
        if (left < length && left >= 0)
        {
            throw new AvroException($"{EndOfStream}: {length} bytes are to follow, but only {left} do");
        }

        // How much a stream that cannot seek still holds shows only as it comes.
        var bytes = new byte[left >= 0 ? length : Math.Min(length, LengthUnknownBytesInitial)];
        for (int have = 0; ; Array.Resize(ref bytes, (int)Math.Min(length, 2L * have)))
        {
            ReadExactly(bytes.AsSpan(have));
            have = bytes.Length;
            if (have == length)
            {
                return bytes;
            }
        }
    }

    private void Skip(long length)
    {
        if (length < 0)
        {
            throw new AvroException($"Not a length of bytes in the stream: {length}");
        }

        int buffered = (int)Math.Min(length, end - next);
        next += buffered;
        length -= buffered;
        if (length == 0)
        {
            return;
        }

        if (stream.CanSeek)
        {
            if (length > BytesLeft())
            {
                throw new AvroException($"{EndOfStream}: {length} bytes are to be skipped");
            }

            stream.Position += length;
            return;
        }

        Span<byte> discarded = stackalloc byte[512];
        for (; length > 0; length -= Math.Min(length, discarded.Length))
        {
            ReadExactly(discarded[..(int)Math.Min(length, discarded.Length)]);
        }
    }
}

using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Avro.IO;

/// <summary>
/// Writes Avro's binary encoding to a stream. Each call writes to the stream at once, except within a datum:
/// a datum writer collects what it writes and hands the stream one piece, or several where the datum is large.
/// </summary>
public class BinaryEncoder : Encoder
{
    private const int BufferBytesInitial = 4096;
    private const int BufferBytesMax = 64 * 1024;
    private const int VarintBytesMax = 10;

    // A length of up to 63 bytes is written in one byte, and no UTF-16 unit takes more than three bytes of UTF-8.
    private const int ShortStringCharsMax = 21;

    private readonly Stream stream;
    private byte[] buffer = [];
    private int used;
    private int datumDepth;

    /// <summary>An encoder without a stream: it can write nothing that takes bytes.</summary>
    public BinaryEncoder()
        : this(null)
    {
    }

    public BinaryEncoder(Stream stream) => this.stream = stream;

    public void WriteNull()
    {
    }

    public void WriteBoolean(bool b) => WriteByte(b ? (byte)1 : (byte)0);

    public void WriteInt(int value) => WriteLong(value);

    public void WriteLong(long value)
    {
        ulong rest = (ulong)((value << 1) ^ (value >> 63));
        if (rest < 0x80)
        {
            WriteByte((byte)rest);
            return;
        }

        if (!TryReserve(VarintBytesMax))
        {
            Span<byte> bytes = stackalloc byte[VarintBytesMax];
            stream.Write(bytes[..PutVarint(bytes, rest)]);
            return;
        }

        used += PutVarint(buffer.AsSpan(used), rest);
    }

    public void WriteFloat(float value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        WriteRaw(bytes);
    }

    public void WriteDouble(double value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
        WriteRaw(bytes);
    }

    public void WriteBytes(byte[] value) => WriteBytes(value, 0, value.Length);

    public void WriteBytes(byte[] value, int offset, int length)
    {
        WriteLong(length);
        WriteRaw(value.AsSpan(offset, length));
    }

    public void WriteString(string value)
    {
        if (value.Length <= ShortStringCharsMax && TryReserve(1 + (3 * ShortStringCharsMax)))
        {
            int written = Encoding.UTF8.GetBytes(value, buffer.AsSpan(used + 1));
            buffer[used] = (byte)(written << 1);
            used += written + 1;
            return;
        }

        int length = Encoding.UTF8.GetByteCount(value);
        WriteLong(length);
        if (TryReserve(length))
        {
            used += Encoding.UTF8.GetBytes(value, buffer.AsSpan(used));
            return;
        }

        byte[] bytes = ArrayPool<byte>.Shared.Rent(length);
        Encoding.UTF8.GetBytes(value, bytes);
        WriteRaw(bytes.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(bytes);
    }

    public void WriteEnum(int value) => WriteLong(value);

    public void SetItemCount(long value)
    {
        if (value > 0)
        {
            WriteLong(value);
        }
    }

    public void StartItem()
    {
    }

    public void WriteArrayStart()
    {
    }

    public void WriteArrayEnd() => WriteByte(0);

    public void WriteMapStart()
    {
    }

    public void WriteMapEnd() => WriteByte(0);

    public void WriteUnionIndex(int value) => WriteLong(value);

    public void WriteFixed(byte[] data) => WriteRaw(data);

    public void WriteFixed(byte[] data, int start, int len) => WriteRaw(data.AsSpan(start, len));

    public void Flush()
    {
        Drain();
        stream.Flush();
    }

    /// <summary>Starts to collect; to be followed by <see cref="EndDatum"/>.</summary>
    internal void BeginDatum()
    {
        if (datumDepth++ == 0)
        {
            buffer = ArrayPool<byte>.Shared.Rent(BufferBytesInitial);
        }
    }

    /// <summary>Hands the stream what was collected.</summary>
    internal void EndDatum()
    {
        if (--datumDepth > 0)
        {
            return;
        }

        try
        {
            Drain();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = [];
            used = 0;
        }
    }

    private static int PutVarint(Span<byte> bytes, ulong rest)
    {
        int count = 0;
        for (; rest >= 0x80; rest >>= 7)
        {
            bytes[count++] = (byte)(rest | 0x80);
        }

        bytes[count++] = (byte)rest;
        return count;
    }

    private void WriteByte(byte value)
    {
        if (used < buffer.Length || TryReserve(1))
        {
            buffer[used++] = value;
        }
        else
        {
            stream.WriteByte(value);
        }
    }

    private void WriteRaw(ReadOnlySpan<byte> bytes)
    {
        if (TryReserve(bytes.Length))
        {
            bytes.CopyTo(buffer.AsSpan(used));
            used += bytes.Length;
        }
        else
        {
            stream.Write(bytes);
        }
    }

    /// <summary>Makes room in the buffer; where that cannot be, the buffer is empty and the bytes belong into the stream itself.</summary>
    private bool TryReserve(int count) => count <= buffer.Length - used || (datumDepth > 0 && TryGrow(count));

    private bool TryGrow(int count)
    {
        if ((long)used + count > BufferBytesMax)
        {
            Drain();
            if (count <= buffer.Length)
            {
                return true;
            }
        }

        if (count > BufferBytesMax)
        {
            return false;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(used + count, Math.Min(2 * buffer.Length, BufferBytesMax)));
        buffer.AsSpan(0, used).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
        return true;
    }

    private void Drain()
    {
        if (used > 0)
        {
            stream.Write(buffer, 0, used);
            used = 0;
        }
    }
}

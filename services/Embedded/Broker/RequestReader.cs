using System.Buffers.Binary;
using System.Text;

namespace StreamDistill.Embedded.Broker;

/// <summary>Reads the primitive types of Kafka's protocol. Every read beyond the end is an <see cref="InvalidDataException"/>.</summary>
internal ref struct RequestReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> bytes = bytes;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    public byte Byte() => Take(1)[0];

    public short Int16() => BinaryPrimitives.ReadInt16BigEndian(Take(sizeof(short)));

    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(sizeof(int)));

    public long Int64() => BinaryPrimitives.ReadInt64BigEndian(Take(sizeof(long)));

    /// <summary>NULLABLE_STRING, or in its compact form COMPACT_NULLABLE_STRING.</summary>
    public string? String(bool compact)
    {
        var length = compact ? CompactLength() : Int16();
        return length < 0 ? null : Encoding.UTF8.GetString(Take(length));
    }

    /// <summary>The length of an ARRAY or COMPACT_ARRAY; 0 for a null one.</summary>
    public int ArrayLength(bool compact) => Math.Max(0, compact ? CompactLength() : Int32());

    /// <summary>Skips TAGGED_FIELDS.</summary>
    public void Tags()
    {
        for (var count = UnsignedVarint(); count > 0; count--)
        {
            UnsignedVarint();
            Take(checked((int)Math.Min(int.MaxValue, UnsignedVarint())));
        }
    }

    private int CompactLength() => checked((int)Math.Min(int.MaxValue, UnsignedVarint())) - 1;

    private uint UnsignedVarint()
    {
        uint value = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var next = Byte();
            value |= (uint)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("A variable-length number has more than five bytes.");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > bytes.Length - Position)
        {
            throw new InvalidDataException($"A request is too short: {count} bytes are wanted at {Position} of {bytes.Length}.");
        }

        var taken = bytes.Slice(Position, count);
        Position += count;
        return taken;
    }
}

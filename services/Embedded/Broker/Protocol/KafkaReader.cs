using System.Buffers.Binary;
using System.Text;

namespace StreamDistill.Embedded.Broker.Protocol;

/// <summary>
/// Reads Kafka's primitive types (https://kafka.apache.org/protocol#protocol_types) from a request that is in memory as a
/// whole. Strings, bytes and arrays are compact where the request's version is flexible. A length is never believed before
/// the bytes it announces are there, so nothing is allocated that was not sent.
/// </summary>
/// <param name="buffer">The bytes. What is read as bytes points into them, and is valid as long as they are.</param>
/// <param name="isFlexible">Whether the version is flexible.</param>
internal sealed class KafkaReader(ReadOnlyMemory<byte> buffer, bool isFlexible)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private int position;

    /// <summary>Whether strings, bytes and arrays are compact and structures end with tags.</summary>
    public bool IsFlexible { get; set; } = isFlexible;

    /// <summary>Bytes not read yet.</summary>
    public int Remaining => buffer.Length - position;

    public sbyte ReadInt8() => (sbyte)Take(1)[0];

    public bool ReadBoolean() => Take(1)[0] != 0;

    public short ReadInt16() => BinaryPrimitives.ReadInt16BigEndian(Take(2));

    public int ReadInt32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    public long ReadInt64() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

    public Guid ReadUuid() => new(Take(16), bigEndian: true);

    /// <summary>An unsigned variable-length integer of at most 32 bits.</summary>
    public uint ReadUnsignedVarint()
    {
        uint value = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var next = Take(1)[0];
            if (shift == 28 && next > 0x0f)
            {
                break;
            }

            value |= (uint)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new MalformedRequestException($"A variable-length integer that ends at byte {position} has more than 32 bits.");
    }

    /// <exception cref="MalformedRequestException">It is null, is not UTF-8 or goes beyond the request.</exception>
    public string ReadString() => ReadNullableString() ?? throw new MalformedRequestException($"A string that must not be null is, at byte {position}.");

    public string? ReadNullableString()
    {
        var length = IsFlexible ? ReadCompactLength() : ReadInt16();
        if (length < -1)
        {
            throw new MalformedRequestException($"A string's length is {length}, at byte {position}.");
        }

        try
        {
            return length < 0 ? null : Utf8.GetString(Take(length));
        }
        catch (DecoderFallbackException)
        {
            throw new MalformedRequestException($"A string that ends at byte {position} is not UTF-8.");
        }
    }

    /// <summary>Bytes of the request itself, not a copy.</summary>
    public ReadOnlyMemory<byte> ReadBytes() => ReadNullableBytes() ?? throw new MalformedRequestException($"Bytes that must not be null are, at byte {position}.");

    public ReadOnlyMemory<byte>? ReadNullableBytes()
    {
        var length = IsFlexible ? ReadCompactLength() : ReadInt32();
        if (length < -1)
        {
            throw new MalformedRequestException($"The length of bytes is {length}, at byte {position}.");
        }

        // Not "length < 0 ? null : ...": there null becomes an empty array first, and then empty bytes.
        return length < 0 ? default(ReadOnlyMemory<byte>?) : Slice(length);
    }

    /// <summary>The number of elements of an array that must not be null.</summary>
    public int ReadArrayLength()
    {
        var length = ReadNullableArrayLength();
        return length >= 0 ? length : throw new MalformedRequestException($"An array that must not be null is, at byte {position}.");
    }

    /// <summary>The number of elements, -1 for null. Every element has at least one byte, so no more can be announced than there are.</summary>
    public int ReadNullableArrayLength()
    {
        var length = IsFlexible ? ReadCompactLength() : ReadInt32();
        return length >= -1 && length <= Remaining
            ? length
            : throw new MalformedRequestException($"An array at byte {position} announces {length} elements; {Remaining} bytes are left.");
    }

    /// <summary>An array of structures or values, each read by <paramref name="element" />.</summary>
    public List<T> ReadArray<T>(Func<KafkaReader, T> element) => ReadElements(ReadArrayLength(), element);

    /// <summary>As <see cref="ReadArray{T}" />; null where the array is.</summary>
    public List<T>? ReadNullableArray<T>(Func<KafkaReader, T> element)
    {
        var length = ReadNullableArrayLength();
        return length < 0 ? null : ReadElements(length, element);
    }

    /// <summary>Passes over the tags that end a structure of a flexible version; does nothing in others.</summary>
    public void SkipTags()
    {
        if (!IsFlexible)
        {
            return;
        }

        for (var left = ReadUnsignedVarint(); left > 0; left--)
        {
            ReadUnsignedVarint();
            Slice(checked((int)Math.Min(ReadUnsignedVarint(), int.MaxValue)));
        }
    }

    /// <summary>Reads the tags that end a structure of a flexible version: each known one with a reader of its own.</summary>
    public void ReadTags(Action<uint, KafkaReader> read)
    {
        if (!IsFlexible)
        {
            return;
        }

        for (var left = ReadUnsignedVarint(); left > 0; left--)
        {
            var tag = ReadUnsignedVarint();
            read(tag, new KafkaReader(Slice((int)Math.Min(ReadUnsignedVarint(), int.MaxValue)), IsFlexible));
        }
    }

    private List<T> ReadElements<T>(int count, Func<KafkaReader, T> element)
    {
        // An element has more bytes than one as a rule: the list grows with what is really there.
        var elements = new List<T>(Math.Min(count, 64));
        for (var i = 0; i < count; i++)
        {
            elements.Add(element(this));
        }

        return elements;
    }

    private int ReadCompactLength()
    {
        var length = ReadUnsignedVarint();
        return length <= int.MaxValue ? (int)length - 1 : throw new MalformedRequestException($"A length at byte {position} is {length - 1}.");
    }

    private ReadOnlySpan<byte> Take(int count) => Slice(count).Span;

    private ReadOnlyMemory<byte> Slice(int count)
    {
        if ((uint)count > (uint)Remaining)
        {
            throw new MalformedRequestException($"The request ends at byte {buffer.Length}; {count} more are announced at byte {position}.");
        }

        var slice = buffer.Slice(position, count);
        position += count;
        return slice;
    }
}

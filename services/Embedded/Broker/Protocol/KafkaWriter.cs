using System.Buffers.Binary;
using System.Text;
using StreamDistill.Embedded.Broker.Network;

namespace StreamDistill.Embedded.Broker.Protocol;

/// <summary>
/// Writes Kafka's primitive types to a pooled buffer that grows. Strings, bytes and arrays are compact where the version is
/// flexible.
/// </summary>
internal sealed class KafkaWriter(bool isFlexible) : IDisposable
{
    private byte[] buffer = BufferPool.Instance.Rent(512);

    /// <summary>Whether strings, bytes and arrays are compact and structures end with tags.</summary>
    public bool IsFlexible { get; set; } = isFlexible;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes of the buffer.</summary>
    public int Capacity => buffer.Length;

    /// <summary>What is written. Valid until the next write.</summary>
    public Memory<byte> Written => buffer.AsMemory(0, Length);

    public void WriteInt8(sbyte value) => Add(1)[0] = (byte)value;

    public void WriteBoolean(bool value) => Add(1)[0] = value ? (byte)1 : (byte)0;

    public void WriteInt16(short value) => BinaryPrimitives.WriteInt16BigEndian(Add(2), value);

    public void WriteError(ErrorCode code) => WriteInt16((short)code);

    public void WriteInt32(int value) => BinaryPrimitives.WriteInt32BigEndian(Add(4), value);

    public void WriteInt64(long value) => BinaryPrimitives.WriteInt64BigEndian(Add(8), value);

    public void WriteUuid(Guid value) => value.TryWriteBytes(Add(16), bigEndian: true, out _);

    public void WriteUnsignedVarint(uint value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            Add(1)[0] = (byte)(value | 0x80);
        }

        Add(1)[0] = (byte)value;
    }

    public void WriteString(string? value)
    {
        if (value is null)
        {
            WriteLength(-1, isShort: true);
            return;
        }

        var length = Encoding.UTF8.GetByteCount(value);
        WriteLength(length, isShort: true);
        Encoding.UTF8.GetBytes(value, Add(length));
    }

    public void WriteBytes(ReadOnlySpan<byte> value)
    {
        WriteLength(value.Length, isShort: false);
        value.CopyTo(Add(value.Length));
    }

    public void WriteNullBytes() => WriteLength(-1, isShort: false);

    /// <summary>The number of elements that follow; -1 for null.</summary>
    public void WriteArrayLength(int length) => WriteLength(length, isShort: false);

    public void WriteArray<T>(IReadOnlyCollection<T>? elements, Action<KafkaWriter, T> write)
    {
        WriteArrayLength(elements?.Count ?? -1);
        foreach (var element in elements ?? [])
        {
            write(this, element);
        }
    }

    /// <summary>Ends a structure of a flexible version with no tags; does nothing in others.</summary>
    public void WriteNoTags()
    {
        if (IsFlexible)
        {
            WriteUnsignedVarint(0);
        }
    }

    /// <summary>Room for bytes to be filled in by the caller at once.</summary>
    public Span<byte> Add(int count)
    {
        var start = Length;
        Reserve(count);
        Length += count;
        return buffer.AsSpan(start, count);
    }

    /// <summary>Makes room without writing: <see cref="Written" /> then has at least <paramref name="count" /> bytes behind it.</summary>
    public void Reserve(int count)
    {
        if (count <= buffer.Length - Length)
        {
            return;
        }

        var larger = BufferPool.Instance.Rent(checked((int)Math.Min(Array.MaxLength, Math.Max((long)buffer.Length * 2, (long)Length + count))));
        Written.Span.CopyTo(larger);
        BufferPool.Instance.Return(buffer);
        buffer = larger;
    }

    /// <summary>Takes back what was written after <paramref name="length" /> bytes.</summary>
    public void TruncateTo(int length) => Length = length <= Length ? length : throw new ArgumentOutOfRangeException(nameof(length));

    /// <summary>Overwrites an Int32 written before.</summary>
    public void PatchInt32(int position, int value) => BinaryPrimitives.WriteInt32BigEndian(Written.Span.Slice(position, 4), value);

    public void Dispose()
    {
        BufferPool.Instance.Return(buffer);
        buffer = [];
        Length = 0;
    }

    private void WriteLength(int length, bool isShort)
    {
        if (IsFlexible)
        {
            WriteUnsignedVarint((uint)(length + 1));
        }
        else if (isShort)
        {
            WriteInt16(checked((short)length));
        }
        else
        {
            WriteInt32(length);
        }
    }
}

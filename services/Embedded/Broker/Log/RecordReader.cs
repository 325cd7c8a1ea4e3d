namespace StreamDistill.Embedded.Broker.Log;

/// <summary>Where a record and its parts are in the bytes of its batch's records.</summary>
/// <param name="RestStart">Where key, value and headers begin, the key's length first.</param>
/// <param name="KeyLength">-1 for null.</param>
/// <param name="ValueLength">-1 for null.</param>
internal readonly record struct RecordPosition(
    int AttributesAt, int RestStart, int End, long TimestampDelta, int OffsetDelta, int KeyStart, int KeyLength, int ValueStart, int ValueLength);

/// <summary>
/// Reads the records of a batch, uncompressed. A record: varint length of what follows; int8 attributes; varlong timestampDelta;
/// varint offsetDelta; varint keyLength, key; varint valueLength, value; varint headers, each varint keyLength, key, varint
/// valueLength, value. Varints are zigzag. Whatever the bytes are, it reads within them or returns false.
/// </summary>
internal ref struct RecordReader(ReadOnlySpan<byte> records)
{
    private readonly ReadOnlySpan<byte> records = records;
    private int position;

    /// <summary>Whether all bytes are read.</summary>
    public readonly bool IsAtEnd => position == records.Length;

    public readonly ReadOnlySpan<byte> Key(in RecordPosition record) => records.Slice(record.KeyStart, Math.Max(0, record.KeyLength));

    public readonly ReadOnlySpan<byte> Value(in RecordPosition record) => records.Slice(record.ValueStart, Math.Max(0, record.ValueLength));

    /// <summary>The next record; false at the end and where the bytes are no record.</summary>
    public bool TryRead(out RecordPosition record)
    {
        record = default;
        if (!TryVarint(records.Length, out var length) || length <= 0 || length > records.Length - position)
        {
            return false;
        }

        var end = position + (int)length;
        var attributesAt = position++;
        if (!TryVarint(end, out var timestampDelta) || !TryVarint(end, out var offsetDelta) || offsetDelta is < 0 or > int.MaxValue)
        {
            return false;
        }

        var restStart = position;
        if (!TryBytes(end, out var keyStart, out var keyLength) || !TryBytes(end, out var valueStart, out var valueLength))
        {
            return false;
        }

        position = end;
        record = new RecordPosition(attributesAt, restStart, end, timestampDelta, (int)offsetDelta, keyStart, keyLength, valueStart, valueLength);
        return true;
    }

    private bool TryBytes(int end, out int start, out int length)
    {
        start = 0;
        length = 0;
        if (!TryVarint(end, out var value) || value < -1 || value > end - position)
        {
            return false;
        }

        start = position;
        length = (int)value;
        position += Math.Max(0, length);
        return true;
    }

    private bool TryVarint(int end, out long value)
    {
        ulong bits = 0;
        for (var shift = 0; shift < 70 && position < end; shift += 7)
        {
            var next = records[position++];
            bits |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                value = (long)(bits >> 1) ^ -(long)(bits & 1);
                return true;
            }
        }

        value = 0;
        return false;
    }
}

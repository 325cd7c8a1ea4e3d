namespace StreamDistill.Embedded.Broker.Log;

/// <summary>Writes what compaction keeps to a new segment, in batches that leave no offset uncovered.</summary>
internal sealed class CompactedSegment(Segment segment, int batchBytes)
{
    private readonly CompactedBatch batch = new() { BaseOffset = segment.BaseOffset };

    public void Add(BatchKind kind, long offset, long timestampMs, long horizonMs, byte attributes, ReadOnlySpan<byte> rest)
    {
        if (!batch.Takes(kind, horizonMs, offset) || batch.Bytes + rest.Length > batchBytes)
        {
            Flush(-1);
        }

        batch.Add(kind, offset, timestampMs, horizonMs, attributes, rest);
    }

    /// <summary>Adds a whole batch as it is.</summary>
    public void Add(ReadOnlySpan<byte> whole, in BatchHeader header)
    {
        Flush(header.BaseOffset);
        if (batch.BaseOffset != header.BaseOffset)
        {
            // Nothing is kept between: a batch without records stands for what is gone.
            Append(EmptyBatch(batch.BaseOffset, header.BaseOffset));
        }

        segment.Append(whole, header);
        batch.BaseOffset = header.LastOffset + 1;
    }

    /// <summary>The last batch reaches to the end. Where nothing is kept the segment stays empty.</summary>
    public void Finish(long endOffset)
    {
        Flush(endOffset);
        if (segment.Size > 0 && batch.BaseOffset < endOffset)
        {
            Append(EmptyBatch(batch.BaseOffset, endOffset));
        }
    }

    private void Flush(long end)
    {
        if (batch.Count > 0)
        {
            Append(batch.Finish(end));
        }
    }

    private void Append(ReadOnlySpan<byte> bytes) => segment.Append(bytes, new BatchHeader(bytes));

    private byte[] EmptyBatch(long from, long end)
    {
        var bytes = new byte[BatchHeader.Size];
        BatchHeader.Write(bytes, from, 0, (int)(end - from - 1), -1, Math.Max(-1, segment.MaxTimestamp), -1, -1, -1, 0);
        return bytes;
    }
}

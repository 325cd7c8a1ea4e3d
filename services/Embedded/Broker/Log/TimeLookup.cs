namespace StreamDistill.Embedded.Broker.Log;

/// <summary>Finds offsets by time: the segment, then with its index the batch, then in the batch the record.</summary>
internal static class TimeLookup
{
    private const int WindowBytes = 128 << 10;

    private static readonly OffsetAndTime None = new(-1, -1);

    /// <summary>The first record at or after startOffset with a time or a later one.</summary>
    public static OffsetAndTime First(SegmentList segments, long timestampMs, long startOffset)
    {
        foreach (var segment in segments.All)
        {
            if (segment.MaxTimestamp < timestampMs || segment.Size == 0 || !segment.TryAcquire())
            {
                continue;
            }

            try
            {
                var (position, offset) = segment.Index.PositionForTime(timestampMs);
                var found = Scan(segment, position, offset, timestampMs, startOffset);
                if (found.Offset >= 0)
                {
                    return found;
                }
            }
            finally
            {
                segment.Release();
            }
        }

        return None;
    }

    /// <summary>The first record at or after startOffset with the greatest time of all.</summary>
    public static OffsetAndTime Greatest(SegmentList segments, long startOffset)
    {
        var found = None;
        foreach (var segment in segments.All.Where(segment => segment.Size > 0))
        {
            if (segment.MaxTimestamp <= found.TimestampMs && found.Offset >= 0)
            {
                continue;
            }

            var first = First(new SegmentList([segment]), segment.MaxTimestamp, startOffset);
            found = first.Offset >= 0 ? first : found;
        }

        return found;
    }

    private static OffsetAndTime Scan(Segment segment, long position, long offset, long timestampMs, long startOffset)
    {
        using var scanner = segment.Scan(position, offset, WindowBytes);
        for (var step = scanner.MoveNext(); step != ScanStep.End; step = scanner.MoveNext())
        {
            if (step != ScanStep.Batch || scanner.Header.MaxTimestamp < timestampMs || scanner.Header.LastOffset < startOffset)
            {
                continue;
            }

            var found = InBatch(scanner, timestampMs, startOffset);
            if (found.Offset >= 0)
            {
                return found;
            }
        }

        return None;
    }

    private static OffsetAndTime InBatch(BatchScanner scanner, long timestampMs, long startOffset)
    {
        try
        {
            foreach (var record in RecordBatch.Records(scanner.Batch.ToArray(), scanner.Header))
            {
                if (record.TimestampMs >= timestampMs && record.Offset >= startOffset)
                {
                    return new OffsetAndTime(record.Offset, record.TimestampMs);
                }
            }

            return None;
        }
        catch (InvalidDataException)
        {
            // A client's records that nobody can open: the batch as a whole still has an offset and a time.
            return new OffsetAndTime(Math.Max(startOffset, scanner.Header.BaseOffset), scanner.Header.MaxTimestamp);
        }
    }
}

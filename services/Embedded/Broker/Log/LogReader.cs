using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Log;

/// <summary>Reads whole batches from the segments into an answer. Any number of threads at once, beside the one that appends.</summary>
internal sealed class LogReader(SegmentList segments)
{
    private const int LocateBytes = 128 << 10;
    private const int HintsMax = 16;

    // Most readers go on where they ended; where that is, is remembered, so that they need not look for it.
    private readonly Lock gate = new();
    private readonly Hint[] hints = new Hint[HintsMax];
    private int nextHint;

    private readonly record struct Hint(Segment? Segment, long Offset, long Position);

    /// <summary>See <see cref="PartitionLog.Read" />; <paramref name="limit" /> is the first offset that must not be given.</summary>
    public ReadResult Read(long offset, long limit, int maxBytes, bool atLeastOne, KafkaWriter into)
    {
        while (true)
        {
            var all = segments.All;
            for (var i = SegmentList.IndexFor(all, offset); ; i++)
            {
                offset = Math.Max(offset, all[i].BaseOffset);
                if (!all[i].TryAcquire())
                {
                    // Deleted or replaced: the list is another by now, or the log is closed.
                    ObjectDisposedException.ThrowIf(ReferenceEquals(all, segments.All), this);
                    break;
                }

                try
                {
                    if (ReadFrom(all[i], offset, limit, maxBytes, atLeastOne, into) is { } result)
                    {
                        return result;
                    }
                }
                finally
                {
                    all[i].Release();
                }

                if (i + 1 == all.Length || all[i + 1].BaseOffset >= limit)
                {
                    return new ReadResult(ErrorCode.None, 0);
                }

                // Compaction left nothing from the offset on in that segment.
            }
        }
    }

    /// <summary>Null where the segment has nothing from the offset on.</summary>
    private ReadResult? ReadFrom(Segment segment, long offset, long limit, int maxBytes, bool atLeastOne, KafkaWriter into)
    {
        var position = Recall(segment, offset);
        if (position < 0 && Locate(segment, offset, out position) is { } damage)
        {
            return damage;
        }

        var available = segment.Size - position;
        if (available <= 0)
        {
            return null;
        }

        var start = into.Length;
        var count = (int)Math.Min(available, Math.Max(maxBytes, atLeastOne ? BatchHeader.Size : 0));
        if (count < BatchHeader.Size && count < available)
        {
            return new ReadResult(ErrorCode.None, 0);
        }

        count = Fill(segment, position, count, into);
        if (atLeastOne && count >= BatchHeader.Size && new BatchHeader(into.Written.Span[start..]) is var first && first.TotalSize > count
            && IsWhole(first, available))
        {
            into.TruncateTo(start);
            count = Fill(segment, position, (int)first.TotalSize, into);
        }

        var used = Check(into.Written.Span.Slice(start, count), available, offset, limit, out var nextOffset, out var isDamaged);
        into.TruncateTo(start + used);
        if (used == 0)
        {
            return isDamaged ? Damage(segment, position, offset) : new ReadResult(ErrorCode.None, 0);
        }

        Remember(new Hint(segment, nextOffset, position + used));
        return new ReadResult(ErrorCode.None, used);
    }

    private static int Fill(Segment segment, long position, int count, KafkaWriter into)
    {
        var start = into.Length;
        var read = segment.Read(into.Add(count), position);
        into.TruncateTo(start + read);
        return read;
    }

    /// <summary>How many of the bytes are whole, valid batches before the limit.</summary>
    private static int Check(ReadOnlySpan<byte> bytes, long available, long offset, long limit, out long nextOffset, out bool isDamaged)
    {
        var used = 0;
        nextOffset = -1;
        isDamaged = false;
        while (bytes.Length - used >= BatchHeader.Size)
        {
            var header = new BatchHeader(bytes[used..]);
            var isExpected = nextOffset < 0 ? header.BaseOffset <= offset && header.LastOffset >= offset : header.BaseOffset == nextOffset;
            if (!isExpected || !IsWhole(header, available - used))
            {
                isDamaged = true;
                return used;
            }

            if (header.BaseOffset >= limit || header.TotalSize > bytes.Length - used)
            {
                return used;
            }

            if (!BatchHeader.HasValidCrc(bytes.Slice(used, (int)header.TotalSize)))
            {
                isDamaged = true;
                return used;
            }

            nextOffset = header.LastOffset + 1;
            used += (int)header.TotalSize;
        }

        isDamaged = available < BatchHeader.Size;
        return used;
    }

    private static bool IsWhole(in BatchHeader header, long available) =>
        header.IsPlausible && header.PartitionLeaderEpoch == 0 && header.TotalSize <= Math.Min(available, BatchScanner.BatchBytesMax);

    /// <summary>Finds the batch with an offset, or the end of the segment. Gives an answer only where damage is in the way.</summary>
    private static ReadResult? Locate(Segment segment, long offset, out long position)
    {
        var (from, baseOffset) = segment.Index.PositionFor(offset);
        using var scanner = segment.Scan(from, baseOffset, LocateBytes);
        while (true)
        {
            var step = scanner.MoveNext();
            position = step == ScanStep.End ? segment.Size : scanner.Position;
            if (step == ScanStep.End || (step == ScanStep.Batch && scanner.Header.LastOffset >= offset))
            {
                return null;
            }

            if (step == ScanStep.Tail || (step == ScanStep.Damage && scanner.NextOffset > offset))
            {
                return Damage(segment, scanner.Position, offset, step == ScanStep.Damage ? scanner.NextOffset : -1);
            }
        }
    }

    private static ReadResult Damage(Segment segment, long position, long offset)
    {
        using var scanner = segment.Scan(position, offset, LocateBytes);
        return Damage(segment, position, offset, scanner.MoveNext() == ScanStep.Damage ? scanner.NextOffset : -1);
    }

    private static ReadResult Damage(Segment segment, long position, long offset, long resumesAt) => new(
        ErrorCode.CorruptMessage,
        0,
        $"{segment.Path} is damaged at byte {position}, where offset {offset} should be; "
        + (resumesAt < 0 ? "no batch after it in this segment can be read." : $"it can be read again from offset {resumesAt} on."));

    private long Recall(Segment segment, long offset)
    {
        lock (gate)
        {
            foreach (var hint in hints)
            {
                if (hint.Offset == offset && ReferenceEquals(hint.Segment, segment))
                {
                    return hint.Position;
                }
            }
        }

        return -1;
    }

    private void Remember(Hint hint)
    {
        lock (gate)
        {
            hints[nextHint++ % HintsMax] = hint;
        }
    }
}

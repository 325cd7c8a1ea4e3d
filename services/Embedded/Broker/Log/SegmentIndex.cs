namespace StreamDistill.Embedded.Broker.Log;

/// <summary>
/// A segment's sparse index, by offset and by time: an entry for a batch about every 64 KiB, 16 bytes each, so that 10 GB of log
/// take 2.5 MB. One thread adds while others look up.
/// </summary>
internal sealed class SegmentIndex(long baseOffset)
{
    private const int IntervalBytes = 64 << 10;

    private readonly Lock gate = new();
    private Entry[] entries = new Entry[16];
    private int count;
    private long nextPosition;

    /// <summary>A batch.</summary>
    /// <param name="RelativeOffset">Its base offset from the segment's.</param>
    /// <param name="Position">Where it begins in the file.</param>
    /// <param name="MaxTimestampBefore">The greatest time of all batches before it in the segment; long.MinValue where there is none.</param>
    internal readonly record struct Entry(uint RelativeOffset, int Position, long MaxTimestampBefore);

    public long BaseOffset { get; } = baseOffset;

    /// <summary>A copy of the entries.</summary>
    public Entry[] Entries
    {
        get
        {
            lock (gate)
            {
                return entries[..count];
            }
        }
    }

    /// <summary>Tells of a batch; it gets an entry where the last one is far enough.</summary>
    public void Add(long offset, long position, long maxTimestampBefore)
    {
        if (position < nextPosition)
        {
            return;
        }

        AddEntry(new Entry((uint)(offset - BaseOffset), (int)position, maxTimestampBefore));
    }

    /// <summary>Adds an entry as it was kept, or the next one.</summary>
    public void AddEntry(Entry entry)
    {
        lock (gate)
        {
            if (count == entries.Length)
            {
                Array.Resize(ref entries, count * 2);
            }

            entries[count++] = entry;
            nextPosition = entry.Position + IntervalBytes;
        }
    }

    /// <summary>Gives back the room that is not used; the segment gets no more batches.</summary>
    public void Trim()
    {
        lock (gate)
        {
            Array.Resize(ref entries, Math.Max(1, count));
        }
    }

    /// <summary>Where to begin to look for an offset: at a batch that is not after it.</summary>
    public (long Position, long Offset) PositionFor(long offset)
    {
        lock (gate)
        {
            int low = 0, high = count;
            while (low < high)
            {
                var middle = (low + high) / 2;
                (low, high) = BaseOffset + entries[middle].RelativeOffset <= offset ? (middle + 1, high) : (low, middle);
            }

            return Before(low);
        }
    }

    /// <summary>Where to begin to look for the first batch with a time or a later one.</summary>
    public (long Position, long Offset) PositionForTime(long timestampMs)
    {
        lock (gate)
        {
            // The first entry that has such a time before it: the batch is between the entry before and it.
            int low = 0, high = count;
            while (low < high)
            {
                var middle = (low + high) / 2;
                (low, high) = entries[middle].MaxTimestampBefore < timestampMs ? (middle + 1, high) : (low, middle);
            }

            return Before(low);
        }
    }

    private (long Position, long Offset) Before(int index) =>
        index == 0 ? (0, BaseOffset) : (entries[index - 1].Position, BaseOffset + entries[index - 1].RelativeOffset);
}

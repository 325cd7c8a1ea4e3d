namespace StreamDistill.Embedded.Broker.Log;

/// <summary>Open transactions by where they begin, and the aborted ones, by where they end. Not safe for several threads.</summary>
internal sealed class TransactionIndex
{
    private readonly SortedDictionary<long, long> open = [];
    private readonly List<Entry> aborted = [];

    /// <summary>An aborted transaction, and the last stable offset after its end: later entries begin there or after it.</summary>
    internal readonly record struct Entry(AbortedTransaction Transaction, long LastStableOffset);

    public IReadOnlyList<Entry> Aborted => aborted;

    /// <summary>The offset where the oldest open transaction begins; long.MaxValue where none is open.</summary>
    public long FirstOpenOffset { get; private set; } = long.MaxValue;

    public void Begin(long producerId, long offset)
    {
        open[offset] = producerId;
        FirstOpenOffset = Math.Min(FirstOpenOffset, offset);
    }

    public void End(long producerId, long firstOffset, long markerOffset, bool isCommit)
    {
        open.Remove(firstOffset);
        FirstOpenOffset = open.Count == 0 ? long.MaxValue : open.First().Key;
        if (!isCommit)
        {
            Restore(new Entry(new AbortedTransaction(producerId, firstOffset, markerOffset), Math.Min(FirstOpenOffset, markerOffset + 1)));
        }
    }

    /// <summary>Takes an entry as it was kept; they come in the order of their ends.</summary>
    public void Restore(Entry entry) => aborted.Add(entry);

    /// <summary>Those with records in [from, to).</summary>
    public List<AbortedTransaction> Find(long from, long to)
    {
        var found = new List<AbortedTransaction>();
        for (var i = FirstEndingAt(from); i < aborted.Count; i++)
        {
            var (transaction, stable) = aborted[i];
            if (transaction.FirstOffset < to)
            {
                found.Add(transaction);
            }

            if (stable >= to)
            {
                break;
            }
        }

        found.Sort((one, other) => one.FirstOffset.CompareTo(other.FirstOffset));
        return found;
    }

    /// <summary>Forgets those that ended before an offset.</summary>
    public void RemoveBefore(long offset) => aborted.RemoveRange(0, FirstEndingAt(offset));

    private int FirstEndingAt(long offset)
    {
        int low = 0, high = aborted.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = aborted[middle].Transaction.LastOffset < offset ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}

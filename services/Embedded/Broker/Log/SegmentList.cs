namespace StreamDistill.Embedded.Broker.Log;

/// <summary>The segments by base offset; at least one. Changed under the log's lock; readers see one or another whole list.</summary>
internal sealed class SegmentList(IEnumerable<Segment> segments)
{
    private volatile Segment[] all = [.. segments];

    public Segment[] All => all;

    /// <summary>The one that is written.</summary>
    public Segment Active => all[^1];

    public long SizeBytes => all.Sum(segment => segment.Size);

    public void Add(Segment segment) => all = [.. all, segment];

    /// <summary>Puts others in the place of some that stand together.</summary>
    public void Replace(int start, int count, IEnumerable<Segment> with) => all = [.. all[..start], .. with, .. all[(start + count)..]];

    /// <summary>The last segment that does not begin after an offset, or the first one.</summary>
    public static int IndexFor(Segment[] all, long offset)
    {
        int low = 0, high = all.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = all[middle].BaseOffset <= offset ? (middle + 1, high) : (low, middle);
        }

        return Math.Max(0, low - 1);
    }
}

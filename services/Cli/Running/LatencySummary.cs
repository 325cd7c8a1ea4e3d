namespace StreamDistill.Cli.Running;

/// <summary>Percentiles of durations within 2%, in the same small memory however many there are.</summary>
internal sealed class LatencySummary
{
    private const double Growth = 1.02;

    private readonly Dictionary<int, long> buckets = [];
    private long max;

    /// <summary>Durations added.</summary>
    public long Count { get; private set; }

    /// <param name="milliseconds">Below zero, where two machines' clocks differ, it counts as zero.</param>
    public void Add(long milliseconds)
    {
        milliseconds = Math.Max(0, milliseconds);
        max = Math.Max(max, milliseconds);
        Count++;
        var bucket = milliseconds == 0 ? -1 : (int)Math.Floor(Math.Log(milliseconds) / Math.Log(Growth));
        buckets[bucket] = buckets.GetValueOrDefault(bucket) + 1;
    }

    /// <summary>The duration that a share of all did not exceed, in milliseconds; null where there is none.</summary>
    public long? Percentile(double share)
    {
        if (Count == 0)
        {
            return null;
        }

        var rank = (long)Math.Ceiling(share * Count);
        long seen = 0;
        foreach (var (bucket, count) in buckets.OrderBy(entry => entry.Key))
        {
            seen += count;
            if (seen >= rank)
            {
                return bucket < 0 ? 0 : Math.Min(max, (long)Math.Round(Math.Pow(Growth, bucket + 0.5)));
            }
        }

        return max;
    }
}

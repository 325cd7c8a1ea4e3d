namespace StreamDistill.Embedded.Broker.Groups;

/// <summary>Limits and times of consumer groups. Kafka's names stand beside each; where a default is not Kafka's, the reason does too.</summary>
internal sealed record GroupOptions
{
    /// <summary>
    /// group.initial.rebalance.delay.ms: how long the first members of a group wait for more. 100 ms instead of Kafka's 3 s: all
    /// members start on this machine, and a group of one must not wait for others that never come.
    /// </summary>
    public TimeSpan InitialRebalanceDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>group.min.session.timeout.ms. 1 s instead of Kafka's 6 s: on one machine a heartbeat is not lost to a network.</summary>
    public TimeSpan MinSessionTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>group.max.session.timeout.ms.</summary>
    public TimeSpan MaxSessionTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>group.max.size; Kafka has no limit.</summary>
    public int MaxGroupSize { get; init; } = 1000;

    /// <summary>How many groups there may be; Kafka has no limit.</summary>
    public int MaxGroups { get; init; } = 10_000;

    /// <summary>What all members' metadata and assignments and all committed offsets may take in memory; Kafka has no limit.</summary>
    public long MaxMetadataBytes { get; init; } = 64L << 20;

    /// <summary>offset.metadata.max.bytes; like Kafka, in characters.</summary>
    public int MaxOffsetMetadataLength { get; init; } = 4096;

    /// <summary>offsets.retention.minutes: how long a group without members keeps its offsets.</summary>
    public TimeSpan OffsetsRetention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>offsets.retention.check.interval.ms.</summary>
    public TimeSpan OffsetsRetentionCheckInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>A commit is answered only when it survives a power cut (fsync always).</summary>
    public bool FlushesCommits { get; init; }
}

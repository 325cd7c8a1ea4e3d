namespace StreamDistill.Embedded.Broker.Log;

/// <summary>A topic's settings as far as its logs need them; Kafka's names and defaults, except where said.</summary>
internal sealed record LogOptions
{
    /// <summary>cleanup.policy has delete.</summary>
    public bool Deletes { get; init; } = true;

    /// <summary>cleanup.policy has compact.</summary>
    public bool Compacts { get; init; }

    /// <summary>retention.ms; -1 keeps for ever.</summary>
    public long RetentionMs { get; init; } = 7 * 24 * 3600 * 1000L;

    /// <summary>retention.bytes; -1 is without limit.</summary>
    public long RetentionBytes { get; init; } = -1;

    /// <summary>segment.bytes. Default 256 MiB: recovery after a kill reads at most one.</summary>
    public int SegmentBytes { get; init; } = 256 << 20;

    /// <summary>segment.ms.</summary>
    public long SegmentMs { get; init; } = 7 * 24 * 3600 * 1000L;

    /// <summary>max.message.bytes: the largest batch.</summary>
    public int MaxMessageBytes { get; init; } = 1_048_588;

    /// <summary>delete.retention.ms: how long a tombstone outlives its compaction.</summary>
    public long DeleteRetentionMs { get; init; } = 24 * 3600 * 1000L;

    /// <summary>min.compaction.lag.ms.</summary>
    public long MinCompactionLagMs { get; init; }

    /// <summary>min.cleanable.dirty.ratio.</summary>
    public double MinCleanableDirtyRatio { get; init; } = 0.5;

    /// <summary>message.timestamp.type is LogAppendTime.</summary>
    public bool UsesLogAppendTime { get; init; }
}

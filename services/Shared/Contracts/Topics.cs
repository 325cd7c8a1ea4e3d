using System.Globalization;
using Avro;
using streamdistill;

namespace StreamDistill.Contracts;

/// <summary>How Kafka keeps a topic's records.</summary>
public enum Retention
{
    /// <summary>For <see cref="Topic.RetentionTime"/>.</summary>
    ByTime,

    /// <summary>The last record of each key, until a tombstone.</summary>
    Compacted,
}

/// <summary>A topic as the project wants it.</summary>
/// <param name="Name">Its name on the broker.</param>
/// <param name="Value">The schema of its values; null where values are bytes as read (dead letters).</param>
/// <param name="Retention">How records are kept.</param>
/// <param name="Partitions">Partition count. The topics keyed by prompt_id have the same count, so that a prompt's
/// records have the same partition number in each of them.</param>
public sealed record Topic(string Name, Schema? Value, Retention Retention, int Partitions = Topic.DefaultPartitions)
{
    /// <summary>Enough for a small cluster; raise it for all the topics together before the first record.</summary>
    public const int DefaultPartitions = 4;

    /// <summary>How long a topic that is kept by time keeps a record.</summary>
    public static readonly TimeSpan RetentionTime = TimeSpan.FromDays(30);

    /// <summary>The subject of the values' schema.</summary>
    public string Subject => Name + "-value";

    /// <summary>What is to be set for the topic, by Kafka's names.</summary>
    public IReadOnlyDictionary<string, string> Settings => Retention == Retention.Compacted
        ? new Dictionary<string, string> { ["cleanup.policy"] = "compact" }
        : new Dictionary<string, string>
        {
            ["cleanup.policy"] = "delete",
            ["retention.ms"] = RetentionTime.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture),
        };
}

/// <summary>Every topic of the pipeline: the only interface between its services.</summary>
public static class Topics
{
    /// <summary>Prompt by prompt_id.</summary>
    public const string Prompts = "prompts";

    /// <summary>Completion by prompt_id.</summary>
    public const string Completions = "completions";

    /// <summary>Verdict with outcome PASS by prompt_id.</summary>
    public const string Verified = "verified";

    /// <summary>Verdict with any other outcome by prompt_id.</summary>
    public const string Rejected = "rejected";

    /// <summary>TrainingExample by example_id; a tombstone withdraws one.</summary>
    public const string Curated = "curated";

    /// <summary>Checkpoint by student.</summary>
    public const string Checkpoints = "checkpoints";

    /// <summary>All of them, dead-letter topics last.</summary>
    public static IReadOnlyList<Topic> All { get; } =
    [
        new(Prompts, Prompt._SCHEMA, Retention.ByTime),
        new(Completions, Completion._SCHEMA, Retention.ByTime),
        new(Verified, Verdict._SCHEMA, Retention.ByTime),
        new(Rejected, Verdict._SCHEMA, Retention.ByTime),
        new(Curated, TrainingExample._SCHEMA, Retention.Compacted),
        new(Checkpoints, Checkpoint._SCHEMA, Retention.Compacted),
        new(DeadLettersOf(Prompts), null, Retention.ByTime),
        new(DeadLettersOf(Completions), null, Retention.ByTime),
        new(DeadLettersOf(Verified), null, Retention.ByTime),
        new(DeadLettersOf(Curated), null, Retention.ByTime),
    ];

    /// <summary>Where the records of a topic go that cannot be processed.</summary>
    public static string DeadLettersOf(string topic) => topic + ".dlq";
}

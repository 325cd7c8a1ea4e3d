using StreamDistill.Contracts;

namespace StreamDistill.Cli.Kafka;

/// <summary>A stage as seen from outside: its consumer group and the topic it reads.</summary>
internal sealed record StageGroup(string Group, string InputTopic)
{
    /// <summary>Every stage, in the order of the flow.</summary>
    public static readonly IReadOnlyList<StageGroup> All =
    [
        new("teach", Topics.Prompts),
        new("verify", Topics.Completions),
        new("compact", Topics.Verified),
    ];
}

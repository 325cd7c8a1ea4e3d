using System.Globalization;
using StreamDistill.Embedded.Broker.Log;
using static StreamDistill.Embedded.Broker.Catalog.SettingDefinition;

namespace StreamDistill.Embedded.Broker.Catalog;

/// <summary>
/// A topic's settings by Kafka's names (https://kafka.apache.org/documentation/#topicconfigs): what can be set, and what has one
/// value because the broker knows no other.
/// </summary>
internal static class TopicSettings
{
    public const string CleanupPolicy = "cleanup.policy";
    public const string MaxMessageBytes = "max.message.bytes";

    private const string Never = "9223372036854775807";
    private static readonly LogOptions Defaults = new();

    /// <summary>Every setting, by name.</summary>
    public static IReadOnlyDictionary<string, SettingDefinition> All { get; } = new SettingDefinition[]
    {
        List(CleanupPolicy, "Whether old segments are deleted, compacted to the last record of each key, or both.", "delete", "compact"),
        Long("retention.ms", Defaults.RetentionMs, -1, long.MaxValue, "How long records are kept where cleanup.policy has delete; -1 is for ever."),
        Long("retention.bytes", Defaults.RetentionBytes, -1, long.MaxValue, "How many bytes a partition keeps where cleanup.policy has delete; -1 is without limit."),
        Int("segment.bytes", Defaults.SegmentBytes, 1024, int.MaxValue, "How large a segment grows before the next is begun."),
        Long("segment.ms", Defaults.SegmentMs, 1, long.MaxValue, "How old a segment grows before the next is begun."),
        Int(MaxMessageBytes, Defaults.MaxMessageBytes, 0, 100 << 20, "The largest record batch, compressed where it is."),
        Long("delete.retention.ms", Defaults.DeleteRetentionMs, 0, long.MaxValue, "How long a tombstone stays after compaction has met it."),
        Long("min.compaction.lag.ms", Defaults.MinCompactionLagMs, 0, long.MaxValue, "How long a record stays uncompacted at least."),
        Ratio("min.cleanable.dirty.ratio", Defaults.MinCleanableDirtyRatio, "How much of a log must be uncompacted before it is compacted."),
        Choice("message.timestamp.type", "Whether a record keeps its producer's time or gets the broker's.", "CreateTime", "LogAppendTime"),
        Fixed("compression.type", SettingType.String, "producer", "Batches are stored compressed as they come."),
        Fixed("min.insync.replicas", SettingType.Int, "1", "There is one replica."),
        Fixed("unclean.leader.election.enable", SettingType.Boolean, "false", "There is one replica."),
        Fixed("flush.messages", SettingType.Long, Never, "When records are synced to disk is the broker's setting, not a topic's."),
        Fixed("flush.ms", SettingType.Long, Never, "When records are synced to disk is the broker's setting, not a topic's."),
        Fixed("preallocate", SettingType.Boolean, "false", "Segments grow as they are written."),
        Fixed("segment.jitter.ms", SettingType.Long, "0", "Segments are begun when they are due."),
        Fixed("max.compaction.lag.ms", SettingType.Long, Never, "Compaction waits for min.cleanable.dirty.ratio."),
        Fixed("message.timestamp.before.max.ms", SettingType.Long, Never, "A record's time may lie in the past as far as it likes."),
        Fixed("message.timestamp.after.max.ms", SettingType.Long, Never, "A record's time may lie in the future as far as it likes."),
        Fixed("message.downconversion.enable", SettingType.Boolean, "false", "Records are sent in the format in which they are stored."),
        Fixed("remote.storage.enable", SettingType.Boolean, "false", "There is no tiered storage."),
        Fixed("leader.replication.throttled.replicas", SettingType.List, "", "There is no replication."),
        Fixed("follower.replication.throttled.replicas", SettingType.List, "", "There is no replication."),
    }.ToDictionary(s => s.Name);

    /// <summary>What is wrong with settings, or null.</summary>
    public static string? Problem(IReadOnlyDictionary<string, string> settings)
    {
        foreach (var (name, value) in settings)
        {
            if (!All.TryGetValue(name, out var definition))
            {
                return $"Unknown topic config name: {name}. This broker knows {string.Join(", ", All.Keys)}.";
            }

            if (!definition.IsAllowed(value))
            {
                return $"Invalid value '{value}' for configuration {name}: allowed is {definition.Allowed}.";
            }
        }

        return null;
    }

    /// <summary>The value in force: what is set, or the default.</summary>
    public static string Value(IReadOnlyDictionary<string, string> settings, string name) => settings.GetValueOrDefault(name) ?? All[name].Default;

    /// <summary>Valid settings, as the logs take them.</summary>
    public static LogOptions ToLogOptions(IReadOnlyDictionary<string, string> settings)
    {
        var policy = Split(Value(settings, CleanupPolicy));
        return new LogOptions
        {
            Deletes = policy.Contains("delete"),
            Compacts = policy.Contains("compact"),
            RetentionMs = Number("retention.ms"),
            RetentionBytes = Number("retention.bytes"),
            SegmentBytes = (int)Number("segment.bytes"),
            SegmentMs = Number("segment.ms"),
            MaxMessageBytes = (int)Number(MaxMessageBytes),
            DeleteRetentionMs = Number("delete.retention.ms"),
            MinCompactionLagMs = Number("min.compaction.lag.ms"),
            MinCleanableDirtyRatio = double.Parse(Value(settings, "min.cleanable.dirty.ratio"), CultureInfo.InvariantCulture),
            UsesLogAppendTime = Value(settings, "message.timestamp.type") == "LogAppendTime",
        };

        long Number(string name) => long.Parse(Value(settings, name), CultureInfo.InvariantCulture);
    }
}

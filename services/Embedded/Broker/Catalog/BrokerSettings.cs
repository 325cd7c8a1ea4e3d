using System.Globalization;
using static StreamDistill.Embedded.Broker.Catalog.SettingDefinition;

namespace StreamDistill.Embedded.Broker.Catalog;

/// <summary>The broker's own settings by Kafka's names, as far as clients ask for them. They are given at start and cannot be changed by a client.</summary>
internal static class BrokerSettings
{
    /// <summary>Every setting with the value in force as its default.</summary>
    public static IReadOnlyList<SettingDefinition> Of(TopicCatalog catalog) =>
    [
        Fixed("broker.id", SettingType.Int, Text(TopicCatalog.NodeId), "The only broker's id."),
        Fixed("node.id", SettingType.Int, Text(TopicCatalog.NodeId), "The only node's id."),
        Fixed("log.dirs", SettingType.String, catalog.DataDirectory, "Where everything is kept."),
        Fixed("auto.create.topics.enable", SettingType.Boolean, catalog.Options.AutoCreates ? "true" : "false", "Whether a topic that a client asks for is made."),
        Fixed("num.partitions", SettingType.Int, Text(catalog.Options.DefaultPartitions), "How many partitions a topic gets where nobody says how many."),
        Fixed("default.replication.factor", SettingType.Int, "1", "There is one broker."),
        Fixed("offsets.topic.replication.factor", SettingType.Int, "1", "There is one broker."),
        Fixed("offsets.topic.num.partitions", SettingType.Int, "1", "Committed offsets are in one partition."),
        Fixed("transaction.state.log.replication.factor", SettingType.Int, "1", "There is one broker."),
        Fixed("transaction.state.log.num.partitions", SettingType.Int, "1", "The transactions' states are in one partition."),
        Fixed("min.insync.replicas", SettingType.Int, "1", "There is one replica."),
        Fixed("delete.topic.enable", SettingType.Boolean, "true", "Topics can be deleted."),
        Fixed("compression.type", SettingType.String, "producer", "Batches are stored compressed as they come."),
        OfTopics("log.cleanup.policy", TopicSettings.CleanupPolicy),
        OfTopics("log.retention.ms", "retention.ms"),
        OfTopics("log.retention.bytes", "retention.bytes"),
        OfTopics("log.segment.bytes", "segment.bytes"),
        OfTopics("log.roll.ms", "segment.ms"),
        OfTopics("log.message.timestamp.type", "message.timestamp.type"),
        OfTopics("message.max.bytes", TopicSettings.MaxMessageBytes),
    ];

    private static SettingDefinition OfTopics(string name, string topicSetting) =>
        TopicSettings.All[topicSetting] with { Name = name, Documentation = $"The default of the topics' {topicSetting}." };

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}

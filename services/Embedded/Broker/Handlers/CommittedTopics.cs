using StreamDistill.Embedded.Broker.Groups;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>The topics of OffsetCommit and TxnOffsetCommit, which have the same form in both, and in their answers.</summary>
internal static class CommittedTopics
{
    public static List<(string Topic, List<OffsetToCommit> Offsets)> Read(KafkaReader body, bool hasLeaderEpoch) => body.ReadArray(reader =>
    {
        var topic = reader.ReadString();
        var offsets = reader.ReadArray(partition =>
        {
            var offset = new OffsetToCommit(
                topic, partition.ReadInt32(), partition.ReadInt64(), hasLeaderEpoch ? partition.ReadInt32() : -1, partition.ReadNullableString());
            partition.SkipTags();
            return offset;
        });
        reader.SkipTags();
        return (topic, offsets);
    });

    public static IReadOnlyList<OffsetToCommit> Flatten(List<(string Topic, List<OffsetToCommit> Offsets)> topics) => [.. topics.SelectMany(topic => topic.Offsets)];

    /// <summary>Writes what became of each, in the order of <see cref="Flatten" />.</summary>
    public static void Write(KafkaWriter response, List<(string Topic, List<OffsetToCommit> Offsets)> topics, IReadOnlyList<ErrorCode> errors)
    {
        var next = 0;
        response.WriteArray(topics, (writer, topic) =>
        {
            writer.WriteString(topic.Topic);
            writer.WriteArray(topic.Offsets, (inner, offset) =>
            {
                inner.WriteInt32(offset.Partition);
                inner.WriteError(errors[next++]);
                inner.WriteNoTags();
            });
            writer.WriteNoTags();
        });
    }
}

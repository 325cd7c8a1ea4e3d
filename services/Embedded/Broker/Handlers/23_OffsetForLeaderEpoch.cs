using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>
/// OffsetForLeaderEpoch v2 to v4: where a leader epoch ended, by which a client finds out whether its log was cut. Here every log
/// has the one epoch 0, which ends where the log does; of any other nothing is known (-1, -1).
/// </summary>
internal sealed class OffsetForLeaderEpochHandler(TopicCatalog catalog) : Handler(ApiKey.OffsetForLeaderEpoch, 2, 4, 4)
{
    public override ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
    {
        var body = request.Body;
        if (request.Version >= 3)
        {
            body.ReadInt32(); // replica_id
        }

        var topics = body.ReadArray(ReadTopic);
        body.SkipTags();
        response.WriteInt32(0); // throttle_time_ms
        response.WriteArray(topics, (writer, topic) =>
        {
            writer.WriteString(topic.Name);
            writer.WriteArray(topic.Partitions, (inner, asked) => Write(inner, topic.Name, asked));
            writer.WriteNoTags();
        });
        response.WriteNoTags();
        return ValueTask.FromResult(true);
    }

    private static (string Name, List<Asked> Partitions) ReadTopic(KafkaReader reader)
    {
        var topic = (reader.ReadString(), reader.ReadArray(static inner =>
        {
            var asked = new Asked(inner.ReadInt32(), inner.ReadInt32(), inner.ReadInt32());
            inner.SkipTags();
            return asked;
        }));
        reader.SkipTags();
        return topic;
    }

    private void Write(KafkaWriter writer, string topic, Asked asked)
    {
        var log = catalog.Partition(topic, asked.Partition);
        var error = log is null ? ErrorCode.UnknownTopicOrPartition : LeaderEpochs.Check(asked.CurrentLeaderEpoch);
        var isKnown = error == ErrorCode.None && asked.LeaderEpoch == TopicCatalog.LeaderEpoch;
        writer.WriteError(error);
        writer.WriteInt32(asked.Partition);
        writer.WriteInt32(isKnown ? TopicCatalog.LeaderEpoch : -1);
        writer.WriteInt64(isKnown ? log!.EndOffset : -1);
        writer.WriteNoTags();
    }

    private readonly record struct Asked(int Partition, int CurrentLeaderEpoch, int LeaderEpoch);
}

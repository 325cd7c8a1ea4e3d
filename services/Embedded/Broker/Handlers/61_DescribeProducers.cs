using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>DescribeProducers, version 0. The producers whose state a partition keeps, and where their open transactions begin.</summary>
internal sealed class DescribeProducersHandler(TopicCatalog catalog) : Handler(ApiKey.DescribeProducers, 0, 0, 0)
{
    public override ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
    {
        var topics = request.Body.ReadArray(topic =>
        {
            var asked = (Name: topic.ReadString(), Partitions: topic.ReadArray(p => p.ReadInt32()));
            topic.SkipTags();
            return asked;
        });
        request.Body.SkipTags();

        response.WriteInt32(0);
        response.WriteArray(topics, (w, topic) =>
        {
            w.WriteString(topic.Name);
            w.WriteArray(topic.Partitions, (p, number) => WritePartition(p, number, catalog.Partition(topic.Name, number)));
            w.WriteNoTags();
        });
        response.WriteNoTags();
        return ValueTask.FromResult(true);
    }

    private static void WritePartition(KafkaWriter writer, int number, PartitionLog? log)
    {
        writer.WriteInt32(number);
        writer.WriteError(log is null ? ErrorCode.UnknownTopicOrPartition : ErrorCode.None);
        writer.WriteString(null);
        writer.WriteArray(log?.Producers ?? [], WriteProducer);
        writer.WriteNoTags();
    }

    private static void WriteProducer(KafkaWriter writer, ProducerState producer)
    {
        writer.WriteInt64(producer.ProducerId);
        writer.WriteInt32(producer.Epoch);
        writer.WriteInt32(producer.LastSequence);
        writer.WriteInt64(producer.LastTimestampMs);
        writer.WriteInt32(producer.CoordinatorEpoch);
        writer.WriteInt64(producer.OpenFromOffset);
        writer.WriteNoTags();
    }
}

using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>
/// DeleteRecords, versions 0 to 2: hides the records before an offset, or all that are there (-1). The broker's own topics keep
/// theirs.
/// </summary>
internal sealed class DeleteRecordsHandler(TopicCatalog catalog) : Handler(ApiKey.DeleteRecords, 0, 2, 2)
{
    private const long ToTheEnd = -1;

    public override ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
    {
        var topics = request.Body.ReadArray(ReadTopic);
        request.Body.ReadInt32();
        request.Body.SkipTags();

        response.WriteInt32(0);
        response.WriteArray(topics, (w, topic) =>
        {
            w.WriteString(topic.Name);
            w.WriteArray(topic.Partitions, (p, partition) =>
            {
                var (error, start) = Delete(topic.Name, partition);
                p.WriteInt32(partition.Partition);
                p.WriteInt64(start);
                p.WriteError(error);
                p.WriteNoTags();
            });
            w.WriteNoTags();
        });
        response.WriteNoTags();
        return ValueTask.FromResult(true);
    }

    private static (string Name, List<(int Partition, long Offset)> Partitions) ReadTopic(KafkaReader reader)
    {
        var name = reader.ReadString();
        var partitions = reader.ReadArray(r =>
        {
            var partition = (r.ReadInt32(), r.ReadInt64());
            r.SkipTags();
            return partition;
        });
        reader.SkipTags();
        return (name, partitions);
    }

    private (ErrorCode Error, long Start) Delete(string topic, (int Partition, long Offset) asked)
    {
        if (catalog.Partition(topic, asked.Partition) is not { } log)
        {
            return (ErrorCode.UnknownTopicOrPartition, -1);
        }

        if (catalog.Find(topic) is { IsInternal: true })
        {
            return (ErrorCode.InvalidTopic, -1);
        }

        if (asked.Offset < ToTheEnd)
        {
            return (ErrorCode.OffsetOutOfRange, -1);
        }

        try
        {
            var result = log.DeleteRecordsBefore(asked.Offset == ToTheEnd ? log.EndOffset : asked.Offset);
            return (result.Error, result.Error == ErrorCode.None ? log.StartOffset : -1);
        }
        catch (ObjectDisposedException)
        {
            // The topic was deleted in between.
            return (ErrorCode.UnknownTopicOrPartition, -1);
        }
        catch (IOException)
        {
            return (ErrorCode.KafkaStorageError, -1);
        }
    }
}

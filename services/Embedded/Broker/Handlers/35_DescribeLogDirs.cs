using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>DescribeLogDirs, versions 1 to 4: the data directory, the only one, and how many bytes each partition has in it.</summary>
internal sealed class DescribeLogDirsHandler(TopicCatalog catalog) : Handler(ApiKey.DescribeLogDirs, 1, 4, 2)
{
    public override ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
    {
        var version = request.Version;
        var topics = Find(request.Body.ReadNullableArray(ReadTopic));
        request.Body.SkipTags();

        response.WriteInt32(0);
        if (version >= 3)
        {
            response.WriteError(ErrorCode.None);
        }

        response.WriteArrayLength(1);
        response.WriteError(ErrorCode.None);
        response.WriteString(catalog.DataDirectory);
        response.WriteArray(topics, (w, topic) =>
        {
            w.WriteString(topic.Topic.Name);
            w.WriteArray(topic.Partitions, (p, partition) => WritePartition(p, topic.Topic, partition));
            w.WriteNoTags();
        });
        if (version >= 4)
        {
            var drive = new DriveInfo(catalog.DataDirectory);
            response.WriteInt64(drive.TotalSize);
            response.WriteInt64(drive.AvailableFreeSpace);
        }

        response.WriteNoTags();
        response.WriteNoTags();
        return ValueTask.FromResult(true);
    }

    private static (string Name, List<int> Partitions) ReadTopic(KafkaReader reader)
    {
        var topic = (reader.ReadString(), reader.ReadArray(r => r.ReadInt32()));
        reader.SkipTags();
        return topic;
    }

    private static void WritePartition(KafkaWriter writer, TopicState topic, int partition)
    {
        writer.WriteInt32(partition);
        writer.WriteInt64(topic.Partitions[partition].SizeBytes);
        writer.WriteInt64(0);
        writer.WriteBoolean(false);
        writer.WriteNoTags();
    }

    /// <summary>What is asked and there is; Kafka leaves out what is not.</summary>
    private List<(TopicState Topic, List<int> Partitions)> Find(List<(string Name, List<int> Partitions)>? asked) =>
        asked is null
            ? [.. catalog.Topics.Values.Select(t => (t, Enumerable.Range(0, t.Partitions.Count).ToList()))]
            : [.. asked.Select(a => (Topic: catalog.Find(a.Name), a.Partitions)).Where(a => a.Topic is not null)
                .Select(a => (a.Topic!, a.Partitions.Where(p => p >= 0 && p < a.Topic!.Partitions.Count).ToList()))];
}

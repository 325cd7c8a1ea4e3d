using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace StreamDistill.Cli.Kafka;

/// <summary>Where the stages and the partitions are.</summary>
internal sealed class GroupOffsets(string bootstrapServers) : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly IAdminClient admin = new AdminClientBuilder(Clients.Admin(bootstrapServers)).SetLogHandler(Clients.DropLog).Build();

    /// <summary>The next offset each stage will read, by partition of its input topic; partitions without one are left out.</summary>
    public async Task<IReadOnlyDictionary<TopicPartition, long>> CommittedAsync(IReadOnlyCollection<TopicPartition> partitions)
    {
        var committed = new Dictionary<TopicPartition, long>();
        foreach (var stage in StageGroup.All)
        {
            var wanted = partitions.Where(partition => partition.Topic == stage.InputTopic).ToList();
            if (wanted.Count == 0)
            {
                continue;
            }

            var results = await admin.ListConsumerGroupOffsetsAsync(
                [new ConsumerGroupTopicPartitions(stage.Group, wanted)],
                new ListConsumerGroupOffsetsOptions { RequestTimeout = Timeout, RequireStableOffsets = true });
            foreach (var partition in results[0].Partitions.Where(partition => !partition.Error.IsError && partition.Offset.Value >= 0))
            {
                committed[partition.TopicPartition] = partition.Offset.Value;
            }
        }

        return committed;
    }

    /// <summary>The end of each partition, records of open transactions and transaction markers included.</summary>
    public async Task<IReadOnlyDictionary<TopicPartition, long>> EndsAsync(IReadOnlyCollection<TopicPartition> partitions)
    {
        var result = await admin.ListOffsetsAsync(
            partitions.Select(partition => new TopicPartitionOffsetSpec { TopicPartition = partition, OffsetSpec = OffsetSpec.Latest() }),
            new ListOffsetsOptions { RequestTimeout = Timeout, IsolationLevel = IsolationLevel.ReadUncommitted });
        return result.ResultInfos.ToDictionary(info => info.TopicPartitionOffsetError.TopicPartition, info => info.TopicPartitionOffsetError.Offset.Value);
    }

    public void Dispose() => admin.Dispose();
}

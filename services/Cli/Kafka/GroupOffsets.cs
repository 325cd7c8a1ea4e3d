using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace StreamDistill.Cli.Kafka;

/// <summary>Where the stages and the partitions are.</summary>
internal sealed class GroupOffsets(string bootstrapServers) : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly IAdminClient admin = new AdminClientBuilder(Clients.Admin(bootstrapServers)).SetLogHandler(Clients.DropLog).Build();

    /// <summary>
    /// The next offset each stage will read, by partition of its input topic. Partitions without one are left out, and those
    /// whose next one is just being committed in a transaction.
    /// </summary>
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

            foreach (var partition in await OffsetsAsync(new ConsumerGroupTopicPartitions(stage.Group, wanted)))
            {
                if (!partition.Error.IsError && partition.Offset.Value >= 0)
                {
                    committed[partition.TopicPartition] = partition.Offset.Value;
                }
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

    private async Task<IReadOnlyList<TopicPartitionOffsetError>> OffsetsAsync(ConsumerGroupTopicPartitions group)
    {
        try
        {
            var options = new ListConsumerGroupOffsetsOptions { RequestTimeout = Timeout, RequireStableOffsets = true };
            return (await admin.ListConsumerGroupOffsetsAsync([group], options))[0].Partitions;
        }
        catch (ListConsumerGroupOffsetsException e) when (IsOnlyUnstable(e))
        {
            return e.Results[0].Partitions;
        }
    }

    /// <summary>Whether all went well but that a transaction is open that commits some of the offsets.</summary>
    private static bool IsOnlyUnstable(ListConsumerGroupOffsetsException e) =>
        e.Results is [{ Error.IsError: false }] && e.Results[0].Partitions.All(partition => partition.Error.Code is ErrorCode.NoError or ErrorCode.UnstableOffsetCommit);
}

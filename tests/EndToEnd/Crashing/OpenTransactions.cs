using Confluent.Kafka;
using Confluent.Kafka.Admin;
using StreamDistill.Cli.Kafka;

namespace StreamDistill.EndToEnd.Crashing;

/// <summary>Whether a transaction stands open in some topics: committed readers do not get beyond it.</summary>
internal sealed class OpenTransactions(string bootstrapServers, int partitions, params string[] topics) : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongerThanAny = TimeSpan.FromMilliseconds(200);

    private readonly IAdminClient admin = new AdminClientBuilder(Clients.Admin(bootstrapServers)).SetLogHandler(Clients.DropLog).Build();

    /// <summary>Whether one is open that makes no progress, unlike those of stages that run.</summary>
    public async Task<bool> IsOneStuckAsync()
    {
        var (ends, before) = (await EndsAsync(IsolationLevel.ReadUncommitted), await EndsAsync(IsolationLevel.ReadCommitted));
        if (!before.Any(stable => stable.Value < ends[stable.Key]))
        {
            return false;
        }

        await Task.Delay(LongerThanAny);
        var after = await EndsAsync(IsolationLevel.ReadCommitted);
        return before.Any(stable => stable.Value < ends[stable.Key] && after[stable.Key] == stable.Value);
    }

    public void Dispose() => admin.Dispose();

    private async Task<Dictionary<TopicPartition, long>> EndsAsync(IsolationLevel isolation)
    {
        var wanted = topics.SelectMany(topic => Enumerable.Range(0, partitions).Select(partition => new TopicPartitionOffsetSpec
        {
            TopicPartition = new TopicPartition(topic, partition),
            OffsetSpec = OffsetSpec.Latest(),
        }));
        var result = await admin.ListOffsetsAsync(wanted, new ListOffsetsOptions { RequestTimeout = Timeout, IsolationLevel = isolation });
        return result.ResultInfos.ToDictionary(info => info.TopicPartitionOffsetError.TopicPartition, info => info.TopicPartitionOffsetError.Offset.Value);
    }
}

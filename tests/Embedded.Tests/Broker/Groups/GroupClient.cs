using Confluent.Kafka;

namespace StreamDistill.Embedded.Tests.Broker.Groups;

/// <summary>A Confluent.Kafka consumer that is polled by a thread of its own, and remembers what was assigned to it.</summary>
internal sealed class GroupClient : IDisposable
{
    private readonly IConsumer<string, byte[]> consumer;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task polling;
    private volatile IReadOnlyList<int> assigned = [];
    private int rebalances;

    public GroupClient(string bootstrapServers, string group, PartitionAssignmentStrategy strategy, string? instanceId = null, int sessionMs = 6000)
    {
        consumer = new ConsumerBuilder<string, byte[]>(new ConsumerConfig
        {
            BootstrapServers = bootstrapServers,
            GroupId = group,
            GroupInstanceId = instanceId,
            PartitionAssignmentStrategy = strategy,
            SessionTimeoutMs = sessionMs,
            HeartbeatIntervalMs = 300,
            EnableAutoCommit = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            TopicMetadataRefreshIntervalMs = 2000,
        })
            .SetPartitionsAssignedHandler((_, _) => Interlocked.Increment(ref rebalances))
            .SetPartitionsRevokedHandler((_, partitions) => Revoked.AddRange(partitions.Select(partition => partition.Partition.Value)))
            .SetPartitionsLostHandler((_, partitions) => Lost += partitions.Count)
            .Build();
        consumer.Subscribe("t");
        polling = Task.Factory.StartNew(Poll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>The partitions it has now, in order.</summary>
    public IReadOnlyList<int> Assigned => assigned;

    /// <summary>How often it was assigned something, or nothing.</summary>
    public int Rebalances => Volatile.Read(ref rebalances);

    /// <summary>Every partition it was made to give back.</summary>
    public List<int> Revoked { get; } = [];

    public int Lost { get; private set; }

    public IConsumerGroupMetadata Metadata => consumer.ConsumerGroupMetadata;

    public void Commit(int partition, long offset) => consumer.Commit([new TopicPartitionOffset("t", partition, offset)]);

    /// <summary>Leaves the group, unless it is static.</summary>
    public void Leave()
    {
        Stop();
        consumer.Close();
    }

    /// <summary>Is gone without a word.</summary>
    public void Die()
    {
        Stop();
        consumer.Dispose();
    }

    public void Dispose() => Die();

    private void Stop()
    {
        stopping.Cancel();
        polling.Wait();
    }

    private void Poll()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                consumer.Consume(TimeSpan.FromMilliseconds(50));
            }
            catch (ConsumeException e) when (!e.Error.IsFatal)
            {
                // The broker may be away; what counts is what is assigned in the end.
            }

            assigned = [.. consumer.Assignment.Select(partition => partition.Partition.Value).Order()];
        }
    }
}

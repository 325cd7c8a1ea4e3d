using Confluent.Kafka;
using StreamDistill.Contracts;

namespace StreamDistill.Benchmarks;

/// <summary>How far a consumer group is, as the broker knows it.</summary>
internal sealed class CommittedOffsets : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly IConsumer<byte[], byte[]> consumer;
    private readonly List<TopicPartition> partitions;

    public CommittedOffsets(Cluster cluster, string group, string topic)
    {
        consumer = new ConsumerBuilder<byte[], byte[]>(cluster.Clients.ConsumerConfig(group)).Build();
        partitions = Enumerable.Range(0, Topic.DefaultPartitions).Select(partition => new TopicPartition(topic, partition)).ToList();
    }

    /// <summary>The group's offsets of all partitions together. Blocks for a round trip.</summary>
    public long Total() => consumer.Committed(partitions, Patience).Sum(offset => Math.Max(0, offset.Offset.Value));

    public void Dispose() => consumer.Dispose();
}

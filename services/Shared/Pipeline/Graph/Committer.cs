using Confluent.Kafka;

namespace StreamDistill.Pipeline;

/// <summary>
/// Brings a batch's outputs and its input offsets to Kafka. After any failure it is of no more use: the stage throws it away
/// with its run.
/// </summary>
internal abstract class Committer : IDisposable
{
    protected static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);

    protected Committer(ProducerConfig config, ClientLog log) =>
        Producer = new ProducerBuilder<byte[], byte[]>(config)
            .SetErrorHandler((_, error) => log.Write(error))
            .SetStatisticsHandler((_, statistics) => log.Look(statistics))
            .SetLogHandler((_, message) => log.Write(message))
            .Build();

    protected IProducer<byte[], byte[]> Producer { get; }

    /// <summary>Makes it ready for the first batch. Blocks.</summary>
    public abstract void Start();

    /// <summary>Writes everything, then says that the inputs are done. Blocks: Confluent.Kafka has no asynchronous form of these calls.</summary>
    /// <exception cref="KafkaException">The batch did not get through, or it is unknown whether it did.</exception>
    public abstract void Commit(IReadOnlyList<FinishedUnit> units, UnitReader reader);

    /// <summary>Whether the broker knows the topic; asking makes brokers that create topics on first use create it. Blocks.</summary>
    public bool TopicExists(string topic)
    {
        using var admin = new DependentAdminClientBuilder(Producer.Handle).Build();
        var metadata = admin.GetMetadata(topic, CallTimeout).Topics.Find(candidate => candidate.Topic == topic);
        return metadata is { Error.IsError: false, Partitions.Count: > 0 };
    }

    public void Dispose() => Producer.Dispose();

    protected void Produce(OutgoingRecord record, Action<DeliveryReport<byte[], byte[]>>? delivered = null)
    {
        while (true)
        {
            try
            {
                Producer.Produce(record.Topic, record.Message, delivered);
                return;
            }
            catch (ProduceException<byte[], byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                Producer.Flush(TimeSpan.FromMilliseconds(100));
            }
        }
    }

    /// <summary>Where each partition goes on after these units.</summary>
    protected static IEnumerable<TopicPartitionOffset> OffsetsAfter(IReadOnlyList<FinishedUnit> units)
    {
        var offsets = new Dictionary<TopicPartition, Offset>();
        foreach (var unit in units)
        {
            offsets[unit.Raw.Partition] = unit.Raw.NextOffset;
        }

        return offsets.Select(entry => new TopicPartitionOffset(entry.Key, entry.Value));
    }
}

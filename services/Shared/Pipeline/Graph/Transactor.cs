using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace StreamDistill.Pipeline;

/// <summary>
/// Writes a batch's outputs and its input offsets in one Kafka transaction (KIP-447). After any failure it is of no more
/// use: the stage throws it away with its run, and the next one's InitTransactions ends whatever was left open.
/// </summary>
internal sealed class Transactor : IDisposable
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);
    private readonly IProducer<byte[], byte[]> producer;

    public Transactor(ProducerConfig config, string transactionalId, TimeSpan transactionTimeout, ILogger logger)
    {
        config.TransactionalId = transactionalId;
        config.TransactionTimeoutMs = (int)transactionTimeout.TotalMilliseconds;
        producer = new ProducerBuilder<byte[], byte[]>(config)
            .SetErrorHandler((_, error) => BrokerError(logger, error.Reason, null))
            .SetLogHandler((_, message) => logger.LogClient(message))
            .Build();
    }

    /// <summary>Fences predecessors of the same name and ends their open transaction. Blocks.</summary>
    public void Start() => producer.InitTransactions(CallTimeout);

    /// <summary>Whether the broker knows the topic; asking makes brokers that create topics on first use create it. Blocks.</summary>
    public bool TopicExists(string topic)
    {
        using var admin = new DependentAdminClientBuilder(producer.Handle).Build();
        var metadata = admin.GetMetadata(topic, CallTimeout).Topics.Find(candidate => candidate.Topic == topic);
        return metadata is { Error.IsError: false, Partitions.Count: > 0 };
    }

    /// <summary>Writes everything and commits. Confluent.Kafka has no asynchronous form of these calls: this blocks.</summary>
    /// <exception cref="KafkaException">Nothing of the batch is visible, or its result is unknown until the next Start.</exception>
    public void Commit(IReadOnlyList<FinishedUnit> units, IConsumerGroupMetadata group)
    {
        producer.BeginTransaction();
        try
        {
            var offsets = new Dictionary<TopicPartition, Offset>();
            foreach (var unit in units)
            {
                foreach (var record in unit.Outgoing)
                {
                    Produce(record);
                }

                offsets[unit.Raw.Partition] = unit.Raw.NextOffset;
            }

            producer.SendOffsetsToTransaction(offsets.Select(entry => new TopicPartitionOffset(entry.Key, entry.Value)), group, CallTimeout);
            CommitWithRetries();
        }
        catch (KafkaException e) when (!e.Error.IsFatal)
        {
            Abort();
            throw;
        }
    }

    public void Dispose() => producer.Dispose();

    private void Produce(OutgoingRecord record)
    {
        while (true)
        {
            try
            {
                // A delivery that fails makes the commit fail; no report is needed for each record.
                producer.Produce(record.Topic, record.Message);
                return;
            }
            catch (ProduceException<byte[], byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                producer.Flush(TimeSpan.FromMilliseconds(100));
            }
        }
    }

    private void CommitWithRetries()
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                producer.CommitTransaction(CallTimeout);
                return;
            }
            catch (KafkaRetriableException) when (attempt < 3)
            {
                // librdkafka asks for the same call again: it resumes where it was.
            }
        }
    }

    private void Abort()
    {
        try
        {
            producer.AbortTransaction(CallTimeout);
        }
        catch (KafkaException)
        {
            // The first error is the one to report. The broker ends the transaction when the next run fences this one.
        }
    }

    private static readonly Action<ILogger, string, Exception?> BrokerError =
        LoggerMessage.Define<string>(LogLevel.Warning, new EventId(6), "Kafka producer: {Reason}");
}

using Confluent.Kafka;

namespace StreamDistill.EndToEnd.Crashing;

/// <summary>
/// Copies one topic to another, exactly once: each transaction has the copies and the offsets (KIP-447). After any error it begins
/// anew from what is committed, as the stages do.
/// </summary>
internal sealed class TransactionalCopier(string address, string id, string from, string to)
{
    private const int BatchRecords = 50;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private int commits;
    private int failures;

    /// <summary>Transactions that were committed.</summary>
    public int Commits => commits;

    /// <summary>Times it had to begin anew.</summary>
    public int Failures => failures;

    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.Factory.StartNew(() => Run(cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                Copy(cancellationToken);
            }
            catch (KafkaException)
            {
                failures++;
            }
        }
    }

    private void Copy(CancellationToken cancellationToken)
    {
        var batch = new List<ConsumeResult<Ignore, int>>();
        using var producer = new ProducerBuilder<Null, int>(new ProducerConfig
        {
            BootstrapServers = address, TransactionalId = id, TransactionTimeoutMs = 10_000, LingerMs = 1, ReconnectBackoffMs = 20, ReconnectBackoffMaxMs = 100, RetryBackoffMs = 20,
        }).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        using var consumer = new ConsumerBuilder<Ignore, int>(new ConsumerConfig
        {
            BootstrapServers = address, GroupId = "copiers", EnableAutoCommit = false, AutoOffsetReset = AutoOffsetReset.Earliest, IsolationLevel = IsolationLevel.ReadCommitted,
            SessionTimeoutMs = 6000, HeartbeatIntervalMs = 500, ReconnectBackoffMs = 20, ReconnectBackoffMaxMs = 100,
        }).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { })
            .SetPartitionsRevokedHandler((_, _) => batch.Clear()) // What was read of a partition that another has now is that other's.
            .SetPartitionsLostHandler((_, _) => batch.Clear())
            .Build();
        producer.InitTransactions(Patience);
        consumer.Subscribe(from);
        while (!cancellationToken.IsCancellationRequested)
        {
            Fill(consumer, batch);
            if (batch.Count > 0)
            {
                Transact(producer, consumer, batch);
                batch.Clear();
                commits++;
            }
        }

        consumer.Close();
    }

    private static void Fill(IConsumer<Ignore, int> consumer, List<ConsumeResult<Ignore, int>> batch)
    {
        for (var wait = TimeSpan.FromMilliseconds(100); batch.Count < BatchRecords; wait = TimeSpan.FromMilliseconds(2))
        {
            if (consumer.Consume(wait) is not { } result)
            {
                return;
            }

            batch.Add(result);
        }
    }

    private void Transact(IProducer<Null, int> producer, IConsumer<Ignore, int> consumer, List<ConsumeResult<Ignore, int>> batch)
    {
        producer.BeginTransaction();
        foreach (var result in batch)
        {
            producer.Produce(new TopicPartition(to, result.Partition), new Message<Null, int> { Value = result.Message.Value });
        }

        var offsets = batch.GroupBy(r => r.TopicPartition).Select(g => new TopicPartitionOffset(g.Key, g.Max(r => r.Offset.Value) + 1));
        producer.SendOffsetsToTransaction(offsets, consumer.ConsumerGroupMetadata, Patience);
        producer.CommitTransaction(Patience);
    }
}

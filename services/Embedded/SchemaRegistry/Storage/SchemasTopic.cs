using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using StreamDistill.Contracts;

namespace StreamDistill.Embedded.SchemaRegistry.Storage;

/// <summary>
/// Keeps changes in a compacted topic of one partition. Each write is one transaction under a transactional id that all
/// registries of the topic share. So a write is there wholly or not at all; opening the topic ends whatever an earlier
/// process, or this one, left unfinished, before everything up to the end is read; and of two registries on one topic only
/// the one that opened it last can write: the other is told, and reads again before it goes on.
/// </summary>
internal sealed class SchemasTopic : IChangeLog
{
    private static readonly TimeSpan ReadPatience = TimeSpan.FromSeconds(1);

    private readonly SchemaRegistryOptions options;
    private readonly BlockingThread thread = new("schemas topic");
    private readonly TopicPartition partition;
    private bool isTopicReady;
    private IProducer<byte[], byte[]?>? producer;

    public SchemasTopic(SchemaRegistryOptions options)
    {
        this.options = options;
        partition = new TopicPartition(options.Topic, 0);
    }

    public Task<SubjectStore> OpenAsync(CancellationToken cancellationToken) => thread.RunAsync(Open).WaitAsync(cancellationToken);

    public Task WriteAsync(IReadOnlyList<Change> changes) => thread.RunAsync(() =>
    {
        Write(changes);
        return true;
    });

    public async ValueTask DisposeAsync()
    {
        await thread.DisposeAsync();
        producer?.Dispose();
    }

    private SubjectStore Open()
    {
        producer?.Dispose();
        producer = null;
        try
        {
            if (!isTopicReady)
            {
                SchemasTopicSetup.Ensure(options, Settings<AdminClientConfig>());
                isTopicReady = true;
            }

            producer = new ProducerBuilder<byte[], byte[]?>(ProducerSettings()).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
            producer.InitTransactions(options.WriteTimeout);
            return Read();
        }
        catch (InvalidOperationException e)
        {
            throw new StreamDistillException($"A setting of the Kafka client is wrong: {e.Message}", isTransient: false, e);
        }
        catch (KafkaException e)
        {
            var reason = e is CreateTopicsException { Results: [var refused, ..] } ? refused.Error.Reason : e.Error.Reason;
            throw StoreException.Failed($"Kafka at {options.BootstrapServers} does not answer as it should: {reason}");
        }
    }

    /// <summary>Everything up to the end. Nobody writes meanwhile: whoever did is shut out.</summary>
    private SubjectStore Read()
    {
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(ConsumerSettings()).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        consumer.Assign(new TopicPartitionOffset(partition, Offset.Beginning));
        var store = new SubjectStore();
        for (var patience = options.WriteTimeout; patience > TimeSpan.Zero;)
        {
            var record = consumer.Consume(ReadPatience);
            if (record is null)
            {
                patience -= ReadPatience;
            }
            else if (record.IsPartitionEOF)
            {
                return store;
            }
            else
            {
                Apply(store, record);
            }
        }

        throw StoreException.TimedOut("Read", $"the topic {options.Topic} does not come to its end.");
    }

    private static void Apply(SubjectStore store, ConsumeResult<byte[]?, byte[]?> record)
    {
        try
        {
            if (SchemasRecord.Read(record.Message.Key, record.Message.Value) is { } change)
            {
                store.Apply(change);
            }
        }
        catch (InvalidDataException e)
        {
            throw new StreamDistillException($"The record at offset {record.Offset} of the topic {record.Topic} cannot be read: {e.Message}.", isTransient: false, e);
        }
    }

    private void Write(IReadOnlyList<Change> changes)
    {
        var writer = producer ?? throw new InvalidOperationException("The topic is not open.");
        var refused = (Error?)null;
        try
        {
            writer.BeginTransaction();
            foreach (var change in changes)
            {
                var (key, value) = SchemasRecord.Of(change);
                writer.Produce(partition, new Message<byte[], byte[]?> { Key = key, Value = value }, report =>
                    refused ??= report.Error.IsError ? report.Error : null);
            }

            writer.CommitTransaction(options.WriteTimeout);
        }
        catch (KafkaException e)
        {
            // What became of a record says more than its transaction, unless it is only that the transaction took it along.
            throw Explained(refused is { Code: ErrorCode.MsgSizeTooLarge } ? refused : e.Error, isUndone: e is KafkaTxnRequiresAbortException || e.Error.Code == ErrorCode.MsgSizeTooLarge);
        }
    }

    private StoreException Explained(Error error, bool isUndone)
    {
        switch (error.Code)
        {
            case ErrorCode.Local_Fenced or ErrorCode.ProducerFenced or ErrorCode.InvalidProducerEpoch or ErrorCode.TransactionCoordinatorFenced:
                options.Logger.LogWarning("Another registry has written to the topic {Topic}; it is read again. Run only one.", options.Topic);
                return new SupersededException(options.Topic);
            case ErrorCode.MsgSizeTooLarge:
                return new StoreException(42201, $"Invalid schema: it is too large for a record of the topic {options.Topic}.");
            default:
                var fate = isUndone ? "nothing was changed" : "whether the change was kept shows when it is asked for again";
                return StoreException.TimedOut("Write", $"Kafka at {options.BootstrapServers} says '{error.Reason}'; {fate}.");
        }
    }

    private ProducerConfig ProducerSettings()
    {
        var config = Settings<ProducerConfig>();
        config.TransactionalId = "streamdistill-registry-" + options.Topic;
        config.TransactionTimeoutMs = (int)options.WriteTimeout.TotalMilliseconds * 2;
        config.MessageTimeoutMs = (int)options.WriteTimeout.TotalMilliseconds;
        config.MessageMaxBytes = (options.RequestBytesMax * 2) + 4096;
        config.Acks = Acks.All;
        config.EnableIdempotence = true;
        config.LingerMs = 0;
        return config;
    }

    private ConsumerConfig ConsumerSettings()
    {
        var config = Settings<ConsumerConfig>();
        config.GroupId = "streamdistill-registry";
        config.EnableAutoCommit = false;
        config.EnableAutoOffsetStore = false;
        config.EnablePartitionEof = true;
        config.IsolationLevel = IsolationLevel.ReadCommitted;
        config.AutoOffsetReset = AutoOffsetReset.Error;
        config.FetchWaitMaxMs = 100;
        return config;
    }

    private TConfig Settings<TConfig>()
        where TConfig : ClientConfig, new()
    {
        var config = new TConfig { ReconnectBackoffMs = 50, ReconnectBackoffMaxMs = 500 };
        foreach (var (key, value) in options.KafkaSettings)
        {
            config.Set(key, value);
        }

        config.BootstrapServers = options.BootstrapServers;
        config.ClientId = "streamdistill-registry";
        return config;
    }
}

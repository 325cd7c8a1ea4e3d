using Confluent.Kafka;

namespace StreamDistill.Benchmarks;

/// <summary>The clients' settings: what someone would set who wants throughput, or latency.</summary>
internal static class Clients
{
    public const int Partitions = 4;

    public static ClientConfig Common(BrokerProcess broker) => new() { BootstrapServers = broker.BootstrapServers, SocketNagleDisable = true };

    /// <summary>Idempotent and acks=all, in large batches, without a report for each record: that all came is seen by counting them.</summary>
    public static ProducerConfig FastProducer(BrokerProcess broker) => new(Common(broker))
    {
        EnableIdempotence = true,
        Acks = Acks.All,
        LingerMs = 20,
        BatchSize = 1_000_000,
        BatchNumMessages = 10_000,
        QueueBufferingMaxMessages = 32_000,
        EnableDeliveryReports = false,
    };

    /// <summary>Idempotent and acks=all, every record at once.</summary>
    public static ProducerConfig PromptProducer(BrokerProcess broker) => new(Common(broker)) { EnableIdempotence = true, Acks = Acks.All, LingerMs = 0 };

    public static ProducerConfig TransactionalProducer(BrokerProcess broker, string transactionalId) => new(PromptProducer(broker)) { TransactionalId = transactionalId };

    /// <summary>Large fetches; a record's value and nothing else.</summary>
    public static ConsumerConfig Consumer(BrokerProcess broker) => new(Common(broker))
    {
        GroupId = "bench",
        EnableAutoCommit = false,
        EnableAutoOffsetStore = false,
        FetchMaxBytes = 8 << 20,
        MaxPartitionFetchBytes = 2 << 20,
        FetchWaitMaxMs = 5,

        // By default a partition rests for a second whenever the client has enough of it queued.
        FetchQueueBackoffMs = 1,
        QueuedMinMessages = 32_000,
        QueuedMaxMessagesKbytes = 65_536,
        ConsumeResultFields = "none",
    };
}

using Confluent.Kafka;

namespace StreamDistill.Cli.Kafka;

/// <summary>Client settings of the command: it only reads, and commits nothing.</summary>
internal static class Clients
{
    /// <summary>librdkafka's own log lines; errors reach us as exceptions.</summary>
    public static readonly Action<object, LogMessage> DropLog = (_, _) => { };

    public static AdminClientConfig Admin(string bootstrapServers) => new() { BootstrapServers = bootstrapServers, ClientId = "streamdistill" };

    /// <summary>
    /// Reads committed records of partitions assigned by hand, and tells where each one ends. Records that the broker dropped
    /// before they were read are an error, never a silent gap.
    /// </summary>
    public static ConsumerConfig Reader(string bootstrapServers) => new()
    {
        BootstrapServers = bootstrapServers,
        ClientId = "streamdistill",
        GroupId = "streamdistill-reader",
        EnableAutoCommit = false,
        EnableAutoOffsetStore = false,
        EnablePartitionEof = true,
        IsolationLevel = IsolationLevel.ReadCommitted,
        AutoOffsetReset = AutoOffsetReset.Error,
        FetchWaitMaxMs = 100,
        QueuedMaxMessagesKbytes = 16 * 1024,
    };
}

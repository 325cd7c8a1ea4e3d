using System.Diagnostics;
using Confluent.Kafka;
using StreamDistill.Embedded.Broker;
using StreamDistill.Embedded.Broker.Log;
using IsolationLevel = Confluent.Kafka.IsolationLevel;

namespace StreamDistill.Embedded.Tests.Broker.Transactions;

/// <summary>Transactions as librdkafka's clients use them.</summary>
public sealed class TransactionClientTests : IAsyncLifetime
{
    private const string Topic = "transactions";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryDirectory directory = new();
    private BrokerServer broker = null!;

    public async ValueTask InitializeAsync() => broker = await StartAsync(0);

    public async ValueTask DisposeAsync()
    {
        await broker.DisposeAsync();
        directory.Dispose();
    }

    [Fact]
    public void Committed_readers_see_what_was_committed_and_others_see_all()
    {
        using var producer = Producer("id");
        Transact(producer, "committed", 3, commit: true);
        Transact(producer, "aborted", 3, commit: false);
        Transact(producer, "again", 3, commit: true);

        Assert.Equal(["again-0", "again-1", "again-2", "committed-0", "committed-1", "committed-2"], Read(IsolationLevel.ReadCommitted).Order());
        Assert.Equal(9, Read(IsolationLevel.ReadUncommitted).Count);
    }

    [Fact]
    public void An_open_transaction_holds_committed_readers_back_and_no_others()
    {
        using var producer = Producer("id");
        producer.BeginTransaction();
        producer.Produce(new TopicPartition(Topic, 0), new Message<Null, string> { Value = "open" });
        producer.Flush(Patience);
        Assert.Empty(Read(IsolationLevel.ReadCommitted));
        Assert.Equal(["open"], Read(IsolationLevel.ReadUncommitted));
        producer.CommitTransaction(Patience);
        Assert.Equal(["open"], Read(IsolationLevel.ReadCommitted));
    }

    [Fact]
    public void The_second_producer_of_an_id_fences_the_first()
    {
        using var first = Producer("id");
        first.BeginTransaction();
        first.Produce(new TopicPartition(Topic, 0), new Message<Null, string> { Value = "zombie" });
        first.Flush(Patience);
        using var second = Producer("id");
        Transact(second, "second", 1, commit: true);

        var fenced = Assert.ThrowsAny<KafkaException>(() => first.CommitTransaction(Patience));
        Assert.True(fenced.Error.IsFatal, fenced.Error.ToString());
        Assert.Equal(["second-0"], Read(IsolationLevel.ReadCommitted));
        Transact(second, "more", 1, commit: true);
        Assert.Equal(["more-0", "second-0"], Read(IsolationLevel.ReadCommitted).Order());
    }

    [Fact]
    public void A_transaction_that_takes_too_long_is_aborted()
    {
        using var producer = Producer("id", timeoutMs: 1000);
        producer.BeginTransaction();
        producer.Produce(new TopicPartition(Topic, 0), new Message<Null, string> { Value = "late" });
        producer.Flush(Patience);
        var log = broker.Catalog.Partition(Topic, 0)!;
        var waited = Stopwatch.StartNew();
        while (log.LastStableOffset != log.EndOffset && waited.Elapsed < Patience)
        {
            Thread.Sleep(20);
        }

        Assert.Equal(log.EndOffset, log.LastStableOffset);
        Assert.ThrowsAny<KafkaException>(() => producer.CommitTransaction(Patience));
        Assert.Empty(Read(IsolationLevel.ReadCommitted));
    }

    [Fact]
    public void Offsets_go_with_the_transaction_that_carries_them()
    {
        using var producer = Producer("id");
        Transact(producer, "input", 6, commit: true);
        using var consumer = new ConsumerBuilder<Ignore, string>(new ConsumerConfig
        {
            BootstrapServers = broker.Endpoint.ToString(), GroupId = "group", AutoOffsetReset = AutoOffsetReset.Earliest, EnableAutoCommit = false, IsolationLevel = IsolationLevel.ReadCommitted,
        }).Build();
        consumer.Subscribe(Topic);
        var first = consumer.Consume(Patience);
        Assert.NotNull(first);

        SendOffsets(producer, consumer, first, commit: false);
        Assert.All(consumer.Committed(consumer.Assignment, Patience), committed => Assert.Equal(Offset.Unset, committed.Offset));
        SendOffsets(producer, consumer, first, commit: true);
        Assert.Equal(first.Offset + 1, consumer.Committed([first.TopicPartition], Patience).Single().Offset);
        consumer.Close();
    }

    [Fact]
    public async Task Sixteen_producers_commit_at_once_and_a_restart_of_the_broker_loses_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 16).Select(number => Task.Factory.StartNew(
            () =>
            {
                using var producer = Producer($"id-{number}");
                for (var i = 0; i < 10; i++)
                {
                    Transact(producer, $"{number}-{i}", 2, commit: i % 2 == 0);
                }
            },
            TaskCreationOptions.LongRunning)));
        var expected = Enumerable.Range(0, 16).SelectMany(n => Enumerable.Range(0, 10).Where(i => i % 2 == 0).SelectMany(i => new[] { $"{n}-{i}-0", $"{n}-{i}-1" })).Order().ToList();
        Assert.Equal(expected, Read(IsolationLevel.ReadCommitted).Order());

        await RestartAsync();
        Assert.Equal(expected, Read(IsolationLevel.ReadCommitted).Order());
    }

    [Fact]
    public async Task A_producer_goes_on_after_the_broker_was_restarted()
    {
        using var producer = Producer("id");
        Transact(producer, "before", 2, commit: true);
        producer.BeginTransaction();
        producer.Produce(new TopicPartition(Topic, 0), new Message<Null, string> { Value = "during-0" });
        producer.Flush(Patience);
        await RestartAsync();
        producer.Produce(new TopicPartition(Topic, 0), new Message<Null, string> { Value = "during-1" });
        producer.CommitTransaction(Patience);
        Transact(producer, "after", 2, commit: true);
        Assert.Equal(["after-0", "after-1", "before-0", "before-1", "during-0", "during-1"], Read(IsolationLevel.ReadCommitted).Order());
    }

    private async Task<BrokerServer> StartAsync(int port) => await BrokerServer.StartAsync(
        new BrokerOptions { Port = port, DefaultPartitions = 2 },
        directory.Path,
        DiskFileSystem.Instance,
        catalog => catalog.Create(Topic, 2, new Dictionary<string, string>()),
        TimeProvider.System);

    private async Task RestartAsync()
    {
        var port = broker.Endpoint.Port;
        await broker.DisposeAsync();
        broker = await StartAsync(port);
    }

    private IProducer<Null, string> Producer(string id, int timeoutMs = 60_000)
    {
        var producer = new ProducerBuilder<Null, string>(new ProducerConfig
        {
            BootstrapServers = broker.Endpoint.ToString(), TransactionalId = id, TransactionTimeoutMs = timeoutMs, LingerMs = 0,
        }).SetLogHandler((_, _) => { }).Build();
        producer.InitTransactions(Patience);
        return producer;
    }

    private static void Transact(IProducer<Null, string> producer, string name, int count, bool commit)
    {
        producer.BeginTransaction();
        for (var i = 0; i < count; i++)
        {
            producer.Produce(new TopicPartition(Topic, i % 2), new Message<Null, string> { Value = $"{name}-{i}" });
        }

        if (commit)
        {
            producer.CommitTransaction(Patience);
        }
        else
        {
            producer.Flush(Patience);
            producer.AbortTransaction(Patience);
        }
    }

    private static void SendOffsets(IProducer<Null, string> producer, IConsumer<Ignore, string> consumer, ConsumeResult<Ignore, string> read, bool commit)
    {
        producer.BeginTransaction();
        producer.SendOffsetsToTransaction([new TopicPartitionOffset(read.TopicPartition, read.Offset + 1)], consumer.ConsumerGroupMetadata, Patience);
        if (commit)
        {
            producer.CommitTransaction(Patience);
        }
        else
        {
            producer.AbortTransaction(Patience);
        }
    }

    /// <summary>Everything such a reader sees up to the end it is shown.</summary>
    private List<string> Read(IsolationLevel isolation)
    {
        var values = new List<string>();
        using var consumer = new ConsumerBuilder<Ignore, string>(new ConsumerConfig
        {
            BootstrapServers = broker.Endpoint.ToString(), GroupId = "reader", EnableAutoCommit = false, EnablePartitionEof = true, IsolationLevel = isolation, AutoOffsetReset = AutoOffsetReset.Error,
        }).SetLogHandler((_, _) => { }).Build();
        consumer.Assign([new TopicPartitionOffset(Topic, 0, 0), new TopicPartitionOffset(Topic, 1, 0)]);
        for (var ends = 0; ends < 2;)
        {
            var result = consumer.Consume(Patience);
            Assert.NotNull(result);
            if (result.IsPartitionEOF)
            {
                ends++;
            }
            else
            {
                values.Add(result.Message.Value);
            }
        }

        return values;
    }
}

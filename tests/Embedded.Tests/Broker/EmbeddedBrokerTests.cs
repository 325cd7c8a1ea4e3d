using System.Text;
using Confluent.Kafka;
using StreamDistill.Contracts;
using StreamDistill.Embedded.Broker;

namespace StreamDistill.Embedded.Tests.Broker;

public sealed class EmbeddedBrokerTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private EmbeddedBroker broker = null!;

    public async ValueTask InitializeAsync() => broker = await EmbeddedBroker.StartAsync(new BrokerOptions(), TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => broker.DisposeAsync();

    [Fact]
    public async Task Records_written_are_read_back_in_order_with_keys_headers_and_tombstones()
    {
        using (var producer = new ProducerBuilder<string, byte[]?>(new ProducerConfig { BootstrapServers = broker.BootstrapServers, EnableIdempotence = true }).Build())
        {
            for (var i = 0; i < 100; i++)
            {
                await producer.ProduceAsync(new TopicPartition("numbers", 2), new Message<string, byte[]?>
                {
                    Key = $"k{i}",
                    Value = i % 10 == 9 ? null : Encoding.UTF8.GetBytes($"v{i}"),
                    Headers = new Headers { { "n", [(byte)i] } },
                });
            }
        }

        var read = ReadAll("numbers", 2);

        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"k{i}"), read.Select(r => r.Message.Key));
        Assert.Equal(10, read.Count(r => r.Message.Value is null));
        Assert.All(read, r => Assert.Equal((byte)r.Offset.Value, r.Message.Headers.GetLastBytes("n")[0]));
    }

    [Fact]
    public void A_topic_has_the_default_number_of_partitions_from_the_first_time_it_is_asked_about()
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.BootstrapServers }).Build();

        Assert.Equal(Topic.DefaultPartitions, admin.GetMetadata("new", Patience).Topics.Single().Partitions.Count);
    }

    [Fact]
    public void The_pipelines_topics_are_there_from_the_start()
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.BootstrapServers }).Build();

        Assert.Empty(Topics.All.Select(topic => topic.Name).Except(admin.GetMetadata(Patience).Topics.Select(topic => topic.Topic)));
    }

    [Fact]
    public void Records_of_a_transaction_are_read_when_it_is_committed_and_never_when_it_is_aborted()
    {
        using var producer = Transactional("one");
        foreach (var (key, isCommit) in new[] { ("a", true), ("b", false), ("c", true) })
        {
            producer.BeginTransaction();
            producer.Produce(new TopicPartition("output", 0), new Message<string, byte[]> { Key = key, Value = [1] });
            producer.Flush(Patience);
            if (isCommit)
            {
                producer.CommitTransaction(Patience);
            }
            else
            {
                producer.AbortTransaction(Patience);
            }
        }

        producer.BeginTransaction();
        producer.Produce(new TopicPartition("output", 0), new Message<string, byte[]> { Key = "open", Value = [1] });
        producer.Flush(Patience);

        Assert.Equal(["a", "c"], ReadAll("output", 0).Select(read => read.Message.Key));
        Assert.Equal(["a", "b", "c", "open"], ReadAll("output", 0, IsolationLevel.ReadUncommitted).Select(read => read.Message.Key));
        producer.AbortTransaction(Patience);
    }

    [Fact]
    public void A_committed_transaction_moves_the_group_and_an_aborted_one_does_not()
    {
        using var consumer = Join("group");
        using var producer = Transactional("one");
        var partition = new TopicPartition("input", 0);

        producer.BeginTransaction();
        producer.Produce("output", new Message<string, byte[]> { Key = "k", Value = [1] });
        producer.SendOffsetsToTransaction([new TopicPartitionOffset(partition, 5)], consumer.ConsumerGroupMetadata, Patience);
        Assert.Equal(Offset.Unset, CommittedOf("group", partition));
        producer.CommitTransaction(Patience);
        Assert.Equal(5, CommittedOf("group", partition).Value);

        producer.BeginTransaction();
        producer.SendOffsetsToTransaction([new TopicPartitionOffset(partition, 9)], consumer.ConsumerGroupMetadata, Patience);
        producer.AbortTransaction(Patience);
        Assert.Equal(5, CommittedOf("group", partition).Value);
    }

    [Fact]
    public void A_producer_that_starts_again_does_not_commit_the_offsets_its_predecessor_left_open()
    {
        using var consumer = Join("group");
        var (left, right) = (new TopicPartition("input", 0), new TopicPartition("input", 1));
        using var abandoned = Transactional("same");
        abandoned.BeginTransaction();
        abandoned.SendOffsetsToTransaction([new TopicPartitionOffset(left, 7)], consumer.ConsumerGroupMetadata, Patience);

        using var successor = Transactional("same");
        successor.BeginTransaction();
        successor.SendOffsetsToTransaction([new TopicPartitionOffset(right, 3)], consumer.ConsumerGroupMetadata, Patience);
        successor.CommitTransaction(Patience);

        Assert.Equal(3, CommittedOf("group", right).Value);
        Assert.Equal(Offset.Unset, CommittedOf("group", left));
    }

    [Fact]
    public async Task It_listens_on_the_port_asked_for_and_a_second_one_there_says_which_port_is_taken()
    {
        var port = int.Parse(broker.BootstrapServers.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);

        var refused = await Assert.ThrowsAsync<StreamDistillException>(() => EmbeddedBroker.StartAsync(new BrokerOptions { Port = port }, CancellationToken.None));

        Assert.Contains($"127.0.0.1:{port}", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Choose another port", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_no_port_is_refused_with_what_is_allowed()
    {
        var refused = await Assert.ThrowsAsync<StreamDistillException>(() => EmbeddedBroker.StartAsync(new BrokerOptions { Port = 70000 }, CancellationToken.None));

        Assert.Contains("70000", refused.Message, StringComparison.Ordinal);
        Assert.Contains("1 to 65535", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_sends_garbage_is_cut_off_and_the_others_go_on()
    {
        using (var client = new System.Net.Sockets.TcpClient())
        {
            var address = System.Net.IPEndPoint.Parse(broker.BootstrapServers);
            await client.ConnectAsync(address, TestContext.Current.CancellationToken);
            var stream = client.GetStream();
            await stream.WriteAsync(new byte[] { 0x7f, 0xff, 0xff, 0xff, 1, 2, 3 }, TestContext.Current.CancellationToken);

            Assert.Equal(0, await stream.ReadAsync(new byte[1], TestContext.Current.CancellationToken));
        }

        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.BootstrapServers }).Build();
        Assert.Single(admin.GetMetadata(Patience).Brokers);
    }

    private List<ConsumeResult<string, byte[]?>> ReadAll(string topic, int partition, IsolationLevel isolation = IsolationLevel.ReadCommitted)
    {
        using var consumer = new ConsumerBuilder<string, byte[]?>(new ConsumerConfig
        {
            BootstrapServers = broker.BootstrapServers,
            GroupId = "reader",
            EnableAutoCommit = false,
            EnablePartitionEof = true,
            IsolationLevel = isolation,
        }).Build();
        consumer.Assign(new TopicPartitionOffset(topic, partition, Offset.Beginning));
        var read = new List<ConsumeResult<string, byte[]?>>();
        while (consumer.Consume(Patience) is { IsPartitionEOF: false } result)
        {
            read.Add(result);
        }

        return read;
    }

    private IConsumer<string, byte[]> Join(string group)
    {
        using (var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.BootstrapServers }).Build())
        {
            admin.GetMetadata("input", Patience);
        }

        var consumer = new ConsumerBuilder<string, byte[]>(new ConsumerConfig
        {
            BootstrapServers = broker.BootstrapServers,
            GroupId = group,
            EnableAutoCommit = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
        }).Build();
        consumer.Subscribe("input");
        for (var tries = 0; consumer.Assignment.Count == 0 && tries < 300; tries++)
        {
            consumer.Consume(TimeSpan.FromMilliseconds(100));
        }

        Assert.NotEmpty(consumer.Assignment);
        return consumer;
    }

    private IProducer<string, byte[]> Transactional(string id)
    {
        var producer = new ProducerBuilder<string, byte[]>(new ProducerConfig { BootstrapServers = broker.BootstrapServers, TransactionalId = id }).Build();
        producer.InitTransactions(Patience);
        return producer;
    }

    /// <summary>As a reader that does not wait for open transactions sees it (KIP-447).</summary>
    private Offset CommittedOf(string group, TopicPartition partition)
    {
        using var reader = new ConsumerBuilder<string, byte[]>(new ConsumerConfig
        {
            BootstrapServers = broker.BootstrapServers,
            GroupId = group,
            IsolationLevel = IsolationLevel.ReadUncommitted,
        }).Build();
        return reader.Committed([partition], Patience).Single().Offset;
    }
}

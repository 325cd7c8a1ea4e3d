using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace StreamDistill.Interop.Conformance;

/// <summary>Confluent.Kafka, which is librdkafka in .NET: the client that every service of ours uses.</summary>
internal sealed partial class LibrdkafkaFeatures(Stand stand)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Fails where the feature does not work.</summary>
    public Task ShowAsync(string feature) => feature switch
    {
        "none" or "gzip" or "snappy" or "lz4" or "zstd" => RoundTripAsync(Enum.Parse<CompressionType>(feature, ignoreCase: true)),
        "headers" => HeadersAsync(),
        "tombstones" => TombstonesAsync(),
        "large" => LargeAsync(),
        "auto-create" => AutoCreateAsync(),
        "idempotence" => IdempotenceAsync(),
        "commit" => CommitAsync(),
        "abort" => AbortAsync(),
        "transaction-offsets" => TransactionOffsetsAsync(),
        "fencing" => FencingAsync(),
        "group" => GroupAsync(),
        "eager" => MembersComeAndGoAsync(PartitionAssignmentStrategy.Range),
        "cooperative" => MembersComeAndGoAsync(PartitionAssignmentStrategy.CooperativeSticky),
        "killed" => KilledMemberAsync(),
        "static" => StaticMemberAsync(),
        "restart" => RestartAsync(),
        "seek" => SeekAsync(),
        "pause" => PauseAsync(),
        "times" => TimesAsync(),
        "topics" => TopicsAsync(),
        "partitions" => PartitionsAsync(),
        "configs" => ConfigsAsync(),
        "delete-records" => DeleteRecordsAsync(),
        "groups" => GroupsAsync(),
        "group-offsets" => GroupOffsetsAsync(),
        "list-offsets" => ListOffsetsAsync(),
        "cluster" => DescribeClusterAsync(),
        "refused-acls" => RefusedAclsAsync(),
        "refused-scram" => RefusedScramAsync(),
        _ => throw new ArgumentOutOfRangeException(nameof(feature), feature, "Confluent.Kafka does not have it."),
    };

    private IProducer<string, string?> Producer(Action<ProducerConfig>? configure = null)
    {
        var config = new ProducerConfig { BootstrapServers = stand.Bootstrap, LingerMs = 1 };
        configure?.Invoke(config);
        return new ProducerBuilder<string, string?>(config).SetLogHandler((_, _) => { }).Build();
    }

    private IConsumer<string, string?> Consumer(Action<ConsumerConfig>? configure = null)
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = stand.Bootstrap,
            GroupId = Cluster.NewTopic("group"),
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false,
            EnablePartitionEof = true,
            FetchWaitMaxMs = 50,
            SessionTimeoutMs = 6000,
            HeartbeatIntervalMs = 300,
        };
        configure?.Invoke(config);
        return new ConsumerBuilder<string, string?>(config).SetLogHandler((_, _) => { }).Build();
    }

    private IAdminClient Admin() => new AdminClientBuilder(new AdminClientConfig { BootstrapServers = stand.Bootstrap }).SetLogHandler((_, _) => { }).Build();

    private async Task<string> NewTopicAsync(int partitions = 1, Dictionary<string, string>? configs = null)
    {
        var topic = Cluster.NewTopic("librdkafka");
        using var admin = Admin();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = partitions, ReplicationFactor = 1, Configs = configs }]);
        return topic;
    }

    private static TopicPartition First(string topic) => new(topic, 0);

    private static IEnumerable<string> Values(int from, int to) => Enumerable.Range(from, to - from).Select(i => FormattableString.Invariant($"v{i}"));

    private static void Produce(IProducer<string, string?> producer, string topic, IEnumerable<string> values)
    {
        foreach (var value in values)
        {
            producer.Produce(First(topic), new Message<string, string?> { Key = "k", Value = value }, report => Assert.False(report.Error.IsError, report.Error.Reason));
        }
    }

    private void Produce(string topic, IEnumerable<string> values, Action<ProducerConfig>? configure = null)
    {
        using var producer = Producer(configure);
        Produce(producer, topic, values);
        producer.Flush(Patience);
    }

    /// <summary>Everything from a consumer's position to the end of a partition.</summary>
    private static List<ConsumeResult<string, string?>> ToTheEnd(IConsumer<string, string?> consumer)
    {
        var read = new List<ConsumeResult<string, string?>>();
        while (true)
        {
            var record = consumer.Consume(Patience);
            Assert.True(record is not null, $"The end does not come; {read.Count} records did.");
            if (record.IsPartitionEOF)
            {
                return read;
            }

            read.Add(record);
        }
    }

    private List<string?> ReadAll(string topic, IsolationLevel isolation = IsolationLevel.ReadCommitted)
    {
        using var consumer = Consumer(config => config.IsolationLevel = isolation);
        consumer.Assign(new TopicPartitionOffset(First(topic), Offset.Beginning));
        return ToTheEnd(consumer).ConvertAll(record => record.Message.Value);
    }

    private static async Task EventuallyAsync(string what, Func<bool> holds)
    {
        var deadline = DateTime.UtcNow + Patience;
        while (!holds())
        {
            Assert.True(DateTime.UtcNow < deadline, $"Within {Patience.TotalSeconds} s it was never so: {what}.");
            await Task.Delay(20, Ct);
        }
    }

    /// <summary>A time that retention keeps: records older than a week are deleted, whenever they were written.</summary>
    private static long RecentMs => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - 200_000;

    private async Task RoundTripAsync(CompressionType compression)
    {
        var topic = await NewTopicAsync();
        Produce(topic, Values(0, 1000), config => config.CompressionType = compression);
        Assert.Equal(Values(0, 1000), ReadAll(topic));
    }

    private async Task HeadersAsync()
    {
        var topic = await NewTopicAsync();
        using var producer = Producer();
        var headers = new Headers { { "a", [1, 0, 255] }, { "a", [] }, { "none", null } };
        var timestamp = new Timestamp(RecentMs, TimestampType.CreateTime);
        var report = await producer.ProduceAsync(First(topic), new Message<string, string?> { Key = "key", Value = "v", Headers = headers, Timestamp = timestamp }, Ct);
        Assert.Equal((PersistenceStatus.Persisted, 0), (report.Status, report.Offset.Value));

        using var consumer = Consumer();
        consumer.Assign(new TopicPartitionOffset(First(topic), Offset.Beginning));
        var read = Assert.Single(ToTheEnd(consumer)).Message;
        Assert.Equal(("key", timestamp), (read.Key, read.Timestamp));
        Assert.Equal(["a=0100FF", "a=", "none="], read.Headers.Select(header => $"{header.Key}={Convert.ToHexString(header.GetValueBytes() ?? [])}"));
    }

    private async Task TombstonesAsync()
    {
        var topic = await NewTopicAsync();
        using var producer = Producer();
        await producer.ProduceAsync(First(topic), new Message<string, string?> { Key = "k", Value = null }, Ct);
        await producer.ProduceAsync(First(topic), new Message<string, string?> { Key = "k", Value = "" }, Ct);
        Assert.Equal([null, ""], ReadAll(topic));
    }

    private async Task LargeAsync()
    {
        var topic = await NewTopicAsync(configs: new() { ["max.message.bytes"] = "6000000" });
        Produce(topic, [new string('x', 5_000_000), "small"], config => config.MessageMaxBytes = 6_000_000);
        Assert.Equal([5_000_000, 5], ReadAll(topic).Select(value => value!.Length));

        var small = await NewTopicAsync(configs: new() { ["max.message.bytes"] = "1000" });
        using var producer = Producer();
        var refused = await Assert.ThrowsAsync<ProduceException<string, string?>>(() => producer.ProduceAsync(First(small), new Message<string, string?> { Value = new string('x', 5000) }, Ct));
        Assert.Equal(ErrorCode.MsgSizeTooLarge, refused.Error.Code);
    }

    private Task AutoCreateAsync()
    {
        var topic = Cluster.NewTopic("librdkafka");
        Produce(topic, ["v"]);
        Assert.Equal(["v"], ReadAll(topic));
        return Task.CompletedTask;
    }

    private async Task IdempotenceAsync()
    {
        var topic = await NewTopicAsync();
        Produce(topic, Values(0, 5000), config =>
        {
            config.EnableIdempotence = true;
            config.BatchNumMessages = 10;
        });
        Assert.Equal(Values(0, 5000), ReadAll(topic));
    }

    private async Task SeekAsync()
    {
        var topic = await NewTopicAsync();
        Produce(topic, Values(0, 10));
        using var consumer = Consumer();
        consumer.Assign(new TopicPartitionOffset(First(topic), Offset.Beginning));
        ToTheEnd(consumer);
        consumer.Seek(new TopicPartitionOffset(First(topic), 7));
        Assert.Equal(Values(7, 10), ToTheEnd(consumer).Select(record => record.Message.Value));
        consumer.Seek(new TopicPartitionOffset(First(topic), Offset.Beginning));
        Assert.Equal(10, ToTheEnd(consumer).Count);
    }

    private async Task PauseAsync()
    {
        var topic = await NewTopicAsync();
        Produce(topic, ["before"]);
        using var consumer = Consumer();
        consumer.Assign(new TopicPartitionOffset(First(topic), Offset.Beginning));
        ToTheEnd(consumer);
        consumer.Pause([First(topic)]);
        Produce(topic, ["meanwhile"]);
        Assert.Null(consumer.Consume(TimeSpan.FromMilliseconds(500)));
        consumer.Resume([First(topic)]);
        Assert.Equal("meanwhile", Assert.Single(ToTheEnd(consumer)).Message.Value);
    }

    private async Task TimesAsync()
    {
        var topic = await NewTopicAsync();
        var first = RecentMs;
        using (var producer = Producer())
        {
            for (var i = 0; i < 10; i++)
            {
                producer.Produce(First(topic), new Message<string, string?> { Value = "v", Timestamp = new Timestamp(first + (i * 1000), TimestampType.CreateTime) });
            }

            producer.Flush(Patience);
        }

        using var consumer = Consumer();
        Offset At(long time) => consumer.OffsetsForTimes([new TopicPartitionTimestamp(First(topic), new Timestamp(time, TimestampType.CreateTime))], Patience)[0].Offset;
        Assert.Equal(0, At(first - 100_000).Value);
        Assert.Equal(3, At(first + 3000).Value);
        Assert.Equal(4, At(first + 3001).Value);
        Assert.Equal(Offset.End, At(first + 100_000));
    }

    /// <summary>Records, committed offsets, transactional producers and groups outlast the broker's process.</summary>
    private async Task RestartAsync()
    {
        var topic = await NewTopicAsync();
        var group = Cluster.NewTopic("group");
        using var producer = Producer(config => config.TransactionalId = topic);
        producer.InitTransactions(Patience);
        producer.BeginTransaction();
        Produce(producer, topic, Values(0, 5));
        producer.CommitTransaction(Patience);
        using var consumer = Consumer(config => config.GroupId = group);
        consumer.Subscribe(topic);
        Assert.Equal(5, ToTheEnd(consumer).Count);
        consumer.Commit([new TopicPartitionOffset(First(topic), 3)]);

        await stand.RestartBrokerAsync();

        producer.BeginTransaction();
        Produce(producer, topic, Values(5, 7));
        producer.CommitTransaction(Patience);
        Assert.Equal(Values(0, 7), ReadAll(topic));
        Assert.Equal(3, consumer.Committed([First(topic)], Patience)[0].Offset.Value);

        // Where it was, or, when the broker took it for a new member, from the committed offset on.
        Assert.Equal(Values(5, 7), ToTheEnd(consumer).TakeLast(2).Select(record => record.Message.Value));
    }
}

using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Handlers;
using StreamDistill.Embedded.Broker.Protocol;
using StreamDistill.Embedded.Broker.Transactions;
using StreamDistill.Embedded.Tests.Broker.Transactions;

namespace StreamDistill.Embedded.Tests.Broker.Handlers;

/// <summary>The requests of transactions, byte by byte: every version and every error.</summary>
public sealed class TransactionHandlersTests : IAsyncLifetime
{
    private static readonly ProducerIdAndEpoch None = new(-1, -1);

    private readonly TemporaryDirectory directory = new();
    private readonly ManualTime time = new();
    private BrokerWithoutNetwork broker = null!;

    public async ValueTask InitializeAsync() => broker = await BrokerWithoutNetwork.StartAsync(directory.Path, time);

    public async ValueTask DisposeAsync()
    {
        await broker.DisposeAsync();
        directory.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task InitProducerId_gives_ids_and_epochs(int version)
    {
        var (error, one) = await InitAsync(version, null, 0, None);
        Assert.Equal((ErrorCode.None, (short)0), (error, one.Epoch));
        var (_, first) = await InitAsync(version, "id", 1000, None);
        var (_, second) = await InitAsync(version, "id", 1000, None);
        Assert.Equal((first.ProducerId, first.Epoch + 1), (second.ProducerId, second.Epoch));
        Assert.NotEqual(one.ProducerId, first.ProducerId);
        Assert.Equal((ErrorCode.InvalidTransactionTimeout, None), await InitAsync(version, "id", int.MaxValue, None));
        if (version >= 3)
        {
            Assert.Equal((version == 3 ? ErrorCode.InvalidProducerEpoch : ErrorCode.ProducerFenced, None), await InitAsync(version, "id", 1000, first));
            Assert.Equal((ErrorCode.InvalidRequest, None), await InitAsync(version, "id", 1000, first with { Epoch = -1 }));
            Assert.Equal(second.Epoch + 1, (await InitAsync(version, "id", 1000, second)).Producer.Epoch);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task AddPartitionsToTxn_adds_all_or_none(int version)
    {
        var producer = await broker.InitAsync("id");
        Assert.Equal(
            [("a", 0, ErrorCode.OperationNotAttempted), ("a", 9, ErrorCode.UnknownTopicOrPartition), (TopicCatalog.TransactionState, 0, ErrorCode.InvalidTopic)],
            AddPartitions(version, producer, ("a", [0, 9]), (TopicCatalog.TransactionState, [0])));
        Assert.Equal(TransactionState.Empty, broker.Transactions.Find("id")!.State);

        Assert.Equal([("a", 0, ErrorCode.None), ("a", 1, ErrorCode.None), ("b", 0, ErrorCode.None)], AddPartitions(version, producer, ("a", [0, 1]), ("b", [0])));
        Assert.Equal(3, broker.Transactions.Find("id")!.Partitions.Count);
        Assert.Equal(
            [("a", 0, version < 2 ? ErrorCode.InvalidProducerEpoch : ErrorCode.ProducerFenced)],
            AddPartitions(version, producer with { Epoch = 9 }, ("a", [0])));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task AddOffsetsToTxn_and_EndTxn_answer_with_their_versions_codes(int version)
    {
        var producer = await broker.InitAsync("id");
        var fenced = version < 2 ? ErrorCode.InvalidProducerEpoch : ErrorCode.ProducerFenced;
        Assert.Equal(ErrorCode.InvalidTxnState, await EndAsync(version, producer));
        Assert.Equal(ErrorCode.InvalidGroupId, AddOffsets(version, producer, ""));
        Assert.Equal(fenced, AddOffsets(version, producer with { Epoch = 9 }, "group"));
        Assert.Equal(ErrorCode.None, AddOffsets(version, producer, "group"));
        Assert.Equal([new TransactionPartition(TopicCatalog.ConsumerOffsets, 0)], broker.Transactions.Find("id")!.Partitions.Keys);
        Assert.Equal(fenced, await EndAsync(version, producer with { Epoch = 9 }));
        Assert.Equal(ErrorCode.InvalidProducerIdMapping, await EndAsync(version, producer with { ProducerId = 77 }));
        Assert.Equal(ErrorCode.None, await EndAsync(version, producer));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task WriteTxnMarkers_answers_for_each_partition(int version)
    {
        var producer = await broker.InitAsync("id");
        broker.Add("id", producer, new TransactionPartition("a", 1));
        broker.Produce("id", producer, "a", 1, 0, "x");
        var answer = new WriteTxnMarkersHandler(broker.Transactions).Call(version, w =>
        {
            w.WriteArrayLength(1);
            w.WriteInt64(producer.ProducerId);
            w.WriteInt16(producer.Epoch);
            w.WriteBoolean(false);
            WriteTopics(w, ("a", [1]), ("nowhere", [0]));
            w.WriteInt32(0);
            w.WriteNoTags();
            w.WriteNoTags();
        });

        Assert.Equal(1, answer.ReadArrayLength());
        Assert.Equal(producer.ProducerId, answer.ReadInt64());
        Assert.Equal([("a", 1, ErrorCode.None), ("nowhere", 0, ErrorCode.UnknownTopicOrPartition)], ReadTopics(answer));
        answer.ReadNoTags();
        answer.ReadEnd();
        Assert.True(broker.IsStable("a", 1));
    }

    [Fact]
    public async Task DescribeProducers_shows_where_open_transactions_begin()
    {
        var producer = await broker.InitAsync("id");
        broker.Add("id", producer, new TransactionPartition("a", 1));
        broker.Produce("id", producer, "a", 1, 0, "x");
        var answer = new DescribeProducersHandler(broker.Catalog).Call(0, w =>
        {
            WriteTopics(w, ("a", [1, 5]));
            w.WriteNoTags();
        });

        Assert.Equal((0, 1, "a", 2), (answer.ReadInt32(), answer.ReadArrayLength(), answer.ReadString(), answer.ReadArrayLength()));
        Assert.Equal((1, ErrorCode.None, null, 1), (answer.ReadInt32(), answer.ReadError(), answer.ReadNullableString(), answer.ReadArrayLength()));
        Assert.Equal((producer.ProducerId, (int)producer.Epoch, 0), (answer.ReadInt64(), answer.ReadInt32(), answer.ReadInt32()));
        answer.ReadInt64();
        Assert.Equal((-1, 0L), (answer.ReadInt32(), answer.ReadInt64()));
        answer.ReadNoTags();
        answer.ReadNoTags();
        Assert.Equal((5, ErrorCode.UnknownTopicOrPartition, null, 0), (answer.ReadInt32(), answer.ReadError(), answer.ReadNullableString(), answer.ReadArrayLength()));
        answer.ReadNoTags();
        answer.ReadNoTags();
        answer.ReadEnd();
    }

    [Fact]
    public async Task DescribeTransactions_shows_a_transaction_and_what_is_not_known()
    {
        var producer = await broker.InitAsync("id", timeoutMs: 5000);
        broker.Add("id", producer, new TransactionPartition("a", 1));
        var answer = new DescribeTransactionsHandler(broker.Transactions).Call(0, w =>
        {
            w.WriteArray(["id", "unknown", ""], (ids, id) => ids.WriteString(id));
            w.WriteNoTags();
        });

        Assert.Equal((0, 3), (answer.ReadInt32(), answer.ReadArrayLength()));
        Assert.Equal((ErrorCode.None, "id", "Ongoing", 5000), (answer.ReadError(), answer.ReadString(), answer.ReadString(), answer.ReadInt32()));
        Assert.Equal((time.GetUtcNow().ToUnixTimeMilliseconds(), producer.ProducerId, producer.Epoch), (answer.ReadInt64(), answer.ReadInt64(), answer.ReadInt16()));
        Assert.Equal((1, "a", 1, 1), (answer.ReadArrayLength(), answer.ReadString(), answer.ReadArrayLength(), answer.ReadInt32()));
        answer.ReadNoTags();
        answer.ReadNoTags();
        foreach (var (id, error) in new[] { ("unknown", ErrorCode.TransactionalIdNotFound), ("", ErrorCode.InvalidRequest) })
        {
            Assert.Equal((error, id, "", 0), (answer.ReadError(), answer.ReadString(), answer.ReadString(), answer.ReadInt32()));
            Assert.Equal((-1L, -1L, (short)-1, 0), (answer.ReadInt64(), answer.ReadInt64(), answer.ReadInt16(), answer.ReadArrayLength()));
            answer.ReadNoTags();
        }

        answer.ReadEnd();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task ListTransactions_filters_by_state_producer_and_duration(int version)
    {
        var open = await broker.InitAsync("open");
        broker.Add("open", open, new TransactionPartition("a", 1));
        time.Advance(TimeSpan.FromSeconds(10));
        var young = await broker.InitAsync("young");
        broker.Add("young", young, new TransactionPartition("a", 0));
        await broker.InitAsync("empty");

        Assert.Equal(["empty", "open", "young"], List(version, [], [], -1).Ids);
        Assert.Equal(["open", "young"], List(version, ["Ongoing"], [], -1).Ids);
        Assert.Equal(["open"], List(version, [], [open.ProducerId], -1).Ids);
        Assert.Equal(["Nonsense"], List(version, ["Nonsense", "Dead"], [], -1).Unknown);
        Assert.Empty(List(version, ["Nonsense", "Dead"], [], -1).Ids);
        if (version >= 1)
        {
            Assert.Equal(["open"], List(version, ["Ongoing"], [], 9_999).Ids);
        }
    }

    private async Task<(ErrorCode Error, ProducerIdAndEpoch Producer)> InitAsync(int version, string? id, int timeoutMs, ProducerIdAndEpoch claimed)
    {
        var answer = await new InitProducerIdHandler(broker.Transactions).CallAsync(version, w =>
        {
            w.WriteString(id);
            w.WriteInt32(timeoutMs);
            if (version >= 3)
            {
                w.WriteInt64(claimed.ProducerId);
                w.WriteInt16(claimed.Epoch);
            }

            w.WriteNoTags();
        });
        Assert.Equal(0, answer.ReadInt32());
        var result = (answer.ReadError(), new ProducerIdAndEpoch(answer.ReadInt64(), answer.ReadInt16()));
        answer.ReadEnd();
        return result;
    }

    private List<(string Topic, int Partition, ErrorCode Error)> AddPartitions(int version, ProducerIdAndEpoch producer, params (string Topic, int[] Partitions)[] topics)
    {
        var answer = new AddPartitionsToTxnHandler(broker.Transactions, broker.Catalog).Call(version, w =>
        {
            WriteProducer(w, producer);
            WriteTopics(w, topics);
            w.WriteNoTags();
        });
        Assert.Equal(0, answer.ReadInt32());
        var results = ReadTopics(answer);
        answer.ReadEnd();
        return results;
    }

    private ErrorCode AddOffsets(int version, ProducerIdAndEpoch producer, string group)
    {
        var answer = new AddOffsetsToTxnHandler(broker.Transactions).Call(version, w =>
        {
            WriteProducer(w, producer);
            w.WriteString(group);
            w.WriteNoTags();
        });
        return ReadOnlyError(answer);
    }

    private async Task<ErrorCode> EndAsync(int version, ProducerIdAndEpoch producer)
    {
        var answer = await new EndTxnHandler(broker.Transactions).CallAsync(version, w =>
        {
            WriteProducer(w, producer);
            w.WriteBoolean(true);
            w.WriteNoTags();
        });
        return ReadOnlyError(answer);
    }

    private (List<string> Ids, List<string> Unknown) List(int version, string[] states, long[] producers, long durationMs)
    {
        var answer = new ListTransactionsHandler(broker.Transactions, time).Call(version, w =>
        {
            w.WriteArray(states, (s, state) => s.WriteString(state));
            w.WriteArray(producers, (p, producer) => p.WriteInt64(producer));
            if (version >= 1)
            {
                w.WriteInt64(durationMs);
            }

            w.WriteNoTags();
        });
        Assert.Equal((0, ErrorCode.None), (answer.ReadInt32(), answer.ReadError()));
        var unknown = answer.ReadArray(r => r.ReadString());
        var ids = answer.ReadArray(r =>
        {
            var id = r.ReadString();
            r.ReadInt64();
            r.ReadString();
            r.ReadNoTags();
            return id;
        });
        answer.ReadEnd();
        return ([.. ids.Order(StringComparer.Ordinal)], unknown);
    }

    private static ErrorCode ReadOnlyError(KafkaReader answer)
    {
        Assert.Equal(0, answer.ReadInt32());
        var error = answer.ReadError();
        answer.ReadEnd();
        return error;
    }

    private static void WriteProducer(KafkaWriter writer, ProducerIdAndEpoch producer)
    {
        writer.WriteString("id");
        writer.WriteInt64(producer.ProducerId);
        writer.WriteInt16(producer.Epoch);
    }

    private static void WriteTopics(KafkaWriter writer, params (string Topic, int[] Partitions)[] topics) => writer.WriteArray(topics, (w, topic) =>
    {
        w.WriteString(topic.Topic);
        w.WriteArray(topic.Partitions, (p, number) => p.WriteInt32(number));
        w.WriteNoTags();
    });

    private static List<(string Topic, int Partition, ErrorCode Error)> ReadTopics(KafkaReader reader)
    {
        var results = new List<(string, int, ErrorCode)>();
        reader.ReadArray(r =>
        {
            var topic = r.ReadString();
            r.ReadArray(p =>
            {
                results.Add((topic, p.ReadInt32(), p.ReadError()));
                p.ReadNoTags();
                return 0;
            });
            r.ReadNoTags();
            return 0;
        });
        return results;
    }
}

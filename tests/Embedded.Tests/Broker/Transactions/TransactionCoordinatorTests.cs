using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Protocol;
using StreamDistill.Embedded.Broker.Transactions;

namespace StreamDistill.Embedded.Tests.Broker.Transactions;

public sealed class TransactionCoordinatorTests : IAsyncLifetime
{
    private static readonly TransactionPartition A0 = new("a", 0);
    private static readonly TransactionPartition B1 = new("b", 1);
    private static readonly TransactionPartition Offsets = new(TopicCatalog.ConsumerOffsets, 0);

    private readonly ManualTime time = new();
    private readonly TemporaryDirectory directory = new();
    private BrokerWithoutNetwork broker = null!;

    public async ValueTask InitializeAsync() => broker = await BrokerWithoutNetwork.StartAsync(directory.Path, time);

    public async ValueTask DisposeAsync()
    {
        await broker.DisposeAsync();
        directory.Dispose();
    }

    [Fact]
    public async Task Producers_without_transactions_get_ids_of_their_own()
    {
        var ids = new HashSet<long>();
        for (var i = 0; i < 10; i++)
        {
            var (error, producer) = await broker.Transactions.InitProducerIdAsync(null, 0, null);
            Assert.Equal((ErrorCode.None, (short)0), (error, producer.Epoch));
            Assert.True(ids.Add(producer.ProducerId));
        }
    }

    [Fact]
    public async Task A_producer_id_is_not_given_again_after_a_restart()
    {
        var before = await broker.InitAsync("one");
        await RestartAsync();
        Assert.NotEqual(before.ProducerId, (await broker.InitAsync("two")).ProducerId);
    }

    [Fact]
    public async Task A_committed_transaction_is_seen_whole_and_its_offsets_count()
    {
        var producer = await broker.InitAsync("id");
        Assert.Equal(ErrorCode.None, broker.Add("id", producer, A0, B1, Offsets));
        Assert.Equal(ErrorCode.None, broker.Produce("id", producer, "a", 0, 0, "x"));
        Assert.Equal(ErrorCode.None, broker.Produce("id", producer, "b", 1, 0, "y"));
        Assert.Equal(ErrorCode.None, broker.CommitOffset("id", producer, 5));
        Assert.Empty(broker.Committed("a", 0));
        Assert.Null(broker.CommittedOffset());

        Assert.Equal(ErrorCode.None, await broker.EndAsync("id", producer));
        Assert.Equal(["x"], broker.Committed("a", 0));
        Assert.Equal(["y"], broker.Committed("b", 1));
        Assert.Equal(5, broker.CommittedOffset());
        Assert.Equal(TransactionState.CompleteCommit, broker.Transactions.Find("id")!.State);
    }

    [Fact]
    public async Task An_aborted_transaction_is_not_seen_and_its_offsets_do_not_count()
    {
        var producer = await broker.InitAsync("id");
        broker.Add("id", producer, A0, Offsets);
        broker.Produce("id", producer, "a", 0, 0, "x");
        broker.CommitOffset("id", producer, 5);

        Assert.Equal(ErrorCode.None, await broker.EndAsync("id", producer, isCommit: false));
        Assert.Empty(broker.Committed("a", 0));
        Assert.True(broker.IsStable("a", 0));
        Assert.Null(broker.CommittedOffset());
        Assert.Equal(0, Assert.Single(broker.Log("a", 0).AbortedTransactions(0, 10)).FirstOffset);
    }

    [Fact]
    public async Task Ending_again_is_answered_as_before_and_ending_otherwise_is_refused()
    {
        var producer = await broker.InitAsync("id");
        Assert.Equal(ErrorCode.InvalidTxnState, await broker.EndAsync("id", producer));
        broker.Add("id", producer, A0);
        Assert.Equal(ErrorCode.None, await broker.EndAsync("id", producer));
        var end = broker.Log("a", 0).EndOffset;
        Assert.Equal(ErrorCode.None, await broker.EndAsync("id", producer));
        Assert.Equal(ErrorCode.InvalidTxnState, await broker.EndAsync("id", producer, isCommit: false));
        Assert.Equal(end, broker.Log("a", 0).EndOffset);

        broker.Add("id", producer, A0);
        Assert.Equal(ErrorCode.None, await broker.EndAsync("id", producer, isCommit: false));
        Assert.Equal(ErrorCode.None, await broker.EndAsync("id", producer, isCommit: false));
        Assert.Equal(ErrorCode.InvalidTxnState, await broker.EndAsync("id", producer));
    }

    [Fact]
    public async Task What_is_not_in_an_open_transaction_is_not_appended()
    {
        var producer = await broker.InitAsync("id");
        Assert.Equal(ErrorCode.InvalidTxnState, broker.Produce("id", producer, "a", 0, 0, "x"));
        broker.Add("id", producer, A0);
        Assert.Equal(ErrorCode.InvalidTxnState, broker.Produce("id", producer, "b", 1, 0, "x"));
        Assert.Equal(ErrorCode.InvalidProducerIdMapping, broker.Produce("other", producer, "a", 0, 0, "x"));
        Assert.Equal(ErrorCode.InvalidProducerIdMapping, broker.Produce("id", producer with { ProducerId = 12345 }, "a", 0, 0, "x"));
        Assert.Equal(ErrorCode.InvalidProducerEpoch, broker.Produce("id", producer with { Epoch = 3 }, "a", 0, 0, "x"));
        Assert.Equal(0, broker.Log("a", 0).EndOffset);
    }

    [Fact]
    public async Task Requests_of_others_are_refused_with_Kafkas_codes()
    {
        var producer = await broker.InitAsync("id");
        var fenced = producer with { Epoch = 7 };
        var stranger = producer with { ProducerId = 12345 };
        Assert.Equal(ErrorCode.InvalidProducerIdMapping, broker.Add("unknown", producer, A0));
        Assert.Equal(ErrorCode.InvalidProducerIdMapping, broker.Add("id", stranger, A0));
        Assert.Equal(ErrorCode.ProducerFenced, broker.Add("id", fenced, A0));
        Assert.Equal(ErrorCode.InvalidRequest, broker.Add("", producer, A0));
        Assert.Equal(ErrorCode.InvalidProducerIdMapping, await broker.EndAsync("unknown", producer));
        Assert.Equal(ErrorCode.InvalidProducerIdMapping, await broker.EndAsync("id", stranger));
        Assert.Equal(ErrorCode.ProducerFenced, await broker.EndAsync("id", fenced));
        Assert.Equal(ErrorCode.InvalidRequest, await broker.EndAsync("", producer));
        Assert.Equal(ErrorCode.InvalidRequest, (await broker.Transactions.InitProducerIdAsync("", 1000, null)).Error);
        Assert.Equal(ErrorCode.ProducerFenced, (await broker.Transactions.InitProducerIdAsync("id", 1000, stranger)).Error);
        Assert.Equal(ErrorCode.ProducerFenced, (await broker.Transactions.InitProducerIdAsync("id", 1000, fenced)).Error);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(15 * 60_000 + 1)]
    public async Task A_timeout_out_of_bounds_is_refused(int timeoutMs) =>
        Assert.Equal(ErrorCode.InvalidTransactionTimeout, (await broker.Transactions.InitProducerIdAsync("id", timeoutMs, null)).Error);

    [Fact]
    public async Task A_second_producer_aborts_what_the_first_has_open_and_fences_it()
    {
        var first = await broker.InitAsync("id");
        broker.Add("id", first, A0);
        broker.Produce("id", first, "a", 0, 0, "x");
        var second = await broker.InitAsync("id");

        Assert.Equal(first.ProducerId, second.ProducerId);
        Assert.True(second.Epoch > first.Epoch);
        Assert.True(broker.IsStable("a", 0));
        Assert.Equal(ErrorCode.InvalidProducerEpoch, broker.Produce("id", first, "a", 0, 1, "y"));
        Assert.Equal(ErrorCode.ProducerFenced, await broker.EndAsync("id", first));
        Assert.Equal(ErrorCode.ProducerFenced, broker.Add("id", first, A0));
        Assert.Equal(ErrorCode.ProducerFenced, (await broker.Transactions.InitProducerIdAsync("id", 1000, first)).Error);

        broker.Add("id", second, A0);
        Assert.Equal(ErrorCode.None, broker.Produce("id", second, "a", 0, 0, "z"));
        Assert.Equal(ErrorCode.None, await broker.EndAsync("id", second));
        Assert.Equal(["z"], broker.Committed("a", 0));
    }

    [Fact]
    public async Task A_producer_that_asks_for_its_next_epoch_in_a_transaction_gets_it_and_the_transaction_is_aborted()
    {
        var first = await broker.InitAsync("id");
        broker.Add("id", first, A0);
        broker.Produce("id", first, "a", 0, 0, "x");
        var second = await broker.InitAsync("id", claimed: first);
        Assert.Equal(first.ProducerId, second.ProducerId);
        Assert.True(second.Epoch > first.Epoch);
        Assert.Equal(second, await broker.InitAsync("id", claimed: first));

        broker.Add("id", second, A0);
        Assert.Equal(ErrorCode.None, broker.Produce("id", second, "a", 0, 0, "y"));
        Assert.Equal(second, await broker.InitAsync("id", claimed: first));
        Assert.Equal(ErrorCode.None, await broker.EndAsync("id", second));
        Assert.Equal(["y"], broker.Committed("a", 0));
    }

    [Fact]
    public async Task Epochs_survive_a_restart()
    {
        var first = await broker.InitAsync("id");
        await RestartAsync();
        var second = await broker.InitAsync("id");
        Assert.Equal((first.ProducerId, first.Epoch + 1), (second.ProducerId, second.Epoch));
        Assert.Equal(ErrorCode.ProducerFenced, broker.Add("id", first, A0));
    }

    [Fact]
    public async Task An_open_transaction_goes_on_after_a_restart()
    {
        var producer = await broker.InitAsync("id");
        broker.Add("id", producer, A0, Offsets);
        broker.Produce("id", producer, "a", 0, 0, "x");
        broker.CommitOffset("id", producer, 5);
        await RestartAsync();
        Assert.Equal(ErrorCode.None, broker.Produce("id", producer, "a", 0, 1, "y"));
        Assert.Equal(ErrorCode.None, await broker.EndAsync("id", producer));
        Assert.Equal(["x", "y"], broker.Committed("a", 0));
        Assert.Equal(5, broker.CommittedOffset());
    }

    [Theory]
    [InlineData("another boot")]
    [InlineData(null)]
    public async Task An_open_transaction_is_aborted_where_the_machine_may_have_lost_some_of_its_records(string? boot)
    {
        var producer = await broker.InitAsync("id");
        broker.Add("id", producer, A0);
        broker.Produce("id", producer, "a", 0, 0, "x");
        await RestartAsync(boot);
        Assert.True(broker.IsStable("a", 0));
        Assert.Equal(ErrorCode.ProducerFenced, await broker.EndAsync("id", producer));
        Assert.Empty(broker.Committed("a", 0));
    }

    [Fact]
    public async Task What_hangs_in_a_partition_without_a_transaction_is_aborted_at_start()
    {
        var producer = await broker.InitAsync("id");
        var batch = RecordBatch.Build([new LogRecord(0, 1, null, null)], producer.ProducerId, producer.Epoch, baseSequence: 0, isTransactional: true);
        Assert.Equal(ErrorCode.None, broker.Log("b", 0).Append(batch).Error);
        Assert.False(broker.IsStable("b", 0));
        await RestartAsync();
        Assert.True(broker.IsStable("b", 0));
        Assert.Single(broker.Log("b", 0).AbortedTransactions(0, 10));
    }

    [Fact]
    public async Task A_transaction_that_takes_too_long_is_aborted_and_its_producer_fenced()
    {
        var slow = await broker.InitAsync("slow", timeoutMs: 10_000);
        var fast = await broker.InitAsync("fast", timeoutMs: 60_000);
        broker.Add("slow", slow, A0);
        broker.Add("fast", fast, B1);
        broker.Produce("slow", slow, "a", 0, 0, "x");
        broker.Produce("fast", fast, "b", 1, 0, "y");

        time.Advance(TimeSpan.FromSeconds(10));
        await broker.Transactions.SweepAsync();
        Assert.False(broker.IsStable("a", 0));

        time.Advance(TimeSpan.FromMilliseconds(1));
        await broker.Transactions.SweepAsync();
        Assert.True(broker.IsStable("a", 0));
        Assert.Empty(broker.Committed("a", 0));
        Assert.Equal(ErrorCode.ProducerFenced, await broker.EndAsync("slow", slow));
        Assert.Equal(ErrorCode.None, await broker.EndAsync("fast", fast));
        Assert.Equal(ErrorCode.None, broker.Add("slow", await broker.InitAsync("slow"), A0));
    }

    [Fact]
    public async Task Timeouts_are_looked_for_without_being_asked()
    {
        broker.Transactions.Start();
        var producer = await broker.InitAsync("id", timeoutMs: 10_000);
        broker.Add("id", producer, A0);
        broker.Produce("id", producer, "a", 0, 0, "x");
        time.Advance(TimeSpan.FromSeconds(11));
        await Eventually.TrueAsync(() => broker.IsStable("a", 0));
    }

    [Fact]
    public async Task An_id_that_nobody_uses_for_seven_days_is_forgotten_also_by_the_log()
    {
        await broker.InitAsync("old");
        time.Advance(TimeSpan.FromDays(4));
        var open = await broker.InitAsync("open");
        broker.Add("open", open, A0);
        time.Advance(TimeSpan.FromDays(3) + TimeSpan.FromMilliseconds(1));
        await broker.Transactions.SweepAsync();
        Assert.Null(broker.Transactions.Find("old"));
        Assert.NotNull(broker.Transactions.Find("open"));

        await RestartAsync();
        Assert.Equal("open", Assert.Single(broker.Transactions.Transactions).Id);
    }

    [Fact]
    public async Task A_transaction_whose_partition_is_deleted_ends_all_the_same()
    {
        var producer = await broker.InitAsync("id");
        broker.Add("id", producer, A0, B1);
        broker.Produce("id", producer, "a", 0, 0, "x");
        broker.Produce("id", producer, "b", 1, 0, "y");
        Assert.Equal(ErrorCode.None, broker.Catalog.Delete("b").Error);
        Assert.Equal(ErrorCode.None, await broker.EndAsync("id", producer));
        Assert.Equal(["x"], broker.Committed("a", 0));
    }

    [Fact]
    public async Task An_administrator_can_abort_what_hangs_in_a_partition()
    {
        var producer = await broker.InitAsync("id");
        broker.Add("id", producer, A0);
        broker.Produce("id", producer, "a", 0, 0, "x");
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, broker.Transactions.WriteMarker(producer.ProducerId, 0, false, 0, new("nowhere", 0)));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, broker.Transactions.WriteMarker(producer.ProducerId, 0, false, 0, new(TopicCatalog.TransactionState, 0)));
        Assert.Equal(ErrorCode.TransactionCoordinatorFenced, broker.Transactions.WriteMarker(producer.ProducerId, 0, false, 9, A0));
        Assert.False(broker.IsStable("a", 0));
        Assert.Equal(ErrorCode.None, broker.Transactions.WriteMarker(producer.ProducerId, producer.Epoch, false, 0, A0));
        Assert.True(broker.IsStable("a", 0));
        Assert.Empty(broker.Committed("a", 0));
    }

    [Fact]
    public async Task Compaction_of_the_transactions_log_keeps_where_everyone_stands()
    {
        Assert.Equal(ErrorCode.None, broker.Catalog.Alter(TopicCatalog.TransactionState, settings => new Dictionary<string, string>(settings) { ["segment.bytes"] = "4096" }).Error);
        foreach (var id in new[] { "one", "two", "open" })
        {
            var producer = await broker.InitAsync(id);
            for (var i = 0; i < 50; i++)
            {
                broker.Add(id, producer, A0, B1);
                Assert.Equal(ErrorCode.None, broker.Produce(id, producer, "a", 0, i, $"{id}-{i}"));
                Assert.Equal(ErrorCode.None, id == "open" && i == 49 ? ErrorCode.None : await broker.EndAsync(id, producer, isCommit: i % 2 == 0));
            }
        }

        var log = broker.Log(TopicCatalog.TransactionState, 0);
        var size = log.SizeBytes;
        log.Maintain();
        Assert.Equal(size, log.SizeBytes);

        // What is younger than a minute is not compacted: a power cut may have taken markers.
        time.Advance(TimeSpan.FromMinutes(2));
        log.Maintain();
        Assert.True(log.SizeBytes < size / 2, $"{size} bytes became {log.SizeBytes}.");
        var before = broker.Transactions.Transactions.OrderBy(t => t.Id).Select(t => (t.Id, t.State, t.ProducerId, t.ProducerEpoch, t.Partitions.Count)).ToList();
        var committed = broker.Committed("a", 0);
        await RestartAsync();
        Assert.Equal(before, broker.Transactions.Transactions.OrderBy(t => t.Id).Select(t => (t.Id, t.State, t.ProducerId, t.ProducerEpoch, t.Partitions.Count)));
        Assert.Equal(committed, broker.Committed("a", 0));
        Assert.Equal(TransactionState.Ongoing, broker.Transactions.Find("open")!.State);
    }

    [Fact]
    public async Task Transactions_of_many_producers_at_once_are_each_whole()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 16), TestContext.Current.CancellationToken, async (number, _) =>
        {
            var id = $"id-{number}";
            var producer = await broker.InitAsync(id);
            for (var i = 0; i < 20; i++)
            {
                Assert.Equal(ErrorCode.None, broker.Add(id, producer, A0, B1));
                Assert.Equal(ErrorCode.None, broker.Produce(id, producer, "a", 0, i, $"{number}-{i}"));
                Assert.Equal(ErrorCode.None, broker.Produce(id, producer, "b", 1, i, $"{number}-{i}"));
                Assert.Equal(ErrorCode.None, await broker.EndAsync(id, producer, isCommit: i % 2 == 0));
            }
        });
        var expected = Enumerable.Range(0, 16).SelectMany(n => Enumerable.Range(0, 20).Where(i => i % 2 == 0).Select(i => $"{n}-{i}")).Order().ToList();
        Assert.Equal(expected, broker.Committed("a", 0).Order());
        Assert.Equal(expected, broker.Committed("b", 1).Order());
    }

    private async Task RestartAsync(string? boot = "boot")
    {
        await broker.DisposeAsync();
        broker = await BrokerWithoutNetwork.StartAsync(directory.Path, time, boot);
    }
}

using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Protocol;
using StreamDistill.Embedded.Broker.Transactions;

namespace StreamDistill.Embedded.Tests.Broker.Transactions;

/// <summary>What is refused because the disk is full happens once it has room again.</summary>
public sealed class FullDiskTests : IAsyncLifetime
{
    private readonly TemporaryDirectory directory = new();
    private readonly ManualTime time = new();
    private readonly FullDisk disk = new();
    private BrokerWithoutNetwork broker = null!;
    private ProducerIdAndEpoch producer;

    public async ValueTask InitializeAsync()
    {
        broker = await BrokerWithoutNetwork.StartAsync(directory.Path, time, files: disk);
        producer = await broker.InitAsync("id", timeoutMs: 1000);
        broker.Add("id", producer, new("a", 0), new("b", 1), new(TopicCatalog.ConsumerOffsets, 0));
        Assert.Equal(ErrorCode.None, broker.Produce("id", producer, "a", 0, 0, "x"));
        Assert.Equal(ErrorCode.None, broker.Produce("id", producer, "b", 1, 0, "y"));
        Assert.Equal(ErrorCode.None, broker.CommitOffset("id", producer, 5));
    }

    public async ValueTask DisposeAsync()
    {
        disk.IsFullFor = null;
        await broker.DisposeAsync();
        directory.Dispose();
    }

    [Fact]
    public async Task A_decision_that_cannot_be_kept_is_not_made_and_the_client_tries_again()
    {
        disk.IsFullFor = TopicCatalog.TransactionState;
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, await broker.EndAsync("id", producer));
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, broker.Add("id", producer, new TransactionPartition("a", 1)));
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, (await broker.Transactions.InitProducerIdAsync("new", 1000, null)).Error);
        Assert.Equal((TransactionState.Ongoing, 3), (broker.Transactions.Find("id")!.State, broker.Transactions.Find("id")!.Partitions.Count));

        disk.IsFullFor = null;
        Assert.Equal(ErrorCode.None, await broker.EndAsync("id", producer));
        AssertCommitted();
        await broker.InitAsync("new");
    }

    [Theory]
    [InlineData("a.")]
    [InlineData("b.")]
    [InlineData(TopicCatalog.ConsumerOffsets)]
    public async Task A_commit_whose_markers_cannot_be_written_is_finished_when_they_can(string full)
    {
        disk.IsFullFor = Path.DirectorySeparatorChar + full;
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, await broker.EndAsync("id", producer));
        Assert.Equal(ErrorCode.ConcurrentTransactions, await broker.EndAsync("id", producer));
        Assert.Equal(ErrorCode.InvalidTxnState, await broker.EndAsync("id", producer, isCommit: false));
        Assert.Equal(ErrorCode.ConcurrentTransactions, (await broker.Transactions.InitProducerIdAsync("id", 1000, null)).Error);
        await broker.Transactions.SweepAsync();
        Assert.Equal(TransactionState.PrepareCommit, broker.Transactions.Find("id")!.State);

        disk.IsFullFor = null;
        await broker.Transactions.SweepAsync();
        Assert.Equal(ErrorCode.None, await broker.EndAsync("id", producer));
        AssertCommitted();
    }

    [Fact]
    public async Task A_transaction_that_took_too_long_is_aborted_when_there_is_room()
    {
        disk.IsFullFor = TopicCatalog.TransactionState;
        time.Advance(TimeSpan.FromSeconds(2));
        await broker.Transactions.SweepAsync();
        Assert.Equal(TransactionState.Ongoing, broker.Transactions.Find("id")!.State);

        disk.IsFullFor = null;
        await broker.Transactions.SweepAsync();
        Assert.Equal(TransactionState.CompleteAbort, broker.Transactions.Find("id")!.State);
        Assert.Empty(broker.Committed("a", 0));
        Assert.Null(broker.CommittedOffset());
    }

    private void AssertCommitted()
    {
        Assert.Equal(["x"], broker.Committed("a", 0));
        Assert.Equal(["y"], broker.Committed("b", 1));
        Assert.Equal(5, broker.CommittedOffset());
    }
}

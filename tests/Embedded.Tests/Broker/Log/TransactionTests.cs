using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Tests.Broker.Log;

public sealed class TransactionTests : IDisposable
{
    private readonly TestLog log = new(new LogOptions { SegmentBytes = 1000 });
    private readonly Dictionary<long, int> sequences = [];

    public void Dispose() => log.Dispose();

    [Fact]
    public void Committed_readers_see_nothing_of_an_open_transaction_nor_after_it()
    {
        log.Append("plain");
        Write(1, "in transaction");
        log.Append("after");
        Assert.Equal(1, log.Log.LastStableOffset);
        Assert.Equal(["plain"], log.Values(0, IsolationLevel.ReadCommitted));
        Assert.Equal(["plain", "in transaction", "after"], log.Values());

        log.Log.AppendMarker(1, 0, isCommit: true, 0);
        Assert.Equal(4, log.Log.LastStableOffset);
        Assert.Equal(["plain", "in transaction", "after"], log.Values(0, IsolationLevel.ReadCommitted));
    }

    [Fact]
    public void The_oldest_open_transaction_holds_the_last_stable_offset()
    {
        Write(1, "a");
        Write(2, "b");
        log.Log.AppendMarker(1, 0, isCommit: true, 0);
        Assert.Equal(1, log.Log.LastStableOffset);
        log.Log.AppendMarker(2, 0, isCommit: false, 0);
        Assert.Equal(4, log.Log.LastStableOffset);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Aborted_transactions_are_named_to_those_who_read_their_records(bool isReopened)
    {
        Write(1, "a");
        Write(2, "b");
        Write(3, "c");
        log.Log.AppendMarker(2, 0, isCommit: false, 0);
        log.Log.AppendMarker(3, 0, isCommit: true, 0);
        log.Log.AppendMarker(1, 0, isCommit: false, 0);
        if (isReopened)
        {
            log.Reopen();
        }

        Assert.Equal([new(1, 0, 5), new(2, 1, 3)], log.Log.AbortedTransactions(0, 6));
        Assert.Equal([new(1, 0, 5)], log.Log.AbortedTransactions(0, 1));
        Assert.Equal([new(1, 0, 5)], log.Log.AbortedTransactions(4, 6));
        Assert.Empty(log.Log.AbortedTransactions(6, 9));
    }

    [Fact]
    public void Of_many_aborted_transactions_just_those_in_range_are_named()
    {
        for (var i = 0; i < 50; i++)
        {
            Write(i, "x");
            log.Log.AppendMarker(i, 0, isCommit: false, 0);
        }

        Assert.Equal([new(10, 20, 21), new(11, 22, 23)], log.Log.AbortedTransactions(20, 24));
    }

    [Fact]
    public void An_open_transaction_is_still_open_after_a_restart()
    {
        log.Append("plain");
        Write(1, "a");
        log.Reopen();
        Assert.Equal(1, log.Log.LastStableOffset);
        Assert.Equal(ErrorCode.None, log.Log.AppendMarker(1, 0, isCommit: false, 0).Error);
        Assert.Equal(3, log.Log.LastStableOffset);
        Assert.Equal([new(1, 1, 2)], log.Log.AbortedTransactions(0, 3));
    }

    [Fact]
    public void A_marker_of_an_older_epoch_or_coordinator_is_refused_and_a_newer_one_fences()
    {
        Write(1, "a");
        Assert.Equal(ErrorCode.None, log.Log.AppendMarker(1, 1, isCommit: false, 5).Error);
        Assert.Equal(ErrorCode.InvalidProducerEpoch, log.Log.AppendMarker(1, 0, isCommit: true, 5).Error);
        Assert.Equal(ErrorCode.TransactionCoordinatorFenced, log.Log.AppendMarker(1, 1, isCommit: true, 4).Error);
        Assert.Equal(ErrorCode.InvalidProducerEpoch, Write(1, "zombie").Error);
    }

    [Fact]
    public void A_marker_where_nothing_is_open_changes_no_transaction()
    {
        Assert.Equal(ErrorCode.None, log.Log.AppendMarker(9, 0, isCommit: false, 0).Error);
        Assert.Equal(1, log.Log.LastStableOffset);
        Assert.Empty(log.Log.AbortedTransactions(0, 1));
    }

    [Fact]
    public void A_plain_batch_within_a_transaction_is_refused()
    {
        Write(1, "a");
        Assert.Equal(ErrorCode.InvalidTxnState, log.Log.Append(RecordBatch.Build([TestLog.Record("k", "v")], 1, 0, 1)).Error);
    }

    private AppendResult Write(long producerId, string value)
    {
        var sequence = sequences.GetValueOrDefault(producerId);
        sequences[producerId] = sequence + 1;
        return log.Log.Append(RecordBatch.Build([TestLog.Record("k", value)], producerId, 0, sequence, isTransactional: true));
    }
}

using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Tests.Broker.Log;

public sealed class IdempotenceTests : IDisposable
{
    private readonly TestLog log = new();

    public void Dispose() => log.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_repeated_batch_gets_the_offset_it_got_first(bool isReopened)
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(i * 2, Write(0, i * 2, 2).BaseOffset);
        }

        if (isReopened)
        {
            log.Reopen();
        }

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(new AppendResult(ErrorCode.None, i * 2, -1), Write(0, i * 2, 2));
        }

        Assert.Equal(10, log.Log.EndOffset);
    }

    [Fact]
    public void A_repeated_batch_older_than_five_is_a_duplicate()
    {
        for (var i = 0; i < 6; i++)
        {
            Write(0, i, 1);
        }

        Assert.Equal(ErrorCode.DuplicateSequenceNumber, Write(0, 0, 1).Error);
    }

    [Fact]
    public void A_gap_in_the_sequence_is_out_of_order()
    {
        Write(0, 0, 1);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, Write(0, 2, 1).Error);
        Assert.Equal(ErrorCode.None, Write(0, 1, 1).Error);
    }

    [Fact]
    public void An_older_epoch_is_refused_and_a_newer_one_begins_at_sequence_0()
    {
        Write(3, 0, 1);
        Assert.Equal(ErrorCode.InvalidProducerEpoch, Write(2, 1, 1).Error);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, Write(4, 1, 1).Error);
        Assert.Equal(ErrorCode.None, Write(4, 0, 1).Error);
        Assert.Equal(ErrorCode.InvalidProducerEpoch, Write(3, 1, 1).Error);
    }

    [Fact]
    public void A_producer_the_partition_does_not_know_begins_where_it_is()
    {
        Assert.Equal(ErrorCode.None, Write(0, 17, 1).Error);
        Assert.Equal(ErrorCode.None, Write(0, 18, 1).Error);
    }

    [Fact]
    public void Sequences_go_on_at_0_after_the_greatest_one()
    {
        Assert.Equal(ErrorCode.None, Write(0, int.MaxValue - 1, 3).Error);
        Assert.Equal(0, log.Log.Producers[0].LastSequence);
        Assert.Equal(0, Write(0, int.MaxValue - 1, 3).BaseOffset);
        Assert.Equal(ErrorCode.None, Write(0, 1, 1).Error);
    }

    [Fact]
    public void A_batch_of_the_brokers_own_needs_no_sequence_but_the_epoch()
    {
        var own = (short epoch) => log.Log.AppendInternal(RecordBatch.Build([TestLog.Record("k", "v")], 1, epoch)).Error;
        Assert.Equal(ErrorCode.None, own(2));
        Assert.Equal(ErrorCode.None, own(2));
        Assert.Equal(ErrorCode.InvalidProducerEpoch, own(1));
        Assert.Equal(ErrorCode.InvalidRecord, Write(2, -1, 1).Error);
    }

    [Fact]
    public void A_producer_silent_for_a_day_is_forgotten_unless_its_transaction_is_open()
    {
        Write(0, 0, 1);
        log.Log.Append(RecordBatch.Build([TestLog.Record("k", "v")], 2, 0, 0, isTransactional: true));
        log.Time.Now += TimeSpan.FromHours(25);
        log.Log.Maintain();
        Assert.Equal([2], log.Log.Producers.Select(producer => producer.ProducerId));
    }

    private AppendResult Write(short epoch, int sequence, int count) =>
        log.Log.Append(RecordBatch.Build([.. Enumerable.Range(0, count).Select(i => TestLog.Record("k", $"{i}"))], 1, epoch, sequence));
}

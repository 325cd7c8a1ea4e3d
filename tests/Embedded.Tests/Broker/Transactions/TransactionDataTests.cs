using StreamDistill.Embedded.Broker.Protocol;
using StreamDistill.Embedded.Broker.Transactions;

namespace StreamDistill.Embedded.Tests.Broker.Transactions;

public sealed class TransactionDataTests
{
    private static readonly TransactionPartition Partition = new("topic", 3);

    [Fact]
    public void A_new_id_begins_with_epoch_0_and_no_transaction()
    {
        var data = TransactionData.New("id", 7, 1000, nowMs: 5);
        Assert.Equal((TransactionState.Empty, 7L, (short)0, -1L, true), (data.State, data.ProducerId, data.ProducerEpoch, data.StartedMs, data.IsIdle));
    }

    [Fact]
    public void A_new_producer_gets_the_next_epoch_and_fences_the_one_before()
    {
        var data = TransactionData.New("id", 7, 1000, 5).WithNextEpoch(null, 2000, NoNewId, 6);
        Assert.Equal(((short)1, (short)-1, 2000), (data.ProducerEpoch, data.LastProducerEpoch, data.TimeoutMs));
        Assert.False(data.Accepts(new ProducerIdAndEpoch(7, 0)));
        Assert.Equal(ErrorCode.ProducerFenced, data.Check(7, 0));
        Assert.Equal(ErrorCode.InvalidProducerIdMapping, data.Check(8, 1));
    }

    [Fact]
    public void A_producer_that_asks_twice_for_its_next_epoch_gets_one()
    {
        var claimed = new ProducerIdAndEpoch(7, 0);
        var once = TransactionData.New("id", 7, 1000, 5).WithNextEpoch(claimed, 1000, NoNewId, 6);
        Assert.True(once.Accepts(claimed));
        Assert.Equal((short)1, once.WithNextEpoch(claimed, 1000, NoNewId, 7).ProducerEpoch);
        Assert.Equal((short)2, once.WithNextEpoch(new ProducerIdAndEpoch(7, 1), 1000, NoNewId, 7).ProducerEpoch);
    }

    [Fact]
    public void A_producer_whose_epochs_are_used_up_gets_a_new_id_once()
    {
        var last = TransactionData.New("id", 7, 1000, 5) with { ProducerEpoch = TransactionData.LastEpoch };
        var claimed = new ProducerIdAndEpoch(7, TransactionData.LastEpoch);
        var next = last.WithNextEpoch(claimed, 1000, () => 99, 6);
        Assert.Equal((99L, (short)0, 7L), (next.ProducerId, next.ProducerEpoch, next.PreviousProducerId));
        Assert.True(next.Accepts(claimed));
        Assert.Equal((99L, (short)0), (next.WithNextEpoch(claimed, 1000, NoNewId, 7).ProducerId, next.WithNextEpoch(claimed, 1000, NoNewId, 7).ProducerEpoch));
        Assert.Equal(99L, last.WithNextEpoch(null, 1000, () => 99, 6).ProducerId);
    }

    [Fact]
    public void Fencing_leaves_no_epoch_that_a_producer_was_given()
    {
        var open = (TransactionData.New("id", 7, 1000, 5) with { ProducerEpoch = TransactionData.LastEpoch }).With([Partition], 6);
        var fenced = open.Fence(null, 7);
        Assert.Equal((TransactionState.PrepareAbort, short.MaxValue), (fenced.State, fenced.ProducerEpoch));
        Assert.Equal((42L, (short)0), (fenced.Complete(8).WithNextEpoch(null, 1000, () => 42, 9).ProducerId, fenced.Complete(8).WithNextEpoch(null, 1000, () => 42, 9).ProducerEpoch));
    }

    [Fact]
    public void A_transaction_begins_with_its_first_partition_and_keeps_its_start()
    {
        var open = TransactionData.New("id", 7, 1000, 5).With([Partition], 6).With([new TransactionPartition("topic", 4)], 9);
        Assert.Equal((TransactionState.Ongoing, 6L, 9L, 2), (open.State, open.StartedMs, open.UpdatedMs, open.Partitions.Count));
        var next = open.PrepareCommit(_ => 12, 10).Complete(11).With([Partition], 20);
        Assert.Equal((20L, 1), (next.StartedMs, next.Partitions.Count));
    }

    [Fact]
    public void Every_state_survives_its_record()
    {
        var open = TransactionData.New("ïd", 7, 1000, 5).With([Partition, new("topic", 1), new("a", 0)], 6);
        TransactionData[] all =
        [
            TransactionData.New("ïd", 7, 1000, 5), open, open.PrepareCommit(p => 100 + p.Partition, 7), open.PrepareAbort(7), open.PrepareAbort(7).Complete(8),
            open.PrepareCommit(_ => 5, 7).Complete(8), open.Fence(new ProducerIdAndEpoch(7, 0), 9),
            (open with { ProducerEpoch = TransactionData.LastEpoch }).PrepareAbort(7).Complete(8).WithNextEpoch(new ProducerIdAndEpoch(7, TransactionData.LastEpoch), 5, () => 8, 9),
        ];
        foreach (var data in all)
        {
            Assert.Equal("ïd", TransactionRecord.ReadKey(TransactionRecord.Key(data.Id)));
            var read = TransactionRecord.ReadValue(data.Id, TransactionRecord.Value(data));
            Assert.Equal(data with { Partitions = read.Partitions }, read);
            Assert.Equal(data.Partitions.OrderBy(p => p.Key.ToString()), read.Partitions.OrderBy(p => p.Key.ToString()));
        }
    }

    [Fact]
    public void A_record_has_the_bytes_of_Kafkas_transaction_log()
    {
        var data = TransactionData.New("tx", 258, 60_000, 3).With([Partition], 2);
        Assert.Equal("00000002" + "7478", Convert.ToHexString(TransactionRecord.Key("tx")));
        Assert.Equal(
            "0001" + "0000000000000102" + "0000" + "0000EA60" + "01" + "02" + "06746F706963" + "02" + "00000003" + "00" + "0000000000000002" + "0000000000000002" + "00",
            Convert.ToHexString(TransactionRecord.Value(data)));
    }

    [Fact]
    public void A_record_of_Kafkas_with_tags_of_a_later_time_is_read()
    {
        var bytes = Convert.FromHexString("0001" + "0000000000000102" + "0004" + "0000EA60" + "04" + "01" + "0000000000000003" + "0000000000000002" + "02" + "0008" + "0000000000000101" + "02020001");
        var data = TransactionRecord.ReadValue("tx", bytes);
        Assert.Equal((TransactionState.CompleteCommit, 258L, (short)4, 257L), (data.State, data.ProducerId, data.ProducerEpoch, data.PreviousProducerId));
    }

    [Theory]
    [InlineData("0002")]
    [InlineData("0001" + "0000000000000102" + "0000" + "0000EA60" + "09" + "00")]
    [InlineData("0001" + "0000000000000102" + "0000" + "0000EA60" + "01" + "7F")]
    public void A_value_that_is_none_is_refused(string hex) =>
        Assert.Throws<MalformedRequestException>(() => TransactionRecord.ReadValue("tx", Convert.FromHexString(hex)));

    private static long NoNewId() => throw new InvalidOperationException("No new producer id is needed here.");
}

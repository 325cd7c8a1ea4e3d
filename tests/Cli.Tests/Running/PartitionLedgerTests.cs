using Confluent.Kafka;
using StreamDistill.Cli.Running;
using StreamDistill.Contracts;

namespace StreamDistill.Cli.Tests.Running;

public sealed class PartitionLedgerTests
{
    private static readonly string[] Inputs = [Topics.Prompts, Topics.Completions, Topics.Verified];
    private static readonly TopicPartition Prompts = new(Topics.Prompts, 0);
    private static readonly TopicPartition Completions = new(Topics.Completions, 0);
    private static readonly TopicPartition Curated = new(Topics.Curated, 0);

    private readonly PartitionLedger ledger = new();

    [Fact]
    public void Everything_is_processed_when_each_stage_has_committed_past_its_last_record()
    {
        ledger.OnRecord(Prompts, 4);
        ledger.OnRecord(Completions, 0);

        Assert.False(ledger.IsProcessed(Committed((Prompts, 5)), Inputs));
        Assert.False(ledger.IsProcessed(Committed((Prompts, 4), (Completions, 1)), Inputs));
        Assert.True(ledger.IsProcessed(Committed((Prompts, 5), (Completions, 1)), Inputs));
    }

    [Fact]
    public void A_transaction_marker_after_the_last_record_is_not_waited_for()
    {
        ledger.OnRecord(Completions, 0);
        ledger.OnEnd(Completions, 2);

        Assert.True(ledger.HasReached(new Dictionary<TopicPartition, long> { [Completions] = 2 }));
        Assert.True(ledger.IsProcessed(Committed((Completions, 1)), Inputs));
    }

    [Fact]
    public void Topics_that_no_stage_reads_need_no_commit()
    {
        ledger.OnRecord(Curated, 0);

        Assert.True(ledger.IsProcessed(Committed(), Inputs));
    }

    [Fact]
    public void An_end_is_reached_by_its_last_record_or_by_reading_past_the_markers_and_an_empty_partition_at_once()
    {
        var ends = new Dictionary<TopicPartition, long> { [Prompts] = 3, [Completions] = 0 };

        Assert.False(ledger.HasReached(ends));
        ledger.OnRecord(Prompts, 1);
        Assert.False(ledger.HasReached(ends));
        ledger.OnEnd(Prompts, 3);
        Assert.True(ledger.HasReached(ends));
    }

    [Fact]
    public void Ranges_hold_first_next_and_count_of_the_records()
    {
        ledger.OnRecord(Prompts, 7);
        ledger.OnRecord(Prompts, 9);
        ledger.OnEnd(Completions, 0);

        Assert.Equal([(Prompts, new PartitionRange(First: 7, Next: 10, Records: 2))], ledger.Ranges);
    }

    private static Dictionary<TopicPartition, long> Committed(params (TopicPartition Partition, long Offset)[] offsets) =>
        offsets.ToDictionary(each => each.Partition, each => each.Offset);
}

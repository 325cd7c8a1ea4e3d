using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Time.Testing;

namespace StreamDistill.Pipeline.Tests;

public sealed class UnitAssemblerTests
{
    private readonly FakeTimeProvider time = new();
    private readonly Queue<RawUnit> complete = new();
    private long offset;

    [Fact]
    public void A_record_without_a_size_is_a_unit_by_itself()
    {
        var assembler = new UnitAssembler(time);

        assembler.Add(Record("a"), 1, complete);

        Assert.Equal([1], Sizes());
    }

    [Fact]
    public void A_unit_is_complete_with_its_last_record()
    {
        var assembler = new UnitAssembler(time);

        assembler.Add(Record("a", 3), 1, complete);
        assembler.Add(Record("a"), 1, complete);
        Assert.Empty(complete);
        assembler.Add(Record("a"), 1, complete);
        assembler.Add(Record("a", 2), 1, complete);
        assembler.Add(Record("a"), 1, complete);

        Assert.Equal([3, 2], Sizes());
    }

    [Fact]
    public void Another_key_ends_a_unit_that_was_cut()
    {
        var assembler = new UnitAssembler(time);

        assembler.Add(Record("a", 3), 1, complete);
        assembler.Add(Record("b"), 1, complete);

        Assert.Equal([1, 1], Sizes());
    }

    [Fact]
    public void Units_of_different_partitions_do_not_disturb_each_other()
    {
        var assembler = new UnitAssembler(time);

        assembler.Add(Record("a", 2, partition: 0), 1, complete);
        assembler.Add(Record("b", 2, partition: 1), 2, complete);
        assembler.Add(Record("a", partition: 0), 1, complete);
        assembler.Add(Record("b", partition: 1), 2, complete);

        Assert.Equal([0, 1], complete.Select(unit => unit.Partition.Partition.Value));
        Assert.Equal([2, 2], Sizes());
    }

    [Fact]
    public void An_incomplete_unit_does_not_block_its_partition_for_ever()
    {
        var assembler = new UnitAssembler(time);
        assembler.Add(Record("a", 3), 1, complete);

        assembler.CloseOverdue(complete);
        Assert.Empty(complete);
        time.Advance(UnitAssembler.Patience);
        assembler.CloseOverdue(complete);

        Assert.Equal([1], Sizes());
    }

    [Fact]
    public void A_partition_that_is_taken_away_takes_its_open_unit_along()
    {
        var assembler = new UnitAssembler(time);
        assembler.Add(Record("a", 2), 1, complete);

        assembler.Forget(new TopicPartition("t", 0));
        assembler.Add(Record("b"), 2, complete);

        Assert.Equal(["b"], complete.Select(unit => Encoding.UTF8.GetString(unit.Records[0].Message.Key)));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("x")]
    [InlineData("99999999999")]
    [InlineData("1000000")]
    public void A_size_that_no_stage_writes_counts_as_one(string size)
    {
        var record = Record("a");
        record.Message.Headers.Add("streamdistill-unit-size", Encoding.ASCII.GetBytes(size));

        Assert.Equal(1, RecordHeaders.ReadUnitSize(record));
    }

    private int[] Sizes() => complete.Select(unit => unit.Records.Count).ToArray();

    private ConsumeResult<byte[], byte[]> Record(string key, int size = 1, int partition = 0) => new()
    {
        Topic = "t",
        Partition = partition,
        Offset = offset++,
        Message = new Message<byte[], byte[]>
        {
            Key = Encoding.UTF8.GetBytes(key),
            Value = [],
            Headers = size == 1 ? [] : new Headers { { "streamdistill-unit-size", Encoding.ASCII.GetBytes(size.ToString(CultureInfo.InvariantCulture)) } },
        },
    };
}

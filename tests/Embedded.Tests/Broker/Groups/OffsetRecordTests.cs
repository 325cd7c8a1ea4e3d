using StreamDistill.Embedded.Broker.Groups;
using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Tests.Broker.Groups;

public sealed class OffsetRecordTests
{
    private static readonly TopicPartition Partition = new("t", 3);

    [Fact]
    public void The_bytes_are_those_of_Apache_Kafka()
    {
        var record = OffsetRecord.Of("g", Partition, new CommittedOffset(258, 5, "m", 7), 7);

        Assert.Equal([0, 1, 0, 1, (byte)'g', 0, 1, (byte)'t', 0, 0, 0, 3], record.Key!.Value.ToArray());
        Assert.Equal([0, 3, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 5, 0, 1, (byte)'m', 0, 0, 0, 0, 0, 0, 0, 7], record.Value!.Value.ToArray());
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        var offset = new CommittedOffset(long.MaxValue, -1, "métadonnées", 1_700_000_000_000);

        Assert.True(OffsetRecord.TryRead(OffsetRecord.Of("group", Partition, offset, 1), out var group, out var partition, out var read));
        Assert.Equal(("group", Partition, offset), (group, partition, read));
    }

    [Fact]
    public void A_tombstone_has_no_value()
    {
        var record = OffsetRecord.Of("g", Partition, null, 1);

        Assert.Null(record.Value);
        Assert.True(OffsetRecord.TryRead(record, out _, out _, out var offset));
        Assert.Null(offset);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7 }, -1)]
    [InlineData(new byte[] { 0, 1, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 8 }, -1)]
    [InlineData(new byte[] { 0, 2, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7 }, -1)]
    [InlineData(new byte[] { 0, 4, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 6, 1, 0, 0, 0, 0, 0, 0, 0, 7, 0 }, 6)]
    public void Values_of_other_versions_are_read(byte[] value, int leaderEpoch)
    {
        var record = OffsetRecord.Of("g", Partition, null, 1) with { Value = value };

        Assert.True(OffsetRecord.TryRead(record, out _, out _, out var offset));
        Assert.Equal(new CommittedOffset(9, leaderEpoch, "", 7), offset);
    }

    [Fact]
    public void A_key_of_another_kind_is_passed_over_and_a_value_of_an_unknown_version_is_refused()
    {
        Assert.False(OffsetRecord.TryRead(new LogRecord(0, 0, new byte[] { 0, 2, 0, 1, (byte)'g' }, new byte[] { 1 }), out _, out _, out _));
        Assert.Throws<MalformedRequestException>(() => OffsetRecord.TryRead(OffsetRecord.Of("g", Partition, null, 1) with { Value = new byte[] { 0, 5 } }, out _, out _, out _));
    }
}

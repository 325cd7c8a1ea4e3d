using System.Buffers.Binary;
using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Tests.Broker.Log;

public sealed class PartitionLogTests : IDisposable
{
    private readonly TestLog log = new(new LogOptions { SegmentBytes = 2000 });

    public void Dispose() => log.Dispose();

    [Fact]
    public void Batches_get_consecutive_offsets_and_are_read_as_they_came()
    {
        var batch = TestLog.Batch("a", "b", "c");
        Assert.Equal(0, log.Log.Append(batch).BaseOffset);
        Assert.Equal(3, log.Append("d").BaseOffset);
        Assert.Equal(4, log.Log.EndOffset);

        log.Read(0, out var bytes);
        Assert.Equal(batch, bytes[..batch.Length]);
        Assert.Equal(["a", "b", "c", "d"], log.Values());
    }

    [Fact]
    public void A_reader_in_the_middle_of_a_batch_gets_the_whole_batch()
    {
        log.Append("a", "b", "c");
        log.Read(1, out var bytes);
        Assert.Equal(0, new BatchHeader(bytes).BaseOffset);
    }

    [Fact]
    public void Reading_goes_on_through_all_segments()
    {
        var values = Enumerable.Range(0, 300).Select(i => $"value {i}").ToList();
        values.ForEach(value => log.Append(value));
        Assert.True(Directory.GetFiles(log.Directory, "*.log").Length > 5);
        Assert.Equal(values, log.Values());
        Assert.Equal(values[137..], log.Values(137));
    }

    [Fact]
    public void Reading_gives_whole_batches_within_the_limit_and_one_at_least_when_asked()
    {
        log.Append("a");
        log.Append("b");
        var size = TestLog.Batch("a").Length;
        Assert.Equal(size, log.Read(0, out _, size + 10).Bytes);
        Assert.Equal(size, log.Read(0, out _, 1).Bytes);
        Assert.Equal(0, log.Read(0, out _, size - 1, atLeastOne: false).Bytes);
        Assert.Equal(0, log.Read(0, out _, 0, atLeastOne: false).Bytes);
    }

    [Fact]
    public void Offsets_outside_the_log_are_out_of_range_and_the_end_is_empty()
    {
        log.Append("a");
        Assert.Equal(ErrorCode.OffsetOutOfRange, log.Read(2, out _).Error);
        Assert.Equal(ErrorCode.OffsetOutOfRange, log.Read(-1, out _).Error);
        Assert.Equal(new ReadResult(ErrorCode.None, 0), log.Read(1, out _));
    }

    [Fact]
    public void Everything_is_there_after_a_restart()
    {
        var values = Enumerable.Range(0, 100).Select(i => $"value {i}").ToList();
        values.ForEach(value => log.Append(value));
        log.Reopen();
        Assert.Equal(100, log.Log.EndOffset);
        Assert.Equal(values, log.Values());
        Assert.Equal(100, log.Append("more").BaseOffset);
    }

    [Fact]
    public void A_batch_whose_crc_does_not_match_is_refused()
    {
        var batch = TestLog.Batch("a");
        batch[^1] ^= 1;
        Assert.Equal(ErrorCode.CorruptMessage, log.Log.Append(batch).Error);
        Assert.Equal(0, log.Log.EndOffset);
    }

    [Fact]
    public void What_is_not_exactly_one_batch_is_refused()
    {
        Assert.Equal(ErrorCode.CorruptMessage, log.Log.Append(Array.Empty<byte>()).Error);
        Assert.Equal(ErrorCode.CorruptMessage, log.Log.Append(TestLog.Batch("a").AsMemory()[..^1]).Error);
        Assert.Equal(ErrorCode.InvalidRecord, log.Log.Append((byte[])[.. TestLog.Batch("a"), .. TestLog.Batch("b")]).Error);
    }

    [Fact]
    public void Older_message_formats_are_refused()
    {
        var batch = TestLog.Batch("a");
        batch[16] = 1;
        Assert.Equal(ErrorCode.UnsupportedForMessageFormat, log.Log.Append(batch).Error);
    }

    [Fact]
    public void A_batch_larger_than_the_topic_allows_is_refused()
    {
        log.Log.Options = new LogOptions { MaxMessageBytes = 100 };
        Assert.Equal(ErrorCode.MessageTooLarge, log.Append(new string('x', 100)).Error);
    }

    [Fact]
    public void Control_records_unknown_compression_and_wrong_counts_are_refused()
    {
        Assert.Equal(ErrorCode.InvalidRecord, Changed(batch => batch[22] |= 0x20));
        Assert.Equal(ErrorCode.UnsupportedCompressionType, Changed(batch => batch[22] |= 7));
        Assert.Equal(ErrorCode.InvalidRecord, Changed(batch => batch[60] = 2));
        Assert.Equal(ErrorCode.InvalidRecord, Changed(batch => BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(57), 0)));
        Assert.Equal(ErrorCode.InvalidTimestamp, Changed(batch => BinaryPrimitives.WriteInt64BigEndian(batch.AsSpan(35), -2)));
    }

    [Fact]
    public void A_compacted_topic_takes_no_record_without_a_key()
    {
        log.Log.Options = new LogOptions { Compacts = true };
        Assert.Equal(ErrorCode.InvalidRecord, log.Log.Append(RecordBatch.Build([TestLog.Record("k", "v"), TestLog.Record(null, "v")])).Error);
        Assert.Equal(ErrorCode.None, log.Log.Append(RecordBatch.Build([TestLog.Record("k", "v")])).Error);
    }

    [Fact]
    public void A_topic_of_append_times_gives_records_the_time_of_their_append()
    {
        log.Log.Options = new LogOptions { UsesLogAppendTime = true };
        log.Time.Now += TimeSpan.FromHours(1);
        Assert.Equal(log.Time.NowMs, log.Append("a", "b").LogAppendTimeMs);
        log.Read(0, out var bytes);
        Assert.True(BatchHeader.HasValidCrc(bytes));
        Assert.Equal(log.Time.NowMs, RecordBatch.Records(bytes, new BatchHeader(bytes))[1].TimestampMs);
    }

    [Fact]
    public void Those_who_wait_are_called_when_the_log_grows()
    {
        var calls = 0;
        var subscription = log.Log.OnAdvance(() => calls++);
        log.Append("a");
        log.Log.AppendMarker(1, 0, true, 0);
        Assert.Equal(2, calls);
        subscription.Dispose();
        log.Append("b");
        Assert.Equal(2, calls);
    }

    [Fact]
    public void Records_are_found_by_their_time()
    {
        for (var i = 0; i < 100; i++)
        {
            log.Log.Append(RecordBatch.Build([TestLog.Record("k", "v", 1000 + i * 10), TestLog.Record("k", "v", 1005 + i * 10)]));
        }

        log.Log.Append(RecordBatch.Build([TestLog.Record("k", "late", 500)]));
        Assert.Equal(new OffsetAndTime(0, 1000), log.Log.OffsetForTime(0));
        Assert.Equal(new OffsetAndTime(101, 1505), log.Log.OffsetForTime(1501));
        Assert.Equal(new OffsetAndTime(100, 1500), log.Log.OffsetForTime(1500));
        Assert.Equal(new OffsetAndTime(-1, -1), log.Log.OffsetForTime(5000));
        Assert.Equal(new OffsetAndTime(199, 1995), log.Log.OffsetOfMaxTime());
    }

    [Fact]
    public void Null_keys_and_values_stay_null_and_empty_ones_empty()
    {
        log.Log.Append(RecordBatch.Build([TestLog.Record(null, null), TestLog.Record("", "")]));
        var records = RecordBatch.ReadAll(log.Log, 0).Single().Records;
        Assert.True(records[0] is { Key: null, Value: null });
        Assert.True(records[1] is { Key.Length: 0, Value.Length: 0 });
    }

    [Fact]
    public void All_batches_are_read_with_their_markers()
    {
        log.Append("a", "b");
        log.Log.AppendInternal(RecordBatch.Build([TestLog.Record("k", "c")], 7, 0, -1, isTransactional: true));
        log.Log.AppendMarker(7, 0, isCommit: true, 3);
        var all = RecordBatch.ReadAll(log.Log, 0).ToList();
        Assert.Equal([1, 2, 3], all.Select(batch => batch.LastOffset));
        Assert.Equal(["a", "b", "c"], all.SelectMany(batch => batch.Records).Select(TestLog.Value));
        Assert.True(all[2] is { IsControl: true, IsCommit: true, ProducerId: 7 });
    }

    private ErrorCode Changed(Action<byte[]> change)
    {
        var batch = TestLog.Batch("a");
        change(batch);
        BatchHeader.WriteCrc(batch);
        return log.Log.Append(batch).Error;
    }
}

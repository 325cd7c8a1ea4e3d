using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Tests.Broker.Log;

public sealed class RetentionTests
{
    [Fact]
    public void Segments_over_their_time_go_and_the_log_begins_after_them()
    {
        using var test = new TestLog(new LogOptions { SegmentBytes = 300, RetentionMs = 10_000 });
        Fill(test, 10);
        test.Time.Now += TimeSpan.FromSeconds(5);
        test.Log.Append(RecordBatch.Build([TestLog.Record("k", "late", test.Time.NowMs)]));
        test.Log.Maintain();
        Assert.Equal(0, test.Log.StartOffset);

        test.Time.Now += TimeSpan.FromSeconds(6);
        test.Log.Maintain();
        Assert.InRange(test.Log.StartOffset, 5, 10);
        Assert.Equal("late", test.Values(test.Log.StartOffset)[^1]);
        Assert.Equal(ErrorCode.OffsetOutOfRange, test.Read(0, out _).Error);
        Assert.Equal(test.Log.StartOffset, test.Reopen().StartOffset);
    }

    [Fact]
    public void A_log_whose_every_record_is_over_its_time_becomes_empty_and_keeps_its_end()
    {
        using var test = new TestLog(new LogOptions { RetentionMs = 10_000 });
        Fill(test, 3);
        test.Time.Now += TimeSpan.FromSeconds(11);
        test.Log.Maintain();
        Assert.Equal((3, 3, 0), (test.Log.StartOffset, test.Log.EndOffset, test.Log.SizeBytes));
        Assert.Equal(3, test.Reopen().EndOffset);
        Assert.Equal(3, test.Append("next").BaseOffset);
    }

    [Fact]
    public void A_log_over_its_size_loses_its_oldest_segments()
    {
        using var test = new TestLog(new LogOptions { SegmentBytes = 300, RetentionBytes = 1000 });
        Fill(test, 50);
        test.Log.Maintain();
        Assert.InRange(test.Log.SizeBytes, 1000, 1400);
        Assert.Equal(50 - test.Log.StartOffset, test.Values(test.Log.StartOffset).Count);
    }

    [Fact]
    public void Nothing_goes_that_is_not_stable_or_that_is_for_ever()
    {
        using var test = new TestLog(new LogOptions { SegmentBytes = 300, RetentionBytes = 0 });
        test.Log.Append(RecordBatch.Build([TestLog.Record("k", "v")], 1, 0, 0, isTransactional: true));
        Fill(test, 10);
        test.Log.Maintain();
        Assert.Equal(0, test.Log.StartOffset);

        test.Log.AppendMarker(1, 0, true, 0);
        test.Log.Options = new LogOptions { RetentionMs = -1 };
        test.Time.Now += TimeSpan.FromDays(1000);
        test.Log.Maintain();
        Assert.Equal(0, test.Log.StartOffset);
    }

    [Fact]
    public void Deleted_records_are_out_of_range_and_stay_so_after_a_restart()
    {
        using var test = new TestLog(new LogOptions { SegmentBytes = 300 });
        Fill(test, 20);
        var files = Directory.GetFiles(test.Directory, "*.log").Length;
        Assert.Equal(13, test.Log.DeleteRecordsBefore(13).BaseOffset);
        Assert.Equal(13, test.Log.DeleteRecordsBefore(5).BaseOffset);
        Assert.Equal(ErrorCode.OffsetOutOfRange, test.Log.DeleteRecordsBefore(21).Error);
        Assert.True(Directory.GetFiles(test.Directory, "*.log").Length < files);
        Assert.Equal(ErrorCode.OffsetOutOfRange, test.Read(12, out _).Error);
        using var again = PartitionLog.Open(DiskFileSystem.Instance, test.Directory, "copy", test.Options, test.Time, test.Lines);
        Assert.Equal(13, again.StartOffset);
    }

    private static void Fill(TestLog test, int count)
    {
        for (var i = 0; i < count; i++)
        {
            test.Append($"value {i}");
        }
    }
}

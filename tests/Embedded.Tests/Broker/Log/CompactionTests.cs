using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Tests.Broker.Log;

public sealed class CompactionTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1, 1000, false)]
    [InlineData(2, 1000, true)]
    [InlineData(3, 5, false)]
    [InlineData(4, 6, true)]
    public void The_last_committed_value_of_every_key_stays_with_its_offset_and_time(int seed, int keysMax, bool compresses)
    {
        output.WriteLine($"seed {seed}");
        var workload = new KeyedWorkload(seed, compresses);
        using var log = workload.Run(600, keysMax);
        var end = log.EndOffset;
        var before = workload.Expected(end);
        Assert.Equal(before, KeyedWorkload.Read(log));
        log.Compact(keysMax);
        log.Compact(keysMax);
        Assert.Equal(before, KeyedWorkload.Read(log));
        Assert.Equal(end, log.EndOffset);
        Assert.Empty(log.AbortedTransactions(0, end));
    }

    [Fact]
    public void Nothing_but_the_last_values_is_left()
    {
        using var test = new TestLog(new LogOptions { Compacts = true, Deletes = false });
        for (var i = 0; i < 1000; i++)
        {
            test.Log.Append(RecordBatch.Build([TestLog.Record($"key {i % 10}", $"{i}")]));
        }

        test.Log.Compact();
        Assert.Equal(Enumerable.Range(990, 10).Select(i => $"{i}"), test.Values());
        Assert.True(test.Log.SizeBytes < 500, $"{test.Log.SizeBytes} bytes");
        Assert.Equal(990, RecordBatch.ReadAll(test.Log, 0).First().Records[0].Offset);
        test.Reopen();
        Assert.Equal(10, test.Values().Count);
        Assert.DoesNotContain(test.Lines.All, line => line.Level >= Microsoft.Extensions.Logging.LogLevel.Warning);
    }

    [Fact]
    public void A_tombstone_stays_for_its_time_and_then_goes()
    {
        using var test = new TestLog(new LogOptions { Compacts = true, Deletes = false, DeleteRetentionMs = 1000 });
        test.Log.Append(RecordBatch.Build([TestLog.Record("a", "1")]));
        test.Log.Append(RecordBatch.Build([TestLog.Record("a", null)]));
        test.Append("last");
        test.Log.Compact();
        Assert.Equal(["null", "last"], test.Values());

        test.Time.Now += TimeSpan.FromMilliseconds(999);
        test.Append("last");
        test.Log.Compact();
        Assert.Equal(["null", "last"], test.Values());

        test.Time.Now += TimeSpan.FromMilliseconds(1);
        test.Append("last");
        test.Log.Compact();
        Assert.Equal(["last"], test.Values());
    }

    [Fact]
    public void Nothing_of_an_open_transaction_or_after_it_is_compacted()
    {
        using var test = new TestLog(new LogOptions { Compacts = true, Deletes = false });
        test.Append("1");
        test.Log.Append(RecordBatch.Build([TestLog.Record("k", "2")], 1, 0, 0, isTransactional: true));
        test.Log.Compact();
        Assert.Equal(["1", "2"], test.Values());
        test.Log.AppendMarker(1, 0, isCommit: false, 0);
        test.Log.Compact();
        Assert.Equal(["1"], test.Values());
        Assert.DoesNotContain(RecordBatch.ReadAll(test.Log, 0), batch => batch.IsControl || batch.IsTransactional);
    }

    [Fact]
    public void A_damaged_segment_is_left_as_it_is()
    {
        var files = new MemoryFileSystem();
        using var test = new TestLog(new LogOptions { Compacts = true, Deletes = false }, files);
        test.Append("1");
        test.Append("2");
        var path = Path.Combine(test.Directory, "00000000000000000000.log");
        files[path][^1] ^= 1;
        test.Log.Compact();
        Assert.Contains(test.Lines.All, line => line.Text.Contains("is not compacted") && line.Text.Contains(path));
        Assert.Equal(ErrorCode.CorruptMessage, test.Read(1, out _).Error);
    }

    [Fact]
    public void Records_that_nobody_can_open_are_kept()
    {
        using var test = new TestLog(new LogOptions { Compacts = true, Deletes = false });
        var batch = TestLog.Batch("x");
        batch[22] = 4;
        BatchHeader.WriteCrc(batch);
        test.Log.Append(batch);
        test.Append("1");
        test.Append("2");
        test.Log.Compact();
        test.Read(0, out var bytes);
        Assert.Equal(batch, bytes[..batch.Length]);
        Assert.Equal(["2"], test.Values(1));
    }

    [Fact]
    public void Compaction_begins_when_enough_is_dirty()
    {
        using var test = new TestLog(new LogOptions { Compacts = true, Deletes = false, SegmentBytes = 500 });
        for (var i = 0; i < 20; i++)
        {
            test.Append($"{i}");
        }

        test.Log.Maintain();
        Assert.True(test.Values().Count < 10);
    }

    [Fact]
    public void A_checkpoint_that_the_disk_did_not_take_before_a_compaction_is_not_believed_after_it()
    {
        for (var freeBytes = 0; freeBytes < 400; freeBytes++)
        {
            var files = new MemoryFileSystem();
            using var test = new TestLog(new LogOptions { Compacts = true, Deletes = false }, files);
            test.Append("1");
            test.Reopen();
            test.Log.Append(RecordBatch.Build([.. Enumerable.Range(0, 9).Select(i => TestLog.Record($"key {i}", $"{i}"))]));
            test.Append("2");
            files.FreeBytes = freeBytes;
            Record.Exception(() => test.Log.Compact());
            files.FreeBytes = long.MaxValue;
            test.Log.Compact();

            var lines = new LogLines();
            using var stopped = PartitionLog.Open(MemoryFileSystem.After(files.Changes, files.Changes.Count), test.Directory, "topic-0", test.Options, test.Time, lines);
            var values = KeyedWorkload.ReadCommitted(stopped).Select(TestLog.Value);
            Assert.Equal(["0", "1", "2", "3", "4", "5", "6", "7", "8", "2"], values);
            Assert.DoesNotContain(lines.All, line => line.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_process_or_machine_that_stops_at_any_write_of_a_compaction_loses_and_brings_back_nothing(int seed)
    {
        output.WriteLine($"seed {seed}");
        var workload = new KeyedWorkload(seed);
        workload.Run(100, 1000).Dispose();
        var changes = workload.Files.Changes;
        for (var count = 0; count <= changes.Count; count++)
        {
            Check(workload, MemoryFileSystem.After(changes, count), count, $"seed {seed}, stopped after {count}");
            Check(workload, MemoryFileSystem.After(changes, count, 0.5), count, $"seed {seed}, torn after {count}");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_power_cut_at_any_write_of_a_compaction_takes_nothing_that_was_flushed_and_brings_nothing_back(int seed)
    {
        output.WriteLine($"seed {seed}");
        var workload = new KeyedWorkload(seed);
        workload.Run(100, 1000).Dispose();
        var changes = workload.Files.Changes;
        for (var count = 0; count <= changes.Count; count++)
        {
            for (var variant = 0; variant < 4; variant++)
            {
                var random = variant == 0 ? null : new Random((((seed * 100_000) + count) * 10) + variant);
                CheckPowerCut(workload, MemoryFileSystem.AfterPowerCut(changes, count, random), count, $"seed {seed}, power cut after {count}, variant {variant}");
            }
        }
    }

    /// <summary>What was not flushed may be there or not; so a key has its last flushed record or a later one, and each is one that was committed.</summary>
    private static void CheckPowerCut(KeyedWorkload workload, MemoryFileSystem files, int count, string what)
    {
        using var log = workload.Open(files, out var lines);
        var flushed = workload.Flushed.LastOrDefault(flushed => flushed.Changes <= count).EndOffset;
        Assert.True(log.EndOffset >= flushed, $"{what}: the log ends at {log.EndOffset}, not at {flushed}");
        var written = workload.Committed(long.MaxValue).ToLookup(record => record.Offset);
        var read = KeyedWorkload.ReadCommitted(log, passesDamage: true);
        Assert.All(read, record => Assert.Contains(KeyedWorkload.Describe(record), written[record.Offset].Select(KeyedWorkload.Describe)));
        var last = KeyedWorkload.LastByKey(read);
        foreach (var (key, kept) in KeyedWorkload.LastByKey(workload.Committed(flushed)))
        {
            // A deletion that is gone, as is what it deleted, is as good as one that is there.
            var isThere = last.TryGetValue(key, out var found) ? found.Offset >= kept.Offset : IsDeleted(workload, key, kept.Offset);
            Assert.True(isThere, $"{what}: of {key}, {KeyedWorkload.Describe(kept)} was flushed and {(found == default ? "nothing" : KeyedWorkload.Describe(found))} is left. {string.Join(" ", lines.All)}");
        }
    }

    private static bool IsDeleted(KeyedWorkload workload, string key, long fromOffset) => workload.Committed(long.MaxValue)
        .Any(record => record.Value is null && record.Offset >= fromOffset && record.Key!.Value.Span.SequenceEqual(System.Text.Encoding.UTF8.GetBytes(key)));

    private static void Check(KeyedWorkload workload, MemoryFileSystem files, int count, string what)
    {
        using var log = workload.Open(files, out var lines);
        var acknowledged = workload.Acknowledged.LastOrDefault(acknowledged => acknowledged.Changes <= count).EndOffset;
        Assert.True(log.EndOffset >= acknowledged, $"{what}: the log ends at {log.EndOffset}, not at {acknowledged}");
        var expected = workload.Expected(log.EndOffset);
        var read = KeyedWorkload.Read(log);
        Assert.True(expected.Count == read.Count && !expected.Except(read).Any(), $"{what}: {string.Join(" ", expected.Except(read).Concat(read.Except(expected)))} {string.Join(" ", lines.All)}");
        Assert.DoesNotContain(lines.All, line => line.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
    }
}

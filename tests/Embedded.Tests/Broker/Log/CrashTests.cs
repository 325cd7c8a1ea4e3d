using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Tests.Broker.Log;

/// <summary>A workload is recorded once; then the disk stops, tears, flips or loses power at each of its write points.</summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_process_that_stops_at_any_write_loses_nothing_acknowledged(int seed)
    {
        var workload = Run(seed);
        for (var count = 0; count <= workload.Files.Changes.Count; count++)
        {
            foreach (var part in new[] { 0, 0.3, 0.99 })
            {
                var files = MemoryFileSystem.After(workload.Files.Changes, count, part);
                CheckKept(workload, files, batch => batch.AcknowledgedAt <= count, $"seed {seed}, stopped after {count}, {part} of the next");
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_power_cut_at_any_write_loses_nothing_that_was_flushed(int seed)
    {
        var workload = Run(seed);
        for (var count = 0; count <= workload.Files.Changes.Count; count++)
        {
            for (var variant = 0; variant < 4; variant++)
            {
                var random = variant == 0 ? null : new Random((((seed * 100_000) + count) * 10) + variant);
                var files = MemoryFileSystem.AfterPowerCut(workload.Files.Changes, count, random);
                CheckKept(workload, files, batch => batch.FlushedAt <= count, $"seed {seed}, power cut after {count}, variant {variant}");
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_flipped_bit_is_never_passed_over_in_silence(int seed)
    {
        var workload = Run(seed);
        var random = new Random(seed);
        for (var i = 0; i < 2000; i++)
        {
            var count = random.Next(workload.Files.Changes.Count + 1);
            var files = MemoryFileSystem.After(workload.Files.Changes, count);
            var paths = files.Paths.Where(path => files[path].Length > 0).Order().ToList();
            if (paths.Count == 0)
            {
                continue;
            }

            var path = paths[random.Next(paths.Count)];
            var bit = random.Next(files[path].Length * 8);
            files[path][bit / 8] ^= (byte)(1 << bit % 8);
            CheckReported(workload, files, batch => batch.AcknowledgedAt <= count, $"seed {seed}, case {i}: bit {bit} of {path} after {count}");
        }
    }

    private Workload Run(int seed)
    {
        output.WriteLine($"seed {seed}");
        var workload = new Workload(seed);
        workload.Run();
        return workload;
    }

    private static void CheckKept(Workload workload, MemoryFileSystem files, Func<Workload.Batch, bool> mustBeThere, string what)
    {
        using var log = Workload.Open(files, out var lines);
        foreach (var batch in workload.Batches)
        {
            var isThere = TryRead(log, batch.Offset, out var bytes, out _) && bytes.AsSpan().SequenceEqual(batch.Bytes);
            Assert.True(isThere || batch.Offset < log.StartOffset || !mustBeThere(batch), $"{what}: the batch at {batch.Offset} is gone. {string.Join(" ", lines.All)}");
        }

        CheckGoesOn(log, what);
        var quick = StateOf(log);
        log.Dispose();
        using var whole = Workload.Open(WithoutIndexes(files), out _);
        Assert.Equal(quick, StateOf(whole));
    }

    private static void CheckReported(Workload workload, MemoryFileSystem files, Func<Workload.Batch, bool> mustBeThere, string what)
    {
        using var log = Workload.Open(files, out var lines);
        foreach (var batch in workload.Batches.Where(batch => mustBeThere(batch) && batch.Offset >= log.StartOffset))
        {
            var isReported = lines.All.Count > 0;
            if (TryRead(log, batch.Offset, out var bytes, out var result))
            {
                Assert.True(bytes.AsSpan().SequenceEqual(batch.Bytes), $"{what}: other bytes at {batch.Offset}.");
            }
            else
            {
                Assert.True(isReported || result.Error == ErrorCode.CorruptMessage, $"{what}: the batch at {batch.Offset} is gone without a word.");
            }
        }

        CheckGoesOn(log, what);
    }

    private static void CheckGoesOn(PartitionLog log, string what)
    {
        var end = log.EndOffset;
        var result = log.Append(TestLog.Batch("more"));
        Assert.True(result is { Error: ErrorCode.None } && result.BaseOffset == end, $"{what}: {result}");
        Assert.True(TryRead(log, end, out _, out var read), $"{what}: {read}");
    }

    private static MemoryFileSystem WithoutIndexes(MemoryFileSystem files)
    {
        var copy = MemoryFileSystem.After([], 0);
        foreach (var path in files.Paths.Where(path => path.EndsWith(Segment.Extension, StringComparison.Ordinal)))
        {
            copy.Open(path);
            copy[path] = files[path];
        }

        return copy;
    }

    /// <summary>All that recovery has to find out, as text.</summary>
    private static string StateOf(PartitionLog log) => string.Join(
        '\n',
        [
            $"end {log.EndOffset}, stable {log.LastStableOffset}",
            .. log.Producers.OrderBy(producer => producer.ProducerId).Select(producer => producer.ToString()),
            .. log.AbortedTransactions(log.StartOffset, log.EndOffset).Select(transaction => transaction.ToString()),
            $"{log.OffsetOfMaxTime()} {log.OffsetForTime(Workload.TimeOf(5))}",
        ]);

    private static bool TryRead(PartitionLog log, long offset, out byte[] bytes, out ReadResult result)
    {
        using var writer = new KafkaWriter(isFlexible: false);
        result = log.Read(offset, 1, atLeastOne: true, IsolationLevel.ReadUncommitted, writer);
        bytes = writer.Written.ToArray();
        return result is { Error: ErrorCode.None, Bytes: > 0 } && new BatchHeader(bytes).BaseOffset == offset;
    }
}

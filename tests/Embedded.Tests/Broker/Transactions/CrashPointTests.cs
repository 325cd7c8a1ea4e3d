using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Protocol;
using StreamDistill.Embedded.Broker.Transactions;

namespace StreamDistill.Embedded.Tests.Broker.Transactions;

/// <summary>
/// Transactions of two producers over two partitions and a group's offsets, stopped at every write and flush of it, by a kill or by
/// a power cut that takes any of the unflushed tails: each transaction is there as a whole or not at all, and what was told stands.
/// </summary>
public sealed class CrashPointTests : IDisposable
{
    private static readonly TransactionPartition A0 = new("a", 0);
    private static readonly TransactionPartition B1 = new("b", 1);
    private static readonly TransactionPartition Offsets = new(TopicCatalog.ConsumerOffsets, 0);

    private readonly TemporaryDirectory directory = new();
    private readonly TemporaryDirectory before = new();
    private readonly ManualTime time = new();
    private readonly Dictionary<string, List<string>> recovered = new(StringComparer.Ordinal);

    public void Dispose()
    {
        directory.Dispose();
        before.Dispose();
    }

    [Fact]
    public async Task A_kill_at_any_point_leaves_every_transaction_whole()
    {
        var files = await RecordAsync();
        for (var moment = 0; moment <= files.Count; moment++)
        {
            await CheckAsync(files, moment, [], isPowerCut: false);
        }
    }

    [Fact]
    public async Task A_power_cut_at_any_point_leaves_every_transaction_whole()
    {
        var files = await RecordAsync();
        for (var moment = 0; moment <= files.Count; moment++)
        {
            var unflushed = files.Unflushed(moment);
            for (var choice = 1; choice < 1 << unflushed.Count; choice++)
            {
                var losing = unflushed.Where((_, i) => (choice & (1 << i)) != 0).ToList();
                await CheckAsync(files, moment, losing, isPowerCut: true);
            }
        }
    }

    private async Task<JournalingFileSystem> RecordAsync()
    {
        var files = new JournalingFileSystem(directory.Path);
        await using var broker = await BrokerWithoutNetwork.StartAsync(directory.Path, time, files: files);
        var (one, other) = (await broker.InitAsync("one"), await broker.InitAsync("other"));
        var begin = files.Count;
        Copy(directory.Path, before.Path);
        for (var number = 0; number < 4; number++)
        {
            // Numbers 1 and 3 of the first producer are aborted; the other's are all committed, in between.
            Assert.Equal(ErrorCode.None, broker.Add("one", one, A0, B1, Offsets));
            Assert.Equal(ErrorCode.None, broker.Produce("one", one, "a", 0, number, $"one-{number}"));
            Assert.Equal(ErrorCode.None, broker.Add("other", other, number == 2 ? [B1] : [A0, B1]));
            Assert.Equal(ErrorCode.None, broker.Produce("other", other, "b", 1, number, $"other-{number}"));
            Assert.Equal(ErrorCode.None, broker.Produce("one", one, "b", 1, number, $"one-{number}"));
            Assert.Equal(ErrorCode.None, broker.CommitOffset("one", one, number));
            Assert.Equal(ErrorCode.None, await broker.EndAsync("one", one, isCommit: number % 2 == 0));
            files.Note($"one-{number}");
            Assert.Equal(ErrorCode.None, await broker.EndAsync("other", other));
            files.Note($"other-{number}");
        }

        files.Forget(begin);
        return files;
    }

    private async Task CheckAsync(JournalingFileSystem files, int moment, IReadOnlyList<string> losing, bool isPowerCut)
    {
        var entries = files.Effective(moment, losing);
        var point = $"stopped after {moment} of {files.Count}, losing {string.Join(", ", losing)}";
        if (!recovered.TryGetValue(string.Join(',', entries), out var seen))
        {
            recovered.Add(string.Join(',', entries), seen = await RecoverAsync(files, entries, isPowerCut, point));
        }

        foreach (var told in files.Told(moment))
        {
            Assert.True(seen.Contains(told) == told is not ("one-1" or "one-3"), $"{told} was told; seen is {string.Join(", ", seen)}, {point}");
        }
    }

    /// <returns>What is seen in the end.</returns>
    private async Task<List<string>> RecoverAsync(JournalingFileSystem files, IReadOnlyList<int> entries, bool isPowerCut, string point)
    {
        using var copy = new TemporaryDirectory();
        Copy(before.Path, copy.Path);
        files.Replay(copy.Path, entries);
        List<string> seen;
        await using (var broker = await BrokerWithoutNetwork.StartAsync(copy.Path, time, isPowerCut ? "later boot" : "boot"))
        {
            if (!isPowerCut)
            {
                await AbortOpenAsync(broker);
            }

            AssertStable(broker, point);
            seen = Seen(broker, point);
            Assert.DoesNotContain("one-1", seen);
            Assert.DoesNotContain("one-3", seen);
        }

        await using var again = await BrokerWithoutNetwork.StartAsync(copy.Path, time, "last boot");
        AssertStable(again, point);
        Assert.Equal(seen, Seen(again, point));
        return seen;
    }

    /// <summary>After a kill a transaction is still its producer's.</summary>
    private static async Task AbortOpenAsync(BrokerWithoutNetwork broker)
    {
        foreach (var data in broker.Transactions.Transactions.Where(data => data.State == TransactionState.Ongoing))
        {
            Assert.Equal(ErrorCode.None, await broker.EndAsync(data.Id, new ProducerIdAndEpoch(data.ProducerId, data.ProducerEpoch), isCommit: false));
        }
    }

    private static void AssertStable(BrokerWithoutNetwork broker, string point) =>
        Assert.True(broker.IsStable("a", 0) && broker.IsStable("b", 1) && broker.IsStable(TopicCatalog.ConsumerOffsets, 0), point);

    private static List<string> Seen(BrokerWithoutNetwork broker, string point)
    {
        var (a, b) = (broker.Committed("a", 0), broker.Committed("b", 1));
        Assert.True(b.Where(v => v.StartsWith("one", StringComparison.Ordinal)).SequenceEqual(a), $"a has {string.Join(", ", a)}, b has {string.Join(", ", b)}, {point}");
        Assert.True(b.Count == b.Distinct().Count(), point);
        var last = a.Count == 0 ? (long?)null : a.Max(v => long.Parse(v.AsSpan(4), System.Globalization.CultureInfo.InvariantCulture));
        Assert.True(last == broker.CommittedOffset(), $"offset {broker.CommittedOffset()}, {point}");
        return b;
    }

    private static void Copy(string from, string to)
    {
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        }

        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "lock"))
        {
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
        }
    }
}

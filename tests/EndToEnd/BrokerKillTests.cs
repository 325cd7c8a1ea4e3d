using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using StreamDistill.EndToEnd.Crashing;

namespace StreamDistill.EndToEnd;

/// <summary>
/// The broker alone, killed again and again under clients that write with idempotence, and that copy in transactions from one
/// topic to another. SOAK_SEEDS and SOAK_KILLS make it longer.
/// </summary>
public sealed class BrokerKillTests
{
    private const int DefaultKills = 30;
    private const int Partitions = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>One test for each.</summary>
    public static TheoryData<int> Seeds { get; } =
        [.. (Environment.GetEnvironmentVariable("SOAK_SEEDS") is { Length: > 0 } seeds ? seeds : Environment.TickCount.ToString(CultureInfo.InvariantCulture))
            .Split(',').Select(seed => int.Parse(seed, CultureInfo.InvariantCulture))];

    [Theory]
    [MemberData(nameof(Seeds), DisableDiscoveryEnumeration = true)]
    public async Task A_broker_that_is_killed_again_and_again_keeps_every_record_and_every_transaction_whole(int seed)
    {
        var kills = int.Parse(Environment.GetEnvironmentVariable("SOAK_KILLS") is { Length: > 0 } given ? given : $"{DefaultKills}", CultureInfo.InvariantCulture);
        TestContext.Current.SendDiagnosticMessage($"seed {seed}, {kills} kills of the broker");
        using var directory = new Dataset();
        using var broker = await KillableBroker.StartAsync(directory.PathOf("broker"));
        await CreateTopicsAsync(broker.Address);
        using var ending = new CancellationTokenSource();
        using var source = new NumberSource(broker.Address, "in", Partitions);
        var copiers = Enumerable.Range(0, 2).Select(i => new TransactionalCopier(broker.Address, $"copier-{i}", "in", "out")).ToList();
        var working = copiers.Select(copier => copier.RunAsync(ending.Token)).Append(source.RunAsync(ending.Token)).ToList();

        var random = new Random(seed);
        for (var i = 0; i < kills; i++)
        {
            await Task.Delay(random.Next(100, 900), TestContext.Current.CancellationToken);
            await broker.KillAsync();
        }

        source.Stop();
        await working[^1];
        var expected = source.Delivered;
        var written = await ReadUntilAsync(broker.Address, "in", expected.Count);
        AssertOnce(expected, written, "in");
        var copied = await ReadUntilAsync(broker.Address, "out", expected.Count);
        await ending.CancelAsync();
        await Task.WhenAll(working);
        AssertOnce(expected, copied, "out");
        TestContext.Current.SendDiagnosticMessage(
            $"{kills} kills, {expected.Count} records, {copiers.Sum(c => c.Commits)} transactions committed, {copiers.Sum(c => c.Failures)} failed, all of it once");
    }

    private static void AssertOnce(IReadOnlyList<int> expected, IReadOnlyList<int> seen, string topic)
    {
        var doubled = seen.GroupBy(n => n).Where(group => group.Count() > 1).Select(group => group.Key).Order().ToList();
        var lost = expected.Except(seen).Order().ToList();
        var strange = seen.Except(expected).Order().ToList();
        Assert.True(
            doubled.Count + lost.Count + strange.Count == 0,
            $"{topic}: {doubled.Count} doubled ({string.Join(", ", doubled.Take(20))}), {lost.Count} lost ({string.Join(", ", lost.Take(20))}), {strange.Count} never acknowledged ({string.Join(", ", strange.Take(20))}) of {expected.Count}.");
    }

    private static async Task CreateTopicsAsync(string address)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = address }).Build();
        await admin.CreateTopicsAsync(new[] { "in", "out" }.Select(name => new TopicSpecification { Name = name, NumPartitions = Partitions, ReplicationFactor = 1 }));
    }

    /// <summary>What a committed reader sees, once it is as much as it has to be and a little later.</summary>
    private static async Task<List<int>> ReadUntilAsync(string address, string topic, int count)
    {
        for (var deadline = DateTime.UtcNow + Patience; ;)
        {
            var (values, isStable) = await Task.Factory.StartNew(() => Read(address, topic), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            if (values.Count >= count && isStable)
            {
                return values;
            }

            Assert.True(DateTime.UtcNow < deadline, $"{topic} has {values.Count} of {count} records{(isStable ? "" : ", and what is open is never closed")}.");
            await Task.Delay(200);
        }
    }

    /// <returns>The numbers, and whether they reach to the end of every partition.</returns>
    private static (List<int> Values, bool IsStable) Read(string address, string topic)
    {
        using var consumer = new ConsumerBuilder<Ignore, int>(new ConsumerConfig
        {
            BootstrapServers = address, GroupId = "audit", EnableAutoCommit = false, EnablePartitionEof = true, IsolationLevel = IsolationLevel.ReadCommitted, AutoOffsetReset = AutoOffsetReset.Error,
        }).SetLogHandler((_, _) => { }).Build();
        consumer.Assign(Enumerable.Range(0, Partitions).Select(p => new TopicPartitionOffset(topic, p, 0)));
        // By offset: what a consumer that starts again hands out twice is not twice in the log.
        var (values, isStable) = (new Dictionary<TopicPartitionOffset, int>(), true);
        for (var ends = 0; ends < Partitions;)
        {
            var result = consumer.Consume(Patience) ?? throw new TimeoutException($"{topic} cannot be read to its end.");
            if (result.IsPartitionEOF)
            {
                ends++;
                isStable &= consumer.QueryWatermarkOffsets(result.TopicPartition, Patience).High == result.Offset;
            }
            else
            {
                values[result.TopicPartitionOffset] = result.Message.Value;
            }
        }

        return ([.. values.Values], isStable);
    }
}

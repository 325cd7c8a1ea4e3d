namespace StreamDistill.Benchmarks;

/// <summary>The broker's resident memory with a log of some gigabytes.</summary>
internal sealed class MemoryBenchmark(string name, int gigabytes, bool isOnRequestOnly) : IBenchmark
{
    private const int Records = 1_000_000;
    private const double TargetMegabytes = 300;

    public string Name { get; } = name;

    public bool IsOnRequestOnly { get; } = isOnRequestOnly;

    public async Task RunAsync(Report report)
    {
        using var directory = new ScratchDirectory();
        await using var broker = await BrokerProcess.StartAsync(directory.Path);
        await broker.CreateTopicAsync("memory");
        report.Add("a log of", $"{gigabytes} GB, {Clients.Partitions} partitions");
        AddMemory(report, "at the start", broker);
        for (var i = 0; i < gigabytes; i++)
        {
            await Console.Error.WriteLineAsync($"  GB {i + 1} of {gigabytes}: produced {Load.Produce(broker, "memory", Records - 1)}");
        }

        AddMemory(report, "everything produced", broker);
        await Console.Error.WriteLineAsync($"  consumed {Load.Consume(broker, "memory", gigabytes * Records)}");
        AddMemory(report, "everything consumed", broker);
        var size = Directory.EnumerateFiles(directory.Path, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);
        report.Add("on disk", $"{size / 1e6:N0} MB");
        report.AddAtMost("resident memory at its highest", broker.Memory().Peak / 1e6, " MB", TargetMegabytes);
    }

    private static void AddMemory(Report report, string when, BrokerProcess broker)
    {
        var (resident, peak) = broker.Memory();
        report.Add(when, $"{resident / 1e6:N0} MB resident, at its highest {peak / 1e6:N0} MB");
    }
}

namespace StreamDistill.Benchmarks;

/// <summary>What fsync before every acknowledgement costs, against fsync every few dozen milliseconds, in turns.</summary>
internal sealed class FsyncBenchmark : IBenchmark
{
    private const int Records = 300_000;
    private const int Rounds = 5;

    public string Name => "broker-fsync";

    public async Task RunAsync(Report report)
    {
        using var directory = new ScratchDirectory();
        await using var interval = await BrokerProcess.StartAsync(Path.Combine(directory.Path, "interval"));
        await using var always = await BrokerProcess.StartAsync(Path.Combine(directory.Path, "always"), fsyncAlways: true);
        List<double> relaxed = [], strict = [];
        for (var round = -1; round < Rounds; round++)
        {
            var topic = $"fsync{round + 1}";
            await interval.CreateTopicAsync(topic);
            await always.CreateTopicAsync(topic);
            relaxed.Add(Load.Produce(interval, topic, Records).PerSecond);
            strict.Add(Load.Produce(always, topic, Records).PerSecond);
            await interval.DeleteTopicAsync(topic);
            await always.DeleteTopicAsync(topic);
            await Console.Error.WriteLineAsync(FormattableString.Invariant($"  round {round + 1} of {Rounds}: {relaxed[^1]:N0}/s, always {strict[^1]:N0}/s"));
        }

        report.Add("fsync at intervals", $"{relaxed.Skip(1).Median():N0} records/s");
        report.Add("fsync always", $"{strict.Skip(1).Median():N0} records/s");
        report.Add("always / at intervals", $"{strict.Skip(1).Median() / relaxed.Skip(1).Median():N2}×");
    }
}

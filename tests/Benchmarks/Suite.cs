namespace StreamDistill.Benchmarks;

/// <summary>Something that is measured side by side with something else, or against a target.</summary>
internal interface IBenchmark
{
    /// <summary>How the command line calls it.</summary>
    string Name { get; }

    /// <summary>Measures, says on standard error how far it is, and fills the report.</summary>
    Task RunAsync(Report report);
}

/// <summary>All benchmarks.</summary>
internal static class Suite
{
    private static readonly IBenchmark[] All = [new AvroBenchmark(), new VerdictBenchmark(), new StageBenchmark(), new BackpressureBenchmark(), new IngestBenchmark(), new PipelineBenchmark(), new LatencyBenchmark()];

    /// <returns>0; 2 for a name that is none. A target that is missed is printed, not an error: the machine may be busy.</returns>
    public static async Task<int> RunAsync(string[] names)
    {
        if (names.Except(All.Select(benchmark => benchmark.Name)).FirstOrDefault() is { } unknown)
        {
            await Console.Error.WriteLineAsync($"There is no benchmark '{unknown}'; there are {string.Join(", ", All.Select(benchmark => benchmark.Name))}.");
            return 2;
        }

        foreach (var benchmark in All.Where(benchmark => names.Length == 0 || names.Contains(benchmark.Name)))
        {
            await Console.Error.WriteLineAsync($"{benchmark.Name} …");
            var report = new Report(benchmark.Name);
            await benchmark.RunAsync(report);
            report.Print();
        }

        return 0;
    }
}

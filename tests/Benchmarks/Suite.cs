namespace StreamDistill.Benchmarks;

/// <summary>Something that is measured side by side with something else, or against a target.</summary>
internal interface IBenchmark
{
    /// <summary>How the command line calls it.</summary>
    string Name { get; }

    /// <summary>It takes too long to run with all others.</summary>
    bool IsOnRequestOnly => false;

    /// <summary>Measures, says on standard error how far it is, and fills the report.</summary>
    Task RunAsync(Report report);
}

/// <summary>All benchmarks.</summary>
internal static class Suite
{
    private static readonly IBenchmark[] All =
    [
        new AvroBenchmark(),
        new VerdictBenchmark(),
        new MathBenchmark(),
        new TokenizerBenchmark(),
        new ThroughputBenchmark(),
        new ProduceLatencyBenchmark(),
        new TransactionsBenchmark(),
        new FsyncBenchmark(),
        new RecoveryBenchmark(),
        new MemoryBenchmark("broker-memory", 2, isOnRequestOnly: false),
        new MemoryBenchmark("broker-memory-10gb", 10, isOnRequestOnly: true),
        new StageBenchmark(),
        new BackpressureBenchmark(),
        new IngestBenchmark(),
        new PipelineBenchmark(),
        new LatencyBenchmark(),
        new TrainingBenchmark(),
        new TrainingMemoryBenchmark(),
        new SoftLabelSizeBenchmark(),
        new GenerationBenchmark(),
    ];

    /// <param name="names">Which ones; broker is all those whose names begin with broker-. None is all.</param>
    /// <returns>0; 2 for a name that is none. A target that is missed is printed, not an error: the machine may be busy.</returns>
    public static async Task<int> RunAsync(string[] names)
    {
        if (names.FirstOrDefault(name => !All.Any(benchmark => Chooses(name, benchmark))) is { } unknown)
        {
            await Console.Error.WriteLineAsync($"There is no benchmark '{unknown}'; there are {string.Join(", ", All.Select(benchmark => benchmark.Name))}.");
            return 2;
        }

        foreach (var benchmark in All.Where(benchmark => names.Length == 0 ? !benchmark.IsOnRequestOnly : names.Any(name => Chooses(name, benchmark))))
        {
            await Console.Error.WriteLineAsync($"{benchmark.Name} …");
            var report = new Report(benchmark.Name);
            await benchmark.RunAsync(report);
            report.Print();
        }

        return 0;
    }

    private static bool Chooses(string name, IBenchmark benchmark) =>
        name == benchmark.Name || (!benchmark.IsOnRequestOnly && benchmark.Name.StartsWith(name + '-', StringComparison.Ordinal));
}

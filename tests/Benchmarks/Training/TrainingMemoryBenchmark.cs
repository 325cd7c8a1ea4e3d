using StreamDistill.Train;
using TorchSharp;

namespace StreamDistill.Benchmarks;

/// <summary>The memory of 2,000 steps: their last 500 take no more than their first 500.</summary>
internal sealed class TrainingMemoryBenchmark : IBenchmark
{
    private const int Steps = 2000, Part = 500;

    public string Name => "training-memory";

    public Task RunAsync(Report report)
    {
        torch.set_num_threads(1);
        using var directory = new ScratchDirectory();
        var config = TrainingWork.Config with { VocabularySize = 512, HiddenSize = 64, IntermediateSize = 176, Layers = 2, HeadSize = 8 };
        using var learner = TrainingWork.Begin(TrainingWork.WriteBase(Path.Combine(directory.Path, "base"), config), softWeight: 0.5);
        var packs = TrainingWork.Packs(TrainingWork.Examples(400, config, soft: true));
        var (first, last) = (0L, 0L);
        for (var step = 0; step < Steps; step++)
        {
            learner.Step([packs[step % packs.Count][..1]], step, "");
            var resident = Environment.WorkingSet;
            first = step < Part ? Math.Max(first, resident) : first;
            last = step >= Steps - Part ? Math.Max(last, resident) : last;
        }

        report.Add("first 500 steps, most resident", $"{first / 1e6:N0} MB");
        report.Add("last 500 of 2,000", $"{last / 1e6:N0} MB");
        report.AddAtMost("last / first", last / (double)first, "×", 1.05);
        return Task.CompletedTask;
    }
}

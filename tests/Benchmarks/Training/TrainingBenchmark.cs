using System.Diagnostics;
using System.Globalization;
using StreamDistill.Train;
using TorchSharp;

namespace StreamDistill.Benchmarks;

/// <summary>
/// Tokens per second of our training and of the same model, data and steps in python3-torch over the same libtorch, each at
/// its best number of threads; what packing gains over padding, and what soft labels cost. One thread is measured in CPU
/// time, which is the same on a busy machine; several in wall time.
/// </summary>
internal sealed class TrainingBenchmark : IBenchmark
{
    private const int Rounds = 5, Examples = 128;

    public string Name => "training-speed";

    public async Task RunAsync(Report report)
    {
        using var directory = new ScratchDirectory();
        var folder = TrainingWork.WriteBase(Path.Combine(directory.Path, "base"), TrainingWork.Config);
        var examples = TrainingWork.Examples(Examples, TrainingWork.Config);
        var (packed, padded) = (TrainingWork.Packs(examples), TrainingWork.PaddedPacks(examples));
        var soft = TrainingWork.Packs(TrainingWork.Examples(Examples, TrainingWork.Config, soft: true));
        var packs = Directory.CreateDirectory(Path.Combine(directory.Path, "packs")).FullName;
        for (var i = 0; i < packed.Count; i++)
        {
            TrainingWork.Write(Path.Combine(packs, string.Create(CultureInfo.InvariantCulture, $"{i:D4}.safetensors")), packed[i]);
        }

        var decoder = Path.Combine(Child.SourceFolder, "../Shared/Student.Tests/Python");
        await using var python = Child.Start("/usr/bin/python3", [Path.Combine(Child.SourceFolder, "Training/training.py"), decoder, folder, packs]);
        using var learner = TrainingWork.Begin(folder);
        using var distiller = TrainingWork.Begin(folder, softWeight: 0.5);
        int[] threads = [.. new[] { 1, Environment.ProcessorCount }.Distinct()];
        var (ours, theirs) = (threads.ToDictionary(count => count, _ => new List<double>()), threads.ToDictionary(count => count, _ => new List<double>()));
        var (padding, distilling) = (new List<double>(), new List<double>());
        for (var round = -1; round < Rounds; round++)
        {
            await Console.Error.WriteLineAsync(round < 0 ? "  warming up" : string.Create(CultureInfo.InvariantCulture, $"  round {round + 1} of {Rounds}"));
            foreach (var count in threads)
            {
                var (our, their) = (Pass(learner, packed, count), double.Parse(await python.AskAsync(count.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture));
                if (round >= 0)
                {
                    ours[count].Add(our);
                    theirs[count].Add(their);
                }
            }

            var (padPass, softPass) = (Pass(learner, padded, threads: 1), Pass(distiller, soft, threads: 1));
            if (round >= 0)
            {
                padding.Add(padPass);
                distilling.Add(softPass);
            }
        }

        var tokens = examples.Sum(example => example.Tokens.Length);
        var (own, other) = (Best(ours), Best(theirs));
        report.Add("ours", $"{tokens / own.Seconds:N0} tokens/s with {own.Threads} threads");
        report.Add("python3-torch", $"{tokens / other.Seconds:N0} tokens/s with {other.Threads} threads");
        report.AddAtLeast("ours / python3-torch", other.Seconds / own.Seconds, "×", 1);
        report.Add("full rows, packed", $"{100.0 * tokens / (packed.Sum(pack => pack.Length) * TrainingWork.SequenceLength):N0} %");
        report.AddAtLeast("packed / padded, tokens/s", padding.Median() / ours[1].Median(), "×", 2);
        report.AddAtMost("a step with soft labels / one without", distilling.Median() / ours[1].Median(), "×", 1.15);
    }

    /// <summary>Seconds for a pass over the packs.</summary>
    private static double Pass(Learner learner, List<List<EncodedExample>[]> packs, int threads)
    {
        torch.set_num_threads(threads);
        var (started, used) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        for (var step = 0; step < packs.Count; step++)
        {
            learner.Step([packs[step]], step, "");
        }

        return (threads == 1 ? Environment.CpuUsage.TotalTime - used : Stopwatch.GetElapsedTime(started)).TotalSeconds;
    }

    private static (int Threads, double Seconds) Best(Dictionary<int, List<double>> times) =>
        times.Select(pair => (pair.Key, pair.Value.Median())).MinBy(pair => pair.Item2);
}

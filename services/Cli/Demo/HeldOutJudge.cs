using StreamDistill.Cli.Exporting;
using StreamDistill.Cli.Training;
using static System.FormattableString;

namespace StreamDistill.Cli.Demo;

/// <summary>Judges models by the same held-out problems, with the trainer's own evaluation.</summary>
/// <param name="directory">For the problems, and what the trainer writes.</param>
/// <param name="seed">The problems' seed.</param>
/// <param name="problems">How many.</param>
/// <param name="announce">Gets what the trainer has to say to a person.</param>
internal sealed class HeldOutJudge(string directory, int seed, int problems, Action<string> announce)
{
    /// <summary>Lets a model solve them.</summary>
    /// <param name="name">What to call it; one word.</param>
    /// <param name="model">Its directory.</param>
    /// <param name="temperature">Of its answers.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<JudgedModel> JudgeAsync(string name, string model, double temperature, CancellationToken cancellationToken)
    {
        // What an earlier judgement left there would be taken for this one's.
        var output = Path.Combine(directory, Invariant($"{name}-at-{temperature}"));
        OutputDirectory.Remove(output);
        Directory.CreateDirectory(output);
        var heldOut = Path.Combine(output, "problems.jsonl");
        using (var lines = new JsonLinesFile(heldOut))
        {
            DemoCorpus.AddHeldOut(lines, seed, problems);
        }

        var judged = await new TrainingPlan(name, model, heldOut, output, StudentSettings.Judging(problems, temperature)).RunAsync(announce, cancellationToken);
        return JudgedModel.Of(name, model, judged.Before!);
    }
}

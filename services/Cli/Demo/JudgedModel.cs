using StreamDistill.Student;
using StreamDistill.Train;

namespace StreamDistill.Cli.Demo;

/// <summary>A model and how it did on held-out problems.</summary>
/// <param name="Name">Which one.</param>
/// <param name="Parameters">Its size.</param>
/// <param name="PassAt1">The share solved.</param>
/// <param name="Problems">Of how many.</param>
/// <param name="TokensPerAnswer">The mean.</param>
/// <param name="MsPerAnswer">The median, with 16 answers at a time.</param>
internal sealed record JudgedModel(string Name, long Parameters, double PassAt1, int Problems, double TokensPerAnswer, double MsPerAnswer)
{
    /// <summary>The model of a directory with its figures.</summary>
    public static JudgedModel Of(string name, string directory, EvaluationFigures figures)
    {
        using var weights = SafetensorsFile.Open(Path.Combine(directory, StoredCheckpoint.Weights));
        var parameters = weights.Entries.Values.Sum(entry => entry.Shape.Aggregate(1L, (product, size) => product * size));
        return new JudgedModel(name, parameters, figures.PassAt1, figures.Answers, figures.MeanTokens, figures.LatencyP50Ms);
    }
}

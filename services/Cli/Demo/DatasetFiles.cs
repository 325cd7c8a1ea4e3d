using System.Text.Json;

namespace StreamDistill.Cli.Demo;

/// <summary>A completion of a dataset, right or wrong.</summary>
/// <param name="PromptId">Of its prompt.</param>
/// <param name="SampleIndex">Which of the prompt's samples it is.</param>
/// <param name="Reasoning">The chain of thought.</param>
/// <param name="Answer">The answer.</param>
/// <param name="Failed">The verifiers that did not pass it.</param>
internal sealed record DatasetCompletion(string PromptId, int SampleIndex, string? Reasoning, string Answer, IReadOnlyList<string> Failed)
{
    /// <summary>Whether it would pass if it were not for this verifier.</summary>
    public bool PassesBut(string verifier) => Failed.All(failed => failed == verifier);
}

/// <summary>Reads a dataset's files as a student's teacher would.</summary>
internal static class DatasetFiles
{
    /// <summary>The lines of verified.jsonl and rejected.jsonl of a dataset's directory, errors left out, by prompt and sample.</summary>
    public static IReadOnlyList<DatasetCompletion> Completions(string directory) =>
    [
        .. new[] { Exporting.OutputDirectory.Verified, Exporting.OutputDirectory.Rejected }
            .SelectMany(file => Lines(Path.Combine(directory, file)))
            .Where(line => line.GetProperty("error_code").ValueKind == JsonValueKind.Null)
            .Select(line => new DatasetCompletion(
                line.GetProperty("prompt_id").GetString()!,
                line.GetProperty("sample_index").GetInt32(),
                line.GetProperty("reasoning").GetString(),
                line.GetProperty("answer").GetString()!,
                [.. line.GetProperty("checks").EnumerateArray().Where(check => check.GetProperty("outcome").GetString() != "PASS").Select(check => check.GetProperty("verifier").GetString()!)]))
            .OrderBy(completion => completion.PromptId, StringComparer.Ordinal)
            .ThenBy(completion => completion.SampleIndex),
    ];

    /// <summary>How many of a dataset's examples are for training.</summary>
    public static int TrainingExamples(string directory) =>
        Lines(Path.Combine(directory, Exporting.OutputDirectory.Curated)).Count(line => line.GetProperty("split").GetString() == "TRAIN");

    /// <summary>A file's lines as JSON.</summary>
    public static IEnumerable<JsonElement> Lines(string path) => File.ReadLines(path).Select(line => JsonDocument.Parse(line).RootElement);
}

using System.Text.Json;
using StreamDistill.Contracts;

namespace StreamDistill.Train;

/// <summary>
/// withdrawn.jsonl: examples that were withdrawn after they were trained, each with the checkpoints that saw it. Weights
/// cannot forget; whoever has to act on it finds here what to delete.
/// </summary>
internal sealed class Withdrawals(string root, ILogger logger)
{
    private readonly string path = Path.Combine(root, "withdrawn.jsonl");

    /// <summary>Adds examples that are not there yet.</summary>
    /// <param name="withdrawn">Their ids, and the rounds that trained them first.</param>
    /// <param name="checkpoints">The checkpoints there are, and their rounds; read only where something was withdrawn.</param>
    public void Add(IReadOnlyCollection<(UInt128 Id, int Round)> withdrawn, IEnumerable<(string Name, int Round)> checkpoints)
    {
        if (withdrawn.Count == 0)
        {
            return;
        }

        var trained = checkpoints.Where(checkpoint => !IsBase(checkpoint.Name)).ToList();
        var lines = File.Exists(path) ? File.ReadAllLines(path).ToList() : [];
        var known = lines.Select(line => JsonSerializer.Deserialize<Line>(line, Format)!.ExampleId).ToHashSet(StringComparer.Ordinal);
        var added = withdrawn
            .Select(example => new Line(
                StableId.Text(example.Id),
                example.Round,
                [.. trained.Where(checkpoint => checkpoint.Round >= example.Round).Select(checkpoint => checkpoint.Name)]))
            .Where(line => known.Add(line.ExampleId))
            .ToList();
        foreach (var line in added)
        {
            logger.LogWarning(
                "Example {Example} was withdrawn after round {Round} had trained it; checkpoints that saw it: {Checkpoints}",
                line.ExampleId, line.Round, line.Checkpoints.Count == 0 ? "none that is kept" : string.Join(", ", line.Checkpoints));
        }

        if (added.Count > 0)
        {
            lines.AddRange(added.Select(line => JsonSerializer.Serialize(line, Format)));
            DurableDirectory.ReplaceFile(path, string.Join('\n', lines) + "\n");
        }
    }

    private static readonly JsonSerializerOptions Format = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The base is of round 1, but from before its first step.</summary>
    private static bool IsBase(string checkpoint) => checkpoint.EndsWith("-00000000", StringComparison.Ordinal);

    private sealed record Line(string ExampleId, int Round, IReadOnlyList<string> Checkpoints);
}

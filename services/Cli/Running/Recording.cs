using System.Text.Json;
using System.Text.Json.Serialization;
using StreamDistill.Cli.Submitting;
using StreamDistill.Contracts;

namespace StreamDistill.Cli.Running;

/// <summary>How verdicts compare with the labels of a recording.</summary>
internal sealed class LabelAgreement
{
    private const int ListedMax = 20;

    private readonly List<(string PromptId, int SampleIndex, bool Label, string Outcome)> disagreements = [];

    /// <summary>Verdicts on labelled completions.</summary>
    public long Total { get; private set; }

    /// <summary>PASS on those labelled right, and any other outcome on those labelled wrong: a label does not tell wrong from undecidable.</summary>
    public long Agree { get; private set; }

    /// <summary>The first disagreements.</summary>
    public IReadOnlyList<(string PromptId, int SampleIndex, bool Label, string Outcome)> Disagreements => disagreements;

    public void Add(string promptId, int sampleIndex, bool label, string outcome)
    {
        Total++;
        if (outcome == "PASS" == label)
        {
            Agree++;
        }
        else if (disagreements.Count < ListedMax)
        {
            disagreements.Add((promptId, sampleIndex, label, outcome));
        }
    }
}

/// <summary>
/// What the command needs to know of a file of recorded completions before the teacher reads it: that it can be read, how
/// many samples a prompt has at most, how long they are, and which are labelled right or wrong (is_correct).
/// </summary>
internal sealed class Recording
{
    private readonly Dictionary<string, List<bool?>> labels = new(StringComparer.Ordinal);

    private Recording()
    {
    }

    /// <summary>Most samples of one prompt.</summary>
    public int SamplesMax { get; private set; }

    /// <summary>Whether any sample is labelled.</summary>
    public bool HasLabels { get; private set; }

    /// <exception cref="StreamDistillException">The file cannot be read, or a line is no completion.</exception>
    public static async Task<Recording> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            throw new StreamDistillException($"There is no recording {path}.");
        }

        var recording = new Recording();
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan);
        await foreach (var line in JsonElements.LinesAsync(file, JsonElements.LineBytesMax, cancellationToken))
        {
            recording.Add(path, line);
        }

        return recording.labels.Count > 0 ? recording : throw new StreamDistillException($"The recording {path} has no completion.");
    }

    /// <summary>The label of a sample of the first attempt; null where it has none.</summary>
    public bool? LabelOf(string promptId, int sampleIndex) =>
        labels.TryGetValue(promptId, out var samples) && sampleIndex < samples.Count ? samples[sampleIndex] : null;

    private void Add(string path, JsonElementLine line)
    {
        Line? parsed;
        try
        {
            parsed = line.Bytes is { } bytes ? JsonSerializer.Deserialize(bytes.Span, RecordingJson.Default.Line) : throw new JsonException($"it is longer than {JsonElements.LineBytesMax} bytes");
        }
        catch (JsonException e)
        {
            throw new StreamDistillException($"Line {line.Number} of the recording {path} cannot be read: {e.Message}", isTransient: false, e);
        }

        if (parsed?.PromptId is not { Length: > 0 } promptId)
        {
            throw new StreamDistillException($"Line {line.Number} of the recording {path} has no prompt_id.");
        }

        if (!labels.TryGetValue(promptId, out var samples))
        {
            labels[promptId] = samples = [];
        }

        var count = (parsed.Response?.Choices ?? parsed.Choices)?.Length ?? 1;
        samples.AddRange(Enumerable.Repeat(parsed.IsCorrect, count));
        SamplesMax = Math.Max(SamplesMax, samples.Count);
        HasLabels |= parsed.IsCorrect is not null;
    }

    internal sealed record Line(string? PromptId, bool? IsCorrect, JsonElement[]? Choices, Answer? Response);

    internal sealed record Answer(JsonElement[]? Choices);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Recording.Line))]
internal sealed partial class RecordingJson : JsonSerializerContext;

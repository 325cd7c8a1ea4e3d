// A line of a file of examples is one JSON object: a line of curated.jsonl, or any conversation that ends with an
// assistant's turn. Keys that are not named here are passed over.
//   messages             [{role, content}], required; the last one is the assistant's: the answer, with its
//                        reasoning_content where it wrote thoughts apart, or <think>…</think> before the answer
//   example_id           default: a hash of the line's conversation
//   prompt_id, completion_id, tenant, task, kind, content_hash, policy_hash   as in curated.jsonl
//   split                TRAIN or HOLDOUT; default TRAIN
//   weight               default 1
//   reference_answer, reference_rationale, checks, soft_labels   default: none
using System.Text.Json;
using streamdistill;
using StreamDistill.Contracts;

namespace StreamDistill.Train;

/// <summary>Reads examples from JSON lines.</summary>
internal static class ExampleLine
{
    private static readonly JsonSerializerOptions Format = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <param name="json">The line.</param>
    /// <param name="path">The file, for errors.</param>
    /// <param name="number">The line's number from 1, for errors.</param>
    /// <exception cref="StreamDistillException">It is no example; the message says why and where.</exception>
    public static ExampleRecord Parse(string json, string path, long number)
    {
        try
        {
            return ToRecord(JsonSerializer.Deserialize<Line>(json, Format) ?? throw new InvalidDataException("it is null"));
        }
        catch (Exception error) when (error is JsonException or InvalidDataException)
        {
            throw new StreamDistillException($"{path}, line {number} is no example: {error.Message}", isTransient: false, error);
        }
    }

    private static ExampleRecord ToRecord(Line line)
    {
        if (line.Messages is not { Count: > 0 } turns || turns[^1].Role != "assistant")
        {
            throw new InvalidDataException("its messages do not end with one of the role assistant, which is what the student learns to say");
        }

        if (turns.Any(turn => turn.Role is null || turn.Content is null))
        {
            throw new InvalidDataException("a message has no role or no content");
        }

        var answer = turns[^1];
        var (inline, rest) = answer.ReasoningContent is null ? ThinkTags.Split(answer.Content!) : (answer.ReasoningContent, answer.Content!);
        string?[] parts = [.. turns.SelectMany(turn => new[] { turn.Role, turn.Content, turn.ReasoningContent })];
        var hash = StableId.Of(parts);
        var exampleId = line.ExampleId is null ? hash : StableId.TryBits(line.ExampleId, out _) ? line.ExampleId : StableId.Of(line.ExampleId);
        var example = new TrainingExample
        {
            ExampleId = exampleId,
            PromptId = line.PromptId ?? "",
            CompletionId = line.CompletionId ?? "",
            Tenant = line.Tenant ?? "",
            Task = line.Task ?? "",
            Kind = line.Kind is { } kind ? Word<Kind>("kind", kind) : Kind.UNKNOWN,
            Split = line.Split is { } split ? Word<Split>("split", split) : Split.TRAIN,
            Messages = [.. turns.SkipLast(1).Select(turn => new Message { Role = turn.Role!, Content = turn.Content! })],
            Reasoning = inline,
            Answer = rest,
            Reference = line.ReferenceAnswer is null && line.ReferenceRationale is null
                ? null
                : new Reference { Answer = line.ReferenceAnswer, Rationale = line.ReferenceRationale },
            SoftLabels = line.SoftLabels?.Select(label => new SoftLabel
            {
                Token = label.Token,
                Logprob = label.Logprob,
                Top = [.. label.Top.Select(other => new TopLogprob { Token = other.Token, Logprob = other.Logprob })],
            }).ToList(),
            Weight = line.Weight ?? 1,
            ContentHash = line.ContentHash ?? hash,
            Origin = new Origin { Topic = "" },
            Teacher = new Teacher { Provider = "", Model = "" },
            Verifiers = [],
            Checks = [.. (line.Checks ?? []).Select(check => new VerifierSpec { Name = check.Name, Parameters = check.Parameters ?? [] })],
            PolicyHash = line.PolicyHash ?? "",
            CreatedAt = DateTime.UnixEpoch,
        };
        return double.IsFinite(example.Weight) && example.Weight >= 0
            ? new ExampleRecord(StableId.Bits(exampleId), example)
            : throw new InvalidDataException($"its weight is {example.Weight}; it must not be below 0");
    }

    private static T Word<T>(string key, string word)
        where T : struct, Enum =>
        Enum.TryParse<T>(word, out var value)
            ? value
            : throw new InvalidDataException($"its {key} is '{word}'; allowed are {string.Join(", ", Enum.GetNames<T>())}");

    private sealed record Turn(string? Role, string? Content, string? ReasoningContent);

    private sealed record Spec(string Name, Dictionary<string, string>? Parameters);

    private sealed record Other(string Token, float Logprob);

    private sealed record Label(string Token, float Logprob, IReadOnlyList<Other> Top);

    private sealed record Line(
        IReadOnlyList<Turn>? Messages,
        string? ExampleId,
        string? PromptId,
        string? CompletionId,
        string? Tenant,
        string? Task,
        string? Kind,
        string? Split,
        double? Weight,
        string? ReferenceAnswer,
        string? ReferenceRationale,
        string? ContentHash,
        string? PolicyHash,
        IReadOnlyList<Spec>? Checks,
        IReadOnlyList<Label>? SoftLabels);
}

using System.Globalization;
using System.Text.Json;
using streamdistill;
using StreamDistill.Contracts;

namespace StreamDistill.Train.Tests;

/// <summary>Examples of all kinds.</summary>
internal static class Samples
{
    public static TrainingExample Example(
        int number, Split split = Split.TRAIN, double weight = 1, string? reasoning = "It is so.", string? answer = null, IList<SoftLabel>? softLabels = null) => new()
    {
        ExampleId = StableId.Of(number.ToString(CultureInfo.InvariantCulture)),
        PromptId = $"p{number}",
        CompletionId = $"c{number}",
        Tenant = "acme",
        Task = "math",
        Kind = Kind.REASONING,
        Split = split,
        Messages = [new Message { Role = "user", Content = $"What is {number} plus {number}?" }],
        Reasoning = reasoning,
        Answer = answer ?? $"The answer is {2 * number}.",
        Reference = new Reference { Answer = $"{2 * number}", Rationale = "Count them." },
        SoftLabels = softLabels,
        Weight = weight,
        ContentHash = StableId.Of("content", number.ToString(CultureInfo.InvariantCulture)),
        Origin = new Origin { Topic = "verified" },
        Teacher = new Teacher { Provider = "recorded", Model = "m" },
        Verifiers = ["numeric@1"],
        CreatedAt = DateTime.UnixEpoch,
    };

    /// <summary>A line as curated.jsonl has it.</summary>
    public static string Line(TrainingExample example) => JsonSerializer.Serialize(new
    {
        messages = example.Messages.Select(message => new { role = message.Role, content = message.Content, reasoning_content = (string?)null })
            .Append(new { role = "assistant", content = example.Answer, reasoning_content = example.Reasoning }),
        example_id = example.ExampleId,
        prompt_id = example.PromptId,
        task = example.Task,
        kind = example.Kind.ToString(),
        split = example.Split.ToString(),
        weight = example.Weight,
        reference_answer = example.Reference?.Answer,
        content_hash = example.ContentHash,
    });

    /// <summary>An example as tokens that mean nothing: so many before the target, so many of it.</summary>
    public static EncodedExample Encoded(int number, int prompt = 3, int target = 4, float weight = 1, SoftLabelRun? softLabels = null)
    {
        var random = new Random(number);
        return new EncodedExample(
            StableId.Bits(StableId.Of(number.ToString(CultureInfo.InvariantCulture))),
            [.. Enumerable.Range(0, prompt + target).Select(_ => random.Next(TinyStudent.Config.VocabularySize))],
            prompt,
            weight,
            softLabels);
    }
}

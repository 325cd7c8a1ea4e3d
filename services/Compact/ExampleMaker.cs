using System.Globalization;
using streamdistill;
using StreamDistill.Contracts;
using StreamDistill.Pipeline;

namespace StreamDistill.Compact;

/// <summary>Makes a training example of a verdict: a pure function of the verdict, its position and the options.</summary>
internal sealed class ExampleMaker(CompactOptions options)
{
    private readonly HashSet<string> reasoningTasks = new(
        options.ReasoningTasks.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Throws <see cref="UnprocessableRecordException"/> for a verdict that is not PASS: it belongs on <c>rejected</c>.</summary>
    public (TrainingExample Example, ExampleIdentity Identity) Make(Input<Verdict> input)
    {
        var (verdict, position) = input;
        var completion = verdict.Completion;
        var prompt = completion.Prompt;
        if (verdict.Outcome != Outcome.PASS)
        {
            throw new UnprocessableRecordException(
                "not_passed",
                $"the verdict on completion {completion.CompletionId} at {position} has outcome {verdict.Outcome}; {Topics.Verified} holds only PASS");
        }

        var identity = ExampleIdentity.Of(prompt.Tenant, prompt.Messages, completion.Reasoning, completion.Answer);
        var kind = KindOf(prompt.Task, completion.Reasoning);
        var example = new TrainingExample
        {
            ExampleId = StableId.Of(prompt.PromptId, completion.CompletionId, identity.ContentHash),
            PromptId = prompt.PromptId,
            CompletionId = completion.CompletionId,
            Tenant = prompt.Tenant,
            Task = prompt.Task,
            Kind = kind,
            Split = SplitOf(identity.TextKey),
            Messages = prompt.Messages,
            Reasoning = completion.Reasoning,
            Answer = completion.Answer,
            Reference = prompt.Reference,
            SoftLabels = completion.SoftLabels,
            Weight = options.Balance == Balance.Weight && kind == Kind.GENERAL ? 1 / options.Ratio : 1,
            ContentHash = identity.ContentHash,
            Origin = new Origin { Topic = position.Topic, Partition = position.Partition.Value, Offset = position.Offset.Value },
            Teacher = completion.Teacher,
            Verifiers = [.. verdict.Checks.Where(check => check.Outcome == Outcome.PASS).Select(check => check.Verifier + "@" + check.Version)],
            PolicyHash = verdict.PolicyHash,

            // The verdict's time, not the clock's: the same verdicts make the same records in every run.
            CreatedAt = verdict.DecidedAt,
            Checks = prompt.Verifiers,
        };
        return (example, identity);
    }

    private Kind KindOf(string task, string? reasoning) =>
        !string.IsNullOrWhiteSpace(reasoning) || reasoningTasks.Contains(task) ? Kind.REASONING : Kind.GENERAL;

    /// <summary>By the text alone, so that the same question of two tenants is on the same side.</summary>
    private Split SplitOf(string textKey)
    {
        var hash = ulong.Parse(
            StableId.Of(options.HoldoutSalt, textKey).AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

        // 53 bits are what a double holds exactly: the fraction is below 1 whatever the hash.
        var fraction = (hash >> 11) * Math.ScaleB(1, -53);
        return fraction < options.HoldoutShare ? Split.HOLDOUT : Split.TRAIN;
    }
}

using streamdistill;
using StreamDistill.Contracts;
using StreamDistill.Pipeline;
using StreamDistill.Verification;

namespace StreamDistill.Verify;

/// <summary>
/// Judges the completions of one attempt at a prompt: those that pass go to verified, the others to rejected, and where none
/// passes the prompt goes back to prompts as <see cref="VerifyPolicy.Next"/> wants it, all in one transaction.
/// </summary>
public sealed class VerifyStage(VerifyPolicy policy, TimeProvider time) : IStage<Completion>
{
    /// <inheritdoc />
    public async ValueTask<IReadOnlyList<Output>> ProcessAsync(IReadOnlyList<Input<Completion>> unit, CancellationToken cancellationToken)
    {
        var last = unit[^1].Value;
        var verifiers = policy.SetFor(last.Prompt);
        var decisions = new List<Decision>(unit.Count);
        var outputs = new List<Output>(unit.Count + 1);
        foreach (var (completion, _) in unit)
        {
            var decision = await verifiers.DecideAsync(Candidate.Of(completion), cancellationToken);
            decisions.Add(decision);
            outputs.Add(new Output(
                decision.Outcome == Outcome.PASS ? Topics.Verified : Topics.Rejected,
                completion.Prompt.PromptId,
                VerdictOf(completion, decision, verifiers.Hash)));
        }

        // A unit that lost its first samples to retention is judged by the rest; one without the last sample is not the
        // attempt's end, so that an attempt is never followed by two.
        var isEndOfAttempt = last.SampleIndex == last.SampleCount - 1;
        if (isEndOfAttempt && decisions.All(decision => decision.Outcome != Outcome.PASS) && policy.Next(last.Prompt, decisions) is { } next)
        {
            outputs.Add(new Output(Topics.Prompts, next.PromptId, next));
        }

        return outputs;
    }

    private Verdict VerdictOf(Completion completion, Decision decision, string policyHash) => new()
    {
        Completion = completion,
        Outcome = decision.Outcome,
        Checks = decision.Checks,
        ExtractedAnswer = decision.ExtractedAnswer,
        PolicyHash = policyHash,
        DecidedAt = time.GetUtcNow().UtcDateTime,
    };
}

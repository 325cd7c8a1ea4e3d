using streamdistill;
using StreamDistill.Contracts;
using StreamDistill.Verification;

namespace StreamDistill.Verify;

/// <summary>The options at work: which verifiers judge a prompt's answers, and what it is asked next.</summary>
public sealed class VerifyPolicy
{
    // What another attempt cannot change: the teacher will say the same, or there is nothing to compare with.
    private static readonly HashSet<string> Hopeless = new(StringComparer.Ordinal)
    {
        ReasonCodes.OfTeacherError("refused"),
        ReasonCodes.OfTeacherError("budget_exhausted"),
        ReasonCodes.OfTeacherError("not_recorded"),
        ReasonCodes.NoReference,
        ReasonCodes.UnparseableReference,
    };

    private readonly VerifyOptions options;
    private readonly VerificationPolicy policy;

    /// <exception cref="VerifierConfigurationException">The options name a verifier wrongly; their validation says so earlier.</exception>
    public VerifyPolicy(VerifyOptions options, TimeProvider time)
    {
        this.options = options;
        policy = new VerificationPolicy(options, time);
    }

    /// <summary>The verifiers for the answers to a prompt.</summary>
    /// <exception cref="UnprocessableRecordException">The prompt's own verifiers are wrong.</exception>
    public VerifierSet SetFor(Prompt prompt)
    {
        try
        {
            return policy.SetFor(prompt.Verifiers, prompt.Task, hasReference: prompt.Reference?.Answer is not null);
        }
        catch (VerifierConfigurationException wrong)
        {
            throw new UnprocessableRecordException("invalid_verifier", $"Prompt '{prompt.PromptId}': {wrong.Message}", wrong);
        }
    }

    /// <summary>
    /// The prompt to ask next, when every sample of an attempt was rejected: the attempt one higher, the temperature raised
    /// by the step up to the maximum, a seed moved on by the samples it served. Null when the attempts are used up, or when
    /// no sample was rejected for a reason that another attempt could change (the teacher's budget is spent, say).
    /// </summary>
    public Prompt? Next(Prompt prompt, IEnumerable<Decision> rejected)
    {
        var canImprove = rejected.Any(decision => !decision.Checks.Any(check => Hopeless.Contains(check.ReasonCode)));
        if (!canImprove || prompt.Attempt >= options.MaxAttempts)
        {
            return null;
        }

        var sampling = prompt.Sampling;
        var raised = Math.Round(Math.Min(sampling.Temperature + options.TemperatureStep, options.TemperatureMax), 6);
        return prompt with
        {
            Attempt = prompt.Attempt + 1,
            Sampling = sampling with
            {
                Temperature = Math.Max(sampling.Temperature, raised),
                Seed = sampling.Seed is { } seed ? unchecked(seed + sampling.N) : null,
            },
        };
    }
}

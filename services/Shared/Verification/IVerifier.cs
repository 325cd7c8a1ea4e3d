using streamdistill;

namespace StreamDistill.Verification;

/// <summary>
/// Judges one answer. An implementation is immutable and safe to call from many threads; it is made by
/// <see cref="VerifierCatalog"/> from its parameters, so that a wrong parameter is found before the first answer.
/// </summary>
public interface IVerifier
{
    /// <summary>
    /// Judges the answer. What cannot be decided is UNKNOWN, never FAIL. Work is bounded whatever the text says.
    /// </summary>
    ValueTask<Finding> VerifyAsync(Candidate candidate, CancellationToken cancellationToken);
}

/// <summary>What a verifier is given: an answer and what is known about it.</summary>
public sealed record Candidate
{
    /// <summary>The answer's text.</summary>
    public required string Answer { get; init; }

    /// <summary>The chain of thought apart from the answer; null where there is none.</summary>
    public string? Reasoning { get; init; }

    /// <summary>The right answer; null where it is not known.</summary>
    public string? Reference { get; init; }

    /// <summary>stop, length, content_filter, tool_calls, error or unknown.</summary>
    public string FinishReason { get; init; } = "unknown";

    /// <summary>Why the teacher gave no answer; null where it gave one.</summary>
    public TeacherError? Error { get; init; }

    /// <summary>The candidate that a completion is.</summary>
    public static Candidate Of(Completion completion) => new()
    {
        Answer = completion.Answer,
        Reasoning = completion.Reasoning,
        Reference = completion.Prompt.Reference?.Answer,
        FinishReason = completion.FinishReason,
        Error = completion.Error,
    };
}

/// <summary>What a verifier found.</summary>
/// <param name="Outcome">PASS, FAIL, UNKNOWN (could not be decided) or ERROR (there is nothing to judge).</param>
/// <param name="ReasonCode">One of <see cref="ReasonCodes"/>.</param>
/// <param name="Detail">For a person; may be empty.</param>
/// <param name="Extracted">The final answer as it was understood; null where none was.</param>
public readonly record struct Finding(Outcome Outcome, string ReasonCode, string Detail = "", string? Extracted = null)
{
    /// <summary>The answer passes.</summary>
    public static Finding Pass(string detail = "", string? extracted = null) => new(Outcome.PASS, ReasonCodes.Ok, detail, extracted);

    /// <summary>The answer is wrong.</summary>
    public static Finding Fail(string reasonCode, string detail, string? extracted = null) => new(Outcome.FAIL, reasonCode, detail, extracted);

    /// <summary>It could not be decided.</summary>
    public static Finding Unknown(string reasonCode, string detail, string? extracted = null) => new(Outcome.UNKNOWN, reasonCode, detail, extracted);
}

using streamdistill;

namespace StreamDistill.Verification;

/// <summary>
/// Whether the teacher finished its answer: PASS for the finish reasons stop and unknown (logs seldom record one), FAIL
/// for length, UNKNOWN for content_filter, tool_calls and any other word, ERROR where there is no answer at all.
/// </summary>
public sealed class FinishVerifier : IVerifier
{
    /// <summary>The name in the catalog.</summary>
    public const string Name = "finish";

    /// <summary>The version in verdicts.</summary>
    public const string Version = "1";

    /// <inheritdoc />
    public ValueTask<Finding> VerifyAsync(Candidate candidate, CancellationToken cancellationToken) => ValueTask.FromResult(Find(candidate));

    private static Finding Find(Candidate candidate)
    {
        if (candidate.Error is { } error)
        {
            return new Finding(Outcome.ERROR, ReasonCodes.OfTeacherError(error.Code), error.Message);
        }

        return candidate.FinishReason switch
        {
            "stop" or "unknown" => Finding.Pass(),
            "length" => Finding.Fail(ReasonCodes.Truncated, "the answer was cut off at the token limit"),
            "content_filter" => Finding.Unknown(ReasonCodes.ContentFiltered, "the endpoint's content filter stopped the answer"),
            "tool_calls" => Finding.Unknown(ReasonCodes.ToolCalled, "the teacher called a tool instead of answering"),
            "error" => new Finding(Outcome.ERROR, ReasonCodes.OfTeacherError("bad_response"), "the endpoint reported an error while answering"),
            var other => Finding.Unknown(ReasonCodes.UnfamiliarFinishReason, $"the finish reason is '{other}'"),
        };
    }
}

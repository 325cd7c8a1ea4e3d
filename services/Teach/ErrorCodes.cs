namespace StreamDistill.Teach;

/// <summary>Why there is no answer: the values of a completion's error.code.</summary>
public static class ErrorCodes
{
    /// <summary>The endpoint took longer than allowed, at every attempt.</summary>
    public const string Timeout = "timeout";

    /// <summary>The endpoint kept asking us to slow down until the retry budget ended.</summary>
    public const string RateLimited = "rate_limited";

    /// <summary>The endpoint could not be reached, or failed, at every attempt.</summary>
    public const string Unavailable = "unavailable";

    /// <summary>The endpoint's response was not a chat completion, was cut off, or was larger than allowed.</summary>
    public const string BadResponse = "bad_response";

    /// <summary>The endpoint refused the request, or its key or model. Never retried.</summary>
    public const string Refused = "refused";

    /// <summary>The spending cap was reached; no call was made.</summary>
    public const string BudgetExhausted = "budget_exhausted";

    /// <summary>The recording has no more completions of the prompt.</summary>
    public const string NotRecorded = "not_recorded";
}

using StreamDistill.Contracts;

namespace StreamDistill.Teach.OpenAi;

/// <summary>A call to the endpoint failed.</summary>
internal sealed class TeacherCallException(string code, string message, bool isTransient, Exception? innerException = null)
    : StreamDistillException(message, isTransient, innerException)
{
    /// <summary>One of <see cref="ErrorCodes"/>.</summary>
    public string Code { get; } = code;

    /// <summary>The HTTP status; null where there was no response.</summary>
    public int? Status { get; init; }

    /// <summary>How long the endpoint wants to be left alone.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the endpoint may have generated tokens, and charge for them, all the same.</summary>
    public bool MayBeBilled { get; init; }
}

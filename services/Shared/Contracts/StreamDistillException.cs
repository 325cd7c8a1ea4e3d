namespace StreamDistill.Contracts;

/// <summary>The root of the exceptions that StreamDistill throws.</summary>
public class StreamDistillException : Exception
{
    /// <param name="message">What was wrong, where, and what to do.</param>
    /// <param name="isTransient">Whether the same call may succeed later.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public StreamDistillException(string message, bool isTransient = false, Exception? innerException = null)
        : base(message, innerException) => IsTransient = isTransient;

    /// <summary>Whether the same call may succeed later without anything being changed.</summary>
    public bool IsTransient { get; }
}

/// <summary>A record can never be processed, however often it is tried: it belongs on the dead-letter topic.</summary>
public sealed class UnprocessableRecordException : StreamDistillException
{
    /// <param name="reasonCode">A stable word for machines, such as unknown_verifier.</param>
    /// <param name="message">What was wrong, for a person.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public UnprocessableRecordException(string reasonCode, string message, Exception? innerException = null)
        : base(message, isTransient: false, innerException) => ReasonCode = reasonCode;

    /// <summary>A stable word for machines.</summary>
    public string ReasonCode { get; }
}

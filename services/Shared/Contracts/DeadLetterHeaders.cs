namespace StreamDistill.Contracts;

/// <summary>The headers in which a dead letter says what became of it, as UTF-8.</summary>
public static class DeadLetterHeaders
{
    /// <summary>Why it is one: a stable word.</summary>
    public const string Reason = "streamdistill-dlq-reason";

    /// <summary>The exception's type.</summary>
    public const string Exception = "streamdistill-dlq-exception";

    /// <summary>The exception's message.</summary>
    public const string Message = "streamdistill-dlq-message";

    /// <summary>Where it was read: topic/partition/offset.</summary>
    public const string Source = "streamdistill-dlq-source";

    /// <summary>The service that gave up on it.</summary>
    public const string Service = "streamdistill-dlq-service";
}

using streamdistill;
using StreamDistill.Contracts;

namespace StreamDistill.Ingest;

/// <summary>Where accepted prompts are stored.</summary>
public interface IPromptSink
{
    /// <summary>Stores a prompt; returns once it is stored for good.</summary>
    /// <exception cref="UnprocessableRecordException">It can never be stored.</exception>
    /// <exception cref="UnknownOutcomeException">It may be stored or not.</exception>
    /// <exception cref="StreamDistillException">It is not stored; trying again may help.</exception>
    Task WriteAsync(Prompt prompt, CancellationToken cancellationToken);
}

/// <summary>A write whose outcome is not known: it was sent, and no answer came.</summary>
public sealed class UnknownOutcomeException(string message, Exception inner) : StreamDistillException(message, isTransient: true, inner);

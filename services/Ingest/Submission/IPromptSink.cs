using streamdistill;
using StreamDistill.Contracts;

namespace StreamDistill.Ingest;

/// <summary>Where accepted prompts are stored.</summary>
public interface IPromptSink
{
    /// <summary>Stores a prompt; returns once it is stored for good.</summary>
    /// <exception cref="UnprocessableRecordException">It can never be stored.</exception>
    /// <exception cref="StreamDistillException">It is not known to be stored; trying again may help.</exception>
    Task WriteAsync(Prompt prompt, CancellationToken cancellationToken);
}

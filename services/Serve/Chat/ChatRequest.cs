using StreamDistill.Student;

namespace StreamDistill.Serve;

/// <summary>A request that was understood.</summary>
internal sealed record ChatRequest
{
    /// <summary>The model asked for.</summary>
    public required string Model { get; init; }

    /// <summary>Role (system, user or assistant) and text of each message; at least one.</summary>
    public required IReadOnlyList<(string Role, string Content)> Messages { get; init; }

    /// <summary>How many answers.</summary>
    public required int Samples { get; init; }

    /// <summary>How each is drawn.</summary>
    public required SamplingOptions Sampling { get; init; }

    /// <summary>Whether the answer is streamed.</summary>
    public required bool Stream { get; init; }

    /// <summary>Whether a stream ends with the usage.</summary>
    public required bool IncludeUsage { get; init; }

    /// <summary>Whether logprobs are wanted.</summary>
    public bool Logprobs => Sampling.TopLogprobs >= 0;
}

using System.Text.Json.Serialization;
using streamdistill;

namespace StreamDistill.Ingest;

/// <summary>What became of one line or array element: a prompt, or the reason why it is none.</summary>
public sealed record PromptLine
{
    private PromptLine(long line, int sizeBytes, Prompt? prompt, Refusal? refusal)
    {
        Line = line;
        SizeBytes = sizeBytes;
        Prompt = prompt;
        Refusal = refusal;
    }

    /// <summary>The line's number, or the element's position in its array, from 1.</summary>
    public long Line { get; }

    /// <summary>The bytes of the line or element as it was read; 0 where it was refused unread.</summary>
    public int SizeBytes { get; }

    /// <summary>The prompt; null where the line was refused.</summary>
    public Prompt? Prompt { get; }

    /// <summary>Why there is no prompt; null where there is one.</summary>
    public Refusal? Refusal { get; }

    internal static PromptLine Of(long line, int sizeBytes, Prompt prompt) => new(line, sizeBytes, prompt, null);

    internal static PromptLine Of(Refusal refusal, int sizeBytes = 0) => new(refusal.Line, sizeBytes, null, refusal);
}

/// <summary>Why a line was not taken.</summary>
/// <param name="Line">The line's number, or the element's position in its array, from 1.</param>
/// <param name="Field">The path of the field, such as messages[2].role; "$" is the line as a whole.</param>
/// <param name="Code">One of <see cref="RefusalCodes"/>.</param>
/// <param name="Reason">What is wrong and what is allowed, for a person.</param>
public sealed record Refusal(
    [property: JsonPropertyName("line")] long Line,
    [property: JsonPropertyName("field")] string Field,
    [property: JsonPropertyName("code")] string Code,
    [property: JsonPropertyName("reason")] string Reason);

/// <summary>Why a line was not taken, in stable words for machines.</summary>
public static class RefusalCodes
{
    /// <summary>Not JSON, not UTF-8, or damaged compression.</summary>
    public const string Malformed = "malformed";

    /// <summary>JSON, but not a prompt: a field is missing, unknown, or has a wrong type or value.</summary>
    public const string Invalid = "invalid";

    /// <summary>The line is larger than allowed.</summary>
    public const string TooLarge = "too_large";

    /// <summary>The input as a whole is larger than allowed; it was read up to this line.</summary>
    public const string InputTooLarge = "input_too_large";

    /// <summary>The id or idempotency key already belongs to a prompt with other content.</summary>
    public const string Taken = "taken";

    /// <summary>The key's quota is used up for now.</summary>
    public const string Quota = "quota";
}

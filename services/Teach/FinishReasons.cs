namespace StreamDistill.Teach;

/// <summary>The values of a completion's finish_reason, and what endpoints call them.</summary>
public static class FinishReasons
{
    /// <summary>The answer is complete.</summary>
    public const string Stop = "stop";

    /// <summary>The answer was cut at max_tokens or at the end of the context.</summary>
    public const string Length = "length";

    /// <summary>The endpoint withheld the answer.</summary>
    public const string ContentFilter = "content_filter";

    /// <summary>The teacher wanted to call a tool instead.</summary>
    public const string ToolCalls = "tool_calls";

    /// <summary>There is no answer; the completion's error says why.</summary>
    public const string Error = "error";

    /// <summary>The endpoint gave no reason, or one that is not known here.</summary>
    public const string Unknown = "unknown";

    /// <summary>One of the constants above for the word an endpoint uses.</summary>
    public static string Normalize(string? reason) => reason?.ToLowerInvariant() switch
    {
        "stop" or "eos" or "eos_token" or "end_turn" or "stop_sequence" => Stop,
        "length" or "max_tokens" or "max_length" => Length,
        "content_filter" or "safety" => ContentFilter,
        "tool_calls" or "tool_use" or "function_call" => ToolCalls,
        "error" or "abort" or "insufficient_system_resource" => Error,
        _ => Unknown,
    };
}

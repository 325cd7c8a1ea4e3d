using System.Text.Json.Serialization;

namespace StreamDistill.Ingest;

/// <summary>A line that is stored.</summary>
/// <param name="Line">Its number, from 1.</param>
/// <param name="PromptId">The prompt's id.</param>
/// <param name="Status">accepted, or duplicate where the same prompt was stored before.</param>
public sealed record AcceptedLine(
    [property: JsonPropertyName("line")] long Line,
    [property: JsonPropertyName("prompt_id")] string PromptId,
    [property: JsonPropertyName("status")] string Status);

/// <summary>A line that is not stored as far as is known, and that may be sent again.</summary>
/// <param name="Line">Its number, from 1.</param>
/// <param name="PromptId">The prompt's id.</param>
/// <param name="Reason">What went wrong.</param>
public sealed record FailedLine(
    [property: JsonPropertyName("line")] long Line,
    [property: JsonPropertyName("prompt_id")] string PromptId,
    [property: JsonPropertyName("reason")] string Reason);

/// <summary>What became of every line of a request.</summary>
public sealed record SubmissionReport
{
    /// <summary>The lines that are stored.</summary>
    [JsonPropertyName("accepted")]
    public List<AcceptedLine> Accepted { get; } = [];

    /// <summary>The lines that will not be stored, and why.</summary>
    [JsonPropertyName("refused")]
    public List<Refusal> Refused { get; } = [];

    /// <summary>The lines to send again.</summary>
    [JsonPropertyName("failed")]
    public List<FailedLine> Failed { get; } = [];

    /// <summary>The first line that was not read, where reading ended early: send it and what follows again.</summary>
    [JsonPropertyName("unread_from_line")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? UnreadFromLine { get; set; }

    /// <summary>When the quota allows another prompt, where it turned one away.</summary>
    [JsonIgnore]
    public TimeSpan? RetryAfter { get; set; }
}

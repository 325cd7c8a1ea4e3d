using streamdistill;

namespace StreamDistill.Ingest;

/// <summary>What a line holds.</summary>
public enum PromptFormat
{
    /// <summary>Told from the line's own fields.</summary>
    Auto,

    /// <summary>StreamDistill's own format.</summary>
    Prompt,

    /// <summary>A chat-completion log in OpenAI's terms: {"request": {…}, "response": {…}}.</summary>
    OpenAI,

    /// <summary>A log record of NVIDIA's data flywheel: an OpenAI pair with timestamp, workload_id and client_id.</summary>
    Flywheel,
}

/// <summary>How prompts are laid out in the input.</summary>
public enum InputLayout
{
    /// <summary>An array where the first character is '[', otherwise one prompt per line.</summary>
    Auto,

    /// <summary>One prompt per line (NDJSON, JSON Lines).</summary>
    Lines,

    /// <summary>One JSON array of prompts, or one prompt alone, on as many lines as it likes.</summary>
    Document,
}

/// <summary>How input is read.</summary>
public sealed record PromptReaderOptions
{
    /// <summary>The format of every line.</summary>
    public PromptFormat Format { get; init; } = PromptFormat.Auto;

    /// <summary>The layout of the input.</summary>
    public InputLayout Layout { get; init; } = InputLayout.Auto;

    /// <summary>Whether a log's own answer becomes the prompt's reference rationale.</summary>
    public bool UseLoggedAnswer { get; init; }

    /// <summary>The source of prompts that name none.</summary>
    public string Source { get; init; } = "file";

    /// <summary>The tenant of prompts that name none.</summary>
    public string Tenant { get; init; } = "default";

    /// <summary>Whether a prompt that names another tenant is refused.</summary>
    public bool TenantIsFixed { get; init; }

    /// <summary>The task of prompts that name none.</summary>
    public string Task { get; init; } = "general";

    /// <summary>The sampling of prompts that leave all or part of it out.</summary>
    public Sampling Sampling { get; init; } = new() { N = 4, Temperature = 0.6, TopP = 0.95, MaxTokens = 4096 };

    /// <summary>
    /// Whether a prompt with neither id nor idempotency key gets an id that follows from its content, so that the same
    /// file gives the same ids again. Otherwise it gets a new UUID (version 7). Log records always get theirs from content.
    /// </summary>
    public bool IdsFromContent { get; init; }

    /// <summary>The largest line or element, in bytes; a larger one is refused and the rest is read on.</summary>
    public int MaxPromptBytes { get; init; } = 256 * 1024;

    /// <summary>The largest input, in bytes after decompression; null is without limit. Reading ends with a refusal there.</summary>
    public long? MaxTotalBytes { get; init; }
}

using System.ComponentModel.DataAnnotations;
using streamdistill;

namespace StreamDistill.Ingest;

/// <summary>Section Ingest.</summary>
public sealed record IngestOptions
{
    /// <summary>
    /// A JSON file of keys: [{"key" or "key_sha256", "tenant", "prompts_per_minute"?}]. Without one, only requests from
    /// this machine are taken, without a key.
    /// </summary>
    public string? KeysFile { get; init; }

    /// <summary>
    /// The largest prompt, in bytes of JSON; default 256 KiB: a verdict carries prompt and answer together, and Kafka takes
    /// 1 MB a record unless message.max.bytes is raised.
    /// </summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int MaxPromptBytes { get; init; } = 256 * 1024;

    /// <summary>The largest request body, in bytes, before and after decompression; default 256 MiB.</summary>
    [Range(1024L, 1024L * 1024 * 1024 * 1024)]
    public long MaxBodyBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>The most prompts in one request, refused ones included, which bounds the answer; default 200,000.</summary>
    [Range(1, 10_000_000)]
    public int MaxPromptsPerRequest { get; init; } = 200_000;

    /// <summary>The most prompts of one request that wait for Kafka at a time; default 2,000.</summary>
    [Range(1, 100_000)]
    public int MaxInFlightPrompts { get; init; } = 2_000;

    /// <summary>The most bytes of prompts of one request that wait for Kafka at a time; default 16 MiB.</summary>
    [Range(1024, 1024 * 1024 * 1024)]
    public int MaxInFlightBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>How many of the latest prompts are remembered to recognise a repeated one; default 1,000,000 (about 100 MB).</summary>
    [Range(1, 100_000_000)]
    public int MaxRememberedPrompts { get; init; } = 1_000_000;

    /// <summary>How long Kafka has to confirm a prompt until the submitter is told to retry; default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan DeliveryTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The task of prompts that name none; default general.</summary>
    [Required]
    public string Task { get; init; } = "general";

    /// <summary>Completions wanted of each prompt that does not say; default 4.</summary>
    [Range(1, 64)]
    public int Samples { get; init; } = 4;

    /// <summary>Sampling temperature of prompts that do not say; default 0.6, as DeepSeek-R1's authors recommend.</summary>
    [Range(0.0, 2.0)]
    public double Temperature { get; init; } = 0.6;

    /// <summary>Nucleus of prompts that do not say; default 0.95, as DeepSeek-R1's authors recommend.</summary>
    [Range(0.01, 1.0)]
    public double TopP { get; init; } = 0.95;

    /// <summary>Most tokens of an answer, reasoning included, of prompts that do not say; default 4,096.</summary>
    [Range(1, 1_000_000)]
    public int MaxTokens { get; init; } = 4096;

    /// <summary>Alternatives per token kept as soft labels of prompts that do not say; default 0.</summary>
    [Range(0, 20)]
    public int TopLogprobs { get; init; }

    /// <summary>How a request's body is read.</summary>
    internal PromptReaderOptions ReaderOptions => new()
    {
        Source = "http",
        Task = Task,
        Sampling = new Sampling { N = Samples, Temperature = Temperature, TopP = TopP, MaxTokens = MaxTokens, TopLogprobs = TopLogprobs },
        MaxPromptBytes = MaxPromptBytes,
        MaxTotalBytes = MaxBodyBytes,
    };
}

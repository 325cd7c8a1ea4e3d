using System.ComponentModel.DataAnnotations;

namespace StreamDistill.Teach;

/// <summary>The section Teach. Prices are in units of <see cref="Currency"/> per million tokens.</summary>
public sealed class TeachOptions : IValidatableObject
{
    /// <summary>The section's name.</summary>
    public const string Section = "Teach";

    /// <summary>What <see cref="Teacher"/> begins with when it names a file of recorded completions.</summary>
    public const string RecordedPrefix = "recorded:";

    /// <summary>
    /// Required. The base URL of an OpenAI-compatible endpoint with its version (http://localhost:8000/v1), or recorded:PATH
    /// for a JSONL file of completions made earlier.
    /// </summary>
    public string Teacher { get; init; } = "";

    /// <summary>The model to ask for; required for an endpoint. For a recording: the model where a line names none.</summary>
    public string? Model { get; init; }

    /// <summary>The licence under which the teacher's output may be used; kept with every completion. Default: not stated.</summary>
    public string? Licence { get; init; }

    /// <summary>
    /// A file that holds the endpoint's key. Default: the environment variable TEACHER_API_KEY, else OPENAI_API_KEY, else
    /// the endpoint is called without a key.
    /// </summary>
    public string? ApiKeyFile { get; init; }

    /// <summary>Calls in flight at the same time, of all prompts together. Default 64.</summary>
    [Range(1, 100_000)]
    public int ConcurrentCalls { get; init; } = 64;

    /// <summary>
    /// Prompts being answered at the same time. Default: four times <see cref="ConcurrentCalls"/>. Completions are written
    /// in the order of the prompts, so this is how far fast answers may run ahead of a slow one.
    /// </summary>
    [Range(1, 1_000_000)]
    public int? PromptsInFlight { get; init; }

    /// <summary>
    /// Samples asked for in one call. Default 0: all of a prompt. An endpoint that gives fewer, or refuses more than one, is
    /// asked for the rest one by one.
    /// </summary>
    [Range(0, 1024)]
    public int SamplesPerCall { get; init; }

    /// <summary>The largest sampling.n taken; a prompt that asks for more is dead-lettered. Default 1024.</summary>
    [Range(1, 100_000)]
    public int MaxSamplesPerPrompt { get; init; } = 1024;

    /// <summary>Whether answers are streamed, which tells first_token_ms. Default false.</summary>
    public bool Stream { get; init; }

    /// <summary>How long one HTTP request may take. Default 10 minutes: reasoning models are slow.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>No retry starts later than this after a call's first attempt. Default 30 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan RetryBudget { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// Retries of a call that timed out, failed or was answered with garbage. Default 5. Being told to slow down, or the
    /// circuit breaker being open, is not counted: that is bounded by <see cref="RetryBudget"/> alone.
    /// </summary>
    [Range(0, 1000)]
    public int MaxRetries { get; init; } = 5;

    /// <summary>The largest response body read. Default 16 MiB.</summary>
    [Range(1024, 1 << 30)]
    public int MaxResponseBytes { get; init; } = 16 << 20;

    /// <summary>Requests per minute the endpoint allows. Default: no limit.</summary>
    [Range(1, int.MaxValue)]
    public int? RequestsPerMinute { get; init; }

    /// <summary>Tokens per minute, of prompts and completions together, the endpoint allows. Default: no limit.</summary>
    [Range(1, int.MaxValue)]
    public int? TokensPerMinute { get; init; }

    /// <summary>
    /// The most this process may spend, in micro-units of <see cref="Currency"/>; needs a price. When the next call could
    /// exceed it, that and every later sample gets the error budget_exhausted without a call. Default: no cap.
    /// </summary>
    [Range(1, long.MaxValue)]
    public long? MaxCostMicros { get; init; }

    /// <summary>The most tokens this process may use, of prompts and completions together. Default: no cap.</summary>
    [Range(1, long.MaxValue)]
    public long? MaxTokens { get; init; }

    /// <summary>Price of prompt tokens. Default 0.</summary>
    [Range(0, 1_000_000)]
    public decimal InputPrice { get; init; }

    /// <summary>Price of prompt tokens that the endpoint had cached. Default: <see cref="InputPrice"/>.</summary>
    [Range(0, 1_000_000)]
    public decimal? CachedInputPrice { get; init; }

    /// <summary>Price of completion tokens. Default 0.</summary>
    [Range(0, 1_000_000)]
    public decimal OutputPrice { get; init; }

    /// <summary>The prices' currency, ISO 4217. Default USD.</summary>
    [RegularExpression("^[A-Z]{3}$", ErrorMessage = "The field {0} must be an ISO 4217 code such as USD.")]
    public string Currency { get; init; } = "USD";

    /// <summary>
    /// Memory for answers that were paid for and may have to be written again, because the transaction that held them was
    /// aborted. Default 64 MiB.
    /// </summary>
    [Range(0, int.MaxValue)]
    public int PaidAnswersBytes { get; init; } = 64 << 20;

    /// <summary>The file of recorded completions, or null where the teacher is an endpoint.</summary>
    public string? RecordedPath =>
        Teacher.StartsWith(RecordedPrefix, StringComparison.Ordinal) ? Teacher[RecordedPrefix.Length..] : null;

    /// <summary><see cref="PromptsInFlight"/> with its default.</summary>
    public int Parallelism => PromptsInFlight ?? (int)Math.Min(4L * ConcurrentCalls, 1_000_000);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var wrong = RecordedPath is { } path ? WrongRecording(path) : WrongEndpoint();
        if (wrong is not null)
        {
            yield return wrong;
        }

        if (MaxCostMicros is not null && InputPrice == 0 && OutputPrice == 0)
        {
            yield return Wrong(nameof(MaxCostMicros), $"It needs {Section}:{nameof(InputPrice)} or {Section}:{nameof(OutputPrice)}: without a price nothing is ever spent.");
        }

        if (ApiKeyFile is not null && !File.Exists(ApiKeyFile))
        {
            yield return Wrong(nameof(ApiKeyFile), "It must name a file that exists.");
        }
    }

    private static ValidationResult? WrongRecording(string path) => File.Exists(path)
        ? null
        : Wrong(nameof(Teacher), "There is no such file; recorded: must be followed by the path of a JSONL file of completions.");

    private ValidationResult? WrongEndpoint()
    {
        if (!Uri.TryCreate(Teacher, UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
        {
            return Wrong(nameof(Teacher), "It must be recorded:PATH, or the http(s) base URL of an OpenAI-compatible endpoint such as http://localhost:8000/v1.");
        }

        if (url.UserInfo.Length > 0)
        {
            // Without the member's name, so that nobody prints the value.
            return new ValidationResult($"{nameof(Teacher)} must not contain a user or password; give the key in the environment variable TEACHER_API_KEY or in {Section}:{nameof(ApiKeyFile)}.");
        }

        return string.IsNullOrWhiteSpace(Model) ? Wrong(nameof(Model), "It must name the model to ask the endpoint for.") : null;
    }

    private static ValidationResult Wrong(string key, string rule) => new(rule, [key]);
}

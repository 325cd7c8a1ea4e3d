using System.ComponentModel.DataAnnotations;

namespace StreamDistill.Serve;

/// <summary>The section Serve: which student is served, and within what limits.</summary>
public sealed class ServeOptions : IValidatableObject
{
    /// <summary>The section's name.</summary>
    public const string Section = "Serve";

    /// <summary>A student's directory (config.json, model.safetensors, tokenizer.json), served as it is. Either this or <see cref="Student"/>.</summary>
    public string? Directory { get; init; }

    /// <summary>The student whose checkpoints are followed: what the latest record on the topic checkpoints names is served.</summary>
    public string? Student { get; init; }

    /// <summary>What the model is called in requests. Default: the student's name, or that of the directory.</summary>
    [RegularExpression(@"\S(.*\S)?", ErrorMessage = "It must be a name without white space around it.")]
    public string? ModelName { get; init; }

    /// <summary>Where the model computes: cpu, cuda or cuda:N. Default cpu.</summary>
    [RegularExpression("cpu|cuda(:[0-9]+)?", ErrorMessage = "Allowed: cpu, cuda and cuda:N.")]
    public string Device { get; init; } = "cpu";

    /// <summary>Threads of one matrix product. Default: one per processor.</summary>
    [Range(1, 1024)]
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Answers generated at the same time, in one batch. Default 16.</summary>
    [Range(1, 1024)]
    public int Rows { get; init; } = 16;

    /// <summary>
    /// Most tokens of a prompt and its answer together, where the model allows more: the keys and values of as many may be
    /// held for each row. Default 4096.
    /// </summary>
    [Range(16, 1 << 20)]
    public int ContextMax { get; init; } = 4096;

    /// <summary>Requests that may wait for a row; more are answered 429. Default 256.</summary>
    [Range(1, 100_000)]
    public int QueueMax { get; init; } = 256;

    /// <summary>The largest n of a request. Default 128, as OpenAI's.</summary>
    [Range(1, 1024)]
    public int SamplesMax { get; init; } = 128;

    /// <summary>The largest request body, in bytes. Default 4 MiB.</summary>
    [Range(1024, 1 << 30)]
    public int BodyBytesMax { get; init; } = 4 << 20;

    /// <summary>How long until a checkpoint that could not be loaded is tried again. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan LoadRetryWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A JSON file of keys: [{"key" or "key_sha256", "tenant", "prompts_per_minute"?}]. Without one, only requests from
    /// this machine are taken, without a key.
    /// </summary>
    public string? KeysFile { get; init; }

    /// <summary>The model's name in requests and answers.</summary>
    internal string Model => ModelName ?? Student ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(Directory!)));

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrWhiteSpace(Directory) == string.IsNullOrWhiteSpace(Student))
        {
            yield return new ValidationResult(
                $"Say what is served: either {Section}:{nameof(Directory)}, a student's directory, or {Section}:{nameof(Student)}, a student whose checkpoints are followed.");
        }
        else if (Directory is not null && !System.IO.Directory.Exists(Directory))
        {
            yield return new ValidationResult("There is no such directory.", [nameof(Directory)]);
        }
    }
}

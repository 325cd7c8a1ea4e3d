using StreamDistill.Cli.Commands;

namespace StreamDistill.Cli.Running;

/// <summary>What 'streamdistill run' is asked to do.</summary>
internal sealed record RunOptions
{
    /// <summary>What a teacher that is a model's directory begins with.</summary>
    public const string StudentPrefix = "student:";

    private const string RecordedPrefix = "recorded:";

    /// <summary>The file of prompts; "-" is standard input.</summary>
    public required string Prompts { get; init; }

    /// <summary>recorded:FILE, student:DIR for a model that is served here, or the base URL of an OpenAI-compatible endpoint.</summary>
    public required string Teacher { get; init; }

    /// <summary>The endpoint's model.</summary>
    public string? Model { get; init; }

    /// <summary>The directory of the model to begin a student with; null trains none.</summary>
    public string? Student { get; init; }

    /// <summary>Where the dataset goes.</summary>
    public required string Out { get; init; }

    /// <summary>Whether files that stand there already may be replaced.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Samples of a prompt that does not say; null is all of a recording, or 4.</summary>
    public int? Samples { get; init; }

    /// <summary>Attempts per prompt; null is 1 for a recording, which cannot be asked again, and 4 otherwise, as in Verify.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>Examples kept per prompt.</summary>
    public int? BestOf { get; init; }

    /// <summary>Sampling temperature of a prompt that does not say.</summary>
    public double? Temperature { get; init; }

    /// <summary>Most tokens of an answer to a prompt that does not say.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>The task of prompts that name none.</summary>
    public string? Task { get; init; }

    /// <summary>Further settings of the services, Section:Key=value.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>The recording's path; null where the teacher is an endpoint.</summary>
    public string? RecordingPath => Teacher.StartsWith(RecordedPrefix, StringComparison.Ordinal) ? Teacher[RecordedPrefix.Length..] : null;

    /// <summary>The directory of the model that is the teacher; null where the teacher is none of this machine's.</summary>
    public string? TeacherDirectory => DirectoryOfTeacher(Teacher);

    /// <summary>The directory that a teacher names which is a model of this machine's; null where it names none.</summary>
    public static string? DirectoryOfTeacher(string? teacher) =>
        teacher?.StartsWith(StudentPrefix, StringComparison.Ordinal) == true ? teacher[StudentPrefix.Length..] : null;

    /// <summary><see cref="MaxAttempts"/> with its default.</summary>
    public int Attempts => MaxAttempts ?? (RecordingPath is null ? 4 : 1);

    /// <summary>Refuses what can be seen to be wrong before anything starts.</summary>
    /// <exception cref="UsageException">Says which option, what it is and what is allowed.</exception>
    public void Validate()
    {
        if (Prompts != "-" && !File.Exists(Prompts))
        {
            throw new UsageException($"--prompts is '{Prompts}', and there is no such file.");
        }

        if (RecordingPath is { } recording)
        {
            if (!File.Exists(recording))
            {
                throw new UsageException($"--teacher is '{Teacher}', and there is no file {recording}.");
            }
        }
        else if (TeacherDirectory is { } directory)
        {
            MustBeModel("--teacher", Teacher, directory);
        }
        else if (!Uri.TryCreate(Teacher, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            throw new UsageException($"--teacher is '{Teacher}'; it must be recorded:FILE, student:DIR, or the http(s) address of an OpenAI-compatible endpoint, such as http://127.0.0.1:8000/v1.");
        }
        else if (string.IsNullOrWhiteSpace(Model))
        {
            throw new UsageException($"--teacher is {Teacher}; say with --model which of its models to ask.");
        }

        if (Student is not null)
        {
            MustBeModel("--student", Student, Student);
        }

        AtLeastOne("--samples", Samples);
        AtLeastOne("--max-attempts", MaxAttempts);
        AtLeastOne("--best-of", BestOf);
        AtLeastOne("--max-tokens", MaxTokens);
        if (Settings.FirstOrDefault(setting => !setting.Contains(':', StringComparison.Ordinal) || !setting.Contains('=', StringComparison.Ordinal)) is { } wrong)
        {
            throw new UsageException($"--set is '{wrong}'; it must be Section:Key=value, such as Teach:ConcurrentCalls=16.");
        }
    }

    /// <summary>The services' settings, as arguments. Each service reads its own section.</summary>
    public IReadOnlyList<string> ServiceArguments(Recording? recording)
    {
        var arguments = new List<string>
        {
            $"--Verify:MaxAttempts={Attempts}",
            $"--Ingest:Samples={SamplesOf(recording)}",
        };
        if (TeacherDirectory is null)
        {
            AddText("Teach:Teacher", RecordingPath is { } path ? RecordedPrefix + Path.GetFullPath(path) : Teacher);
            AddText("Teach:Model", Model);
        }

        Add("Compact:BestOf", BestOf);
        Add("Ingest:Temperature", Temperature);
        Add("Ingest:MaxTokens", MaxTokens);
        AddText("Ingest:Task", Task);
        if (Student is not null)
        {
            // The prompts come to an end, and what is left then need not wait for more.
            arguments.Add("--Train:RoundWait=00:00:10");
        }

        arguments.AddRange(Settings.Select(setting => "--" + setting));
        return arguments;

        void Add(string key, IFormattable? value) => AddText(key, value?.ToString(null, System.Globalization.CultureInfo.InvariantCulture));
        void AddText(string key, string? value)
        {
            if (value is not null)
            {
                arguments.Add($"--{key}={value}");
            }
        }
    }

    /// <summary><see cref="Samples"/> with its default.</summary>
    public int SamplesOf(Recording? recording) => Samples ?? (recording is null ? 4 : Math.Clamp(recording.SamplesMax, 1, 64));

    private static void MustBeModel(string option, string value, string directory)
    {
        if (!File.Exists(Path.Combine(directory, "config.json")))
        {
            throw new UsageException($"{option} is '{value}', but {directory} has no config.json; it must be a model's directory (config.json, model.safetensors, tokenizer.json).");
        }
    }

    private static void AtLeastOne(string option, int? value)
    {
        if (value < 1)
        {
            throw new UsageException($"{option} is {value}; it must be 1 or more.");
        }
    }
}

using StreamDistill.Cli.Commands;
using StreamDistill.Cli.Supervision;

namespace StreamDistill.Cli.Exporting;

/// <summary>The directory that a dataset is written to, and the one within it that holds what is not finished.</summary>
internal sealed class OutputDirectory
{
    public const string Curated = "curated.jsonl";
    public const string Verified = "verified.jsonl";
    public const string Rejected = "rejected.jsonl";
    public const string DeadLetters = "deadletters.jsonl";
    public const string Report = "report.json";
    public const string Manifest = "manifest.json";

    private const string Spool = ".spool", Checkpoints = "checkpoints";

    private OutputDirectory(string path) => Path = path;

    /// <summary>Every file of a dataset.</summary>
    public static IReadOnlyList<string> FileNames { get; } = [Curated, Verified, Rejected, DeadLetters, Report, Manifest];

    /// <summary>The directory.</summary>
    public string Path { get; }

    /// <summary>Where unfinished files and the services' logs are.</summary>
    public string SpoolPath => System.IO.Path.Combine(Path, Spool);

    /// <summary>Where the checkpoints of a student are that is trained meanwhile.</summary>
    public static string CheckpointsIn(string path) => System.IO.Path.Combine(path, Checkpoints);

    /// <summary>Makes the directory ready for a new dataset.</summary>
    /// <exception cref="UsageException">It is not empty, and <paramref name="overwrite"/> was not asked for.</exception>
    public static OutputDirectory Prepare(string path, bool overwrite)
    {
        if (File.Exists(path))
        {
            throw new UsageException($"--out is '{path}', which is a file; name a directory.");
        }

        Directory.CreateDirectory(path);
        var output = new OutputDirectory(System.IO.Path.GetFullPath(path));
        var others = Directory.EnumerateFileSystemEntries(path).Select(entry => System.IO.Path.GetFileName(entry)).Where(name => name != Spool).Order(StringComparer.Ordinal).ToList();
        if (others.Count > 0 && !overwrite)
        {
            throw new UsageException($"--out is '{path}', which is not empty ({string.Join(", ", others.Take(3))}{(others.Count > 3 ? ", …" : "")}). Name another directory, or say --overwrite to replace the dataset in it.");
        }

        // An older dataset goes first: a run that fails must not leave the files of two.
        foreach (var name in FileNames)
        {
            File.Delete(System.IO.Path.Combine(path, name));
        }

        Remove(CheckpointsIn(output.Path));
        output.RemoveSpool();
        Directory.CreateDirectory(output.SpoolPath);
        return output;
    }

    /// <summary>The path of one of <see cref="FileNames"/>.</summary>
    public string this[string fileName] => System.IO.Path.Combine(Path, fileName);

    /// <summary>Removes the run's records, and leaves the services' logs.</summary>
    public void RemoveRecords() => Remove(LocalSystem.BrokerDirectory(SpoolPath));

    /// <summary>Removes what was only needed while the run lasted.</summary>
    public void RemoveSpool() => Remove(SpoolPath);

    /// <summary>Removes a directory with what is in it, where it is there.</summary>
    public static void Remove(string directory)
    {
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}

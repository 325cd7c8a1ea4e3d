// The directory of a student's checkpoints:
//   step-00000120/        a checkpoint, complete or not there
//     config.json, model.safetensors, tokenizer.json, …   the student as it is served
//     adapter/              the low-rank changes as PEFT stores them, where those are trained; the weights are merged
//     trainer.safetensors   the optimizer's moments, libtorch's random state
//     trainer.json          TrainerState: step, round, pass, offsets, counts, evaluation, SHA-256 of every other file
//     evaluation.json       whether the answer to each prompt of the holdout passed, where the student was evaluated
//     examples.ids          the example_ids of its round, a line each
//   step-00000120.damaged/  one that could not be read, put aside
//   promoted              the name of the checkpoint that is promoted
//   losses.csv            a line for each step, see LossLog.cs
//   withdrawn.jsonl       examples that were withdrawn after they were trained, see Withdrawals.cs
//   rounds/               see RoundStore.cs
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using StreamDistill.Contracts;

namespace StreamDistill.Train;

/// <summary>Keeps a student's checkpoints on the disk.</summary>
/// <param name="output">Where students' directories are.</param>
/// <param name="student">The student's name.</param>
/// <param name="keep">How many checkpoints to keep, those that are needed apart.</param>
/// <param name="logger">Says what was put aside.</param>
internal sealed class CheckpointStore(string output, string student, int keep, ILogger logger)
{
    private const string Prefix = "step-", TrainerFile = "trainer.json", DamagedSuffix = ".damaged";

    /// <summary>The directory of the student's checkpoints.</summary>
    public string Root { get; } = Path.GetFullPath(Path.Combine(output, student));

    private string PromotedFile => Path.Combine(Root, "promoted");

    /// <summary>
    /// The last checkpoint that is whole; null where there is none. One that is damaged is put aside with a warning, and
    /// the one before it counts.
    /// </summary>
    /// <exception cref="StreamDistillException">There are checkpoints and every one is damaged.</exception>
    public StoredCheckpoint? Latest()
    {
        var damaged = new List<string>();
        foreach (var directory in Directories().Reverse())
        {
            try
            {
                var whole = ReadWhole(directory);
                damaged.ForEach(PutAside);
                return whole;
            }
            catch (Exception error) when (error is IOException or JsonException or InvalidDataException)
            {
                logger.LogWarning("Checkpoint {Checkpoint} is damaged, so the one before it is taken: {Why}", directory, error.Message);
                damaged.Add(directory);
            }
        }

        return damaged.Count == 0 ? null : throw new StreamDistillException(
            $"Every checkpoint in {Root} is damaged: {string.Join(", ", damaged.Select(Path.GetFileName))}. Restore one of them, or begin again with another Train:Output.");
    }

    /// <summary>Writes a checkpoint, which then survives a power cut.</summary>
    /// <param name="state">Where training stands.</param>
    /// <param name="outcomes">Whether each answer passed, where the student was evaluated.</param>
    /// <param name="examples">The examples of its round.</param>
    /// <param name="save">Writes the student's and the optimizer's files into a directory.</param>
    /// <exception cref="StreamDistillException">It could not be written; the one before it is still the last.</exception>
    public StoredCheckpoint Write(TrainerState state, IReadOnlyDictionary<string, bool>? outcomes, IEnumerable<UInt128> examples, Action<string> save)
    {
        var name = NameOf(state.Step);
        var target = Path.Combine(Root, name);
        try
        {
            DurableDirectory.Write(Root, name, directory =>
            {
                save(directory);
                File.WriteAllLines(Path.Combine(directory, "examples.ids"), examples.Select(StableId.Text));
                if (outcomes is not null)
                {
                    File.WriteAllText(Path.Combine(directory, StoredCheckpoint.Outcomes), JsonSerializer.Serialize(outcomes, StateFile.Format));
                }

                state = state with { Files = HashesOf(directory) };
                File.WriteAllText(Path.Combine(directory, TrainerFile), JsonSerializer.Serialize(state, StateFile.Format));
            });
        }
        catch (Exception error) when (error is IOException or ArgumentOutOfRangeException)
        {
            // The latter is what .NET says of a file beyond the process's limit (ulimit -f).
            throw new StreamDistillException(
                $"The checkpoint {target} could not be written: {error.Message} The one before it is still whole; make room, and start again.", isTransient: true, error);
        }

        return new StoredCheckpoint(target, state);
    }

    /// <summary>A checkpoint by its name, without looking whether its files are whole; null where there is none.</summary>
    public StoredCheckpoint? Find(string name)
    {
        var directory = Path.Combine(Root, name);
        return File.Exists(Path.Combine(directory, TrainerFile)) ? Read(directory) : null;
    }

    /// <summary>The checkpoint at step 0: the base model.</summary>
    public StoredCheckpoint? Base => Find(NameOf(0));

    /// <summary>The checkpoint that is promoted; null where none is.</summary>
    public StoredCheckpoint? Promoted => File.Exists(PromotedFile) ? Find(File.ReadAllText(PromotedFile).Trim()) : null;

    /// <summary>Promotes a checkpoint.</summary>
    public void Promote(StoredCheckpoint checkpoint) => DurableDirectory.ReplaceFile(PromotedFile, checkpoint.Name + "\n");

    /// <summary>The checkpoints that are there, in the order of their steps, without looking whether their files are whole.</summary>
    public IEnumerable<StoredCheckpoint> All() => Directories().Select(Read);

    /// <summary>
    /// Deletes what is not kept: neither among the last ones, nor promoted, nor the base that is compared with while nothing
    /// is promoted, nor the one that is served.
    /// </summary>
    /// <returns>The earliest round that a kept one of the last checkpoints is of.</returns>
    public int DeleteOld(string? servedUri)
    {
        var all = All().ToList();
        var last = all.TakeLast(keep).ToList();
        var compared = (Promoted ?? Base)?.Name;
        foreach (var old in all.SkipLast(keep).Where(checkpoint => checkpoint.Name != compared && checkpoint.Uri != servedUri))
        {
            Directory.Delete(old.Directory, recursive: true);
        }

        return last.Min(checkpoint => checkpoint.State.Round);
    }

    /// <summary>Deletes what a killed process left half-written.</summary>
    public void DeleteLeftovers() => DurableDirectory.DeleteLeftovers(Root);

    private static string NameOf(long step) => Prefix + step.ToString("D8", CultureInfo.InvariantCulture);

    private IEnumerable<string> Directories() => (Directory.Exists(Root) ? Directory.EnumerateDirectories(Root, Prefix + "*") : [])
        .Where(directory => long.TryParse(Path.GetFileName(directory)[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out _))
        .OrderBy(directory => long.Parse(Path.GetFileName(directory)[Prefix.Length..], CultureInfo.InvariantCulture));

    private static void PutAside(string directory)
    {
        var aside = directory + DamagedSuffix;
        if (Directory.Exists(aside))
        {
            Directory.Delete(aside, recursive: true);
        }

        Directory.Move(directory, aside);
    }

    private static StoredCheckpoint Read(string directory) => new(
        directory,
        JsonSerializer.Deserialize<TrainerState>(File.ReadAllBytes(Path.Combine(directory, TrainerFile)), StateFile.Format)
            ?? throw new InvalidDataException($"{TrainerFile} is null"));

    private static StoredCheckpoint ReadWhole(string directory)
    {
        var checkpoint = Read(directory);
        var found = HashesOf(directory);
        foreach (var (file, hash) in checkpoint.State.Files)
        {
            if (found.GetValueOrDefault(file) != hash)
            {
                throw new InvalidDataException(
                    found.ContainsKey(file) ? $"{file} is not what was written: its SHA-256 is another than in {TrainerFile}." : $"{file} is missing.");
            }
        }

        return checkpoint;
    }

    private static Dictionary<string, string> HashesOf(string directory) => Directory
        .EnumerateFiles(directory, "*", SearchOption.AllDirectories)
        .Where(path => Path.GetFileName(path) != TrainerFile)
        .Order(StringComparer.Ordinal)
        .ToDictionary(path => Path.GetRelativePath(directory, path), HashOf);

    private static string HashOf(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}

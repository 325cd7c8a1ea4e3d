// A round is a directory rounds/00000001 beside the checkpoints, which is complete or not there:
//   plan.json             RoundPlan
//   examples.safetensors  its examples in order, see ExampleFile.cs
//   replay.safetensors    those that may be replayed
//   holdout.avro          TrainingExamples, an Avro container file
//   trained.bin           of each example ever trained, 20 bytes: its id and the number of its round, both big-endian
using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using Avro.File;
using Avro.Specific;
using streamdistill;
using StreamDistill.Contracts;

namespace StreamDistill.Train;

/// <summary>Keeps rounds on the disk.</summary>
/// <param name="root">The directory of the student's checkpoints.</param>
internal sealed class RoundStore(string root)
{
    private const int TrainedBytes = 20;

    private readonly string rounds = Path.Combine(root, "rounds");

    /// <summary>Writes a round, which then survives a power cut.</summary>
    public void Write(Round round) => DurableDirectory.Write(rounds, NameOf(round.Plan.Number), directory =>
    {
        File.WriteAllText(Path.Combine(directory, "plan.json"), JsonSerializer.Serialize(round.Plan, StateFile.Format));
        ExampleFile.Write(Path.Combine(directory, "examples.safetensors"), round.Examples);
        ExampleFile.Write(Path.Combine(directory, "replay.safetensors"), round.Replay);
        WriteHoldout(Path.Combine(directory, "holdout.avro"), round.Holdout);
        WriteTrained(Path.Combine(directory, "trained.bin"), round.Trained);
    });

    /// <summary>A round; null where it was not written.</summary>
    /// <exception cref="StreamDistillException">It is damaged.</exception>
    public Round? Read(int number)
    {
        var directory = Path.Combine(rounds, NameOf(number));
        if (!Directory.Exists(directory))
        {
            return null;
        }

        try
        {
            var plan = JsonSerializer.Deserialize<RoundPlan>(File.ReadAllText(Path.Combine(directory, "plan.json")), StateFile.Format)
                ?? throw new InvalidDataException("plan.json is null");
            return new Round(
                plan,
                ExampleFile.Read(Path.Combine(directory, "examples.safetensors")),
                ExampleFile.Read(Path.Combine(directory, "replay.safetensors")),
                ReadHoldout(Path.Combine(directory, "holdout.avro")),
                ReadTrained(Path.Combine(directory, "trained.bin")));
        }
        catch (Exception error) when (error is IOException or JsonException or InvalidDataException or Avro.AvroException or StreamDistillException)
        {
            throw new StreamDistillException(
                $"The round in {directory} cannot be read, so training cannot go on with its examples: {error.Message} Restore the directory, or begin again with another Train:Output.",
                isTransient: false,
                error);
        }
    }

    /// <summary>Deletes the rounds before one.</summary>
    public void DeleteBefore(int number)
    {
        foreach (var directory in Directory.Exists(rounds) ? Directory.EnumerateDirectories(rounds) : [])
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var other) && other < number)
            {
                Directory.Delete(directory, recursive: true);
            }
        }
    }

    /// <summary>Deletes what a killed process left half-written.</summary>
    public void DeleteLeftovers() => DurableDirectory.DeleteLeftovers(rounds);

    private static string NameOf(int number) => number.ToString("D8", CultureInfo.InvariantCulture);

    private static void WriteHoldout(string path, IReadOnlyList<TrainingExample> examples)
    {
        using var writer = DataFileWriter<TrainingExample>.OpenWriter(new SpecificDatumWriter<TrainingExample>(TrainingExample._SCHEMA), path);
        foreach (var example in examples)
        {
            writer.Append(example);
        }
    }

    private static List<TrainingExample> ReadHoldout(string path)
    {
        using var reader = DataFileReader<TrainingExample>.OpenReader(path, TrainingExample._SCHEMA);
        return [.. reader.NextEntries];
    }

    private static void WriteTrained(string path, IReadOnlyDictionary<UInt128, int> trained)
    {
        var bytes = new byte[trained.Count * TrainedBytes];
        var rest = bytes.AsSpan();
        foreach (var (id, round) in trained)
        {
            BinaryPrimitives.WriteUInt128BigEndian(rest, id);
            BinaryPrimitives.WriteInt32BigEndian(rest[16..], round);
            rest = rest[TrainedBytes..];
        }

        File.WriteAllBytes(path, bytes);
    }

    private static Dictionary<UInt128, int> ReadTrained(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var trained = new Dictionary<UInt128, int>(bytes.Length / TrainedBytes);
        for (var rest = bytes.AsSpan(); rest.Length >= TrainedBytes; rest = rest[TrainedBytes..])
        {
            trained.Add(BinaryPrimitives.ReadUInt128BigEndian(rest), BinaryPrimitives.ReadInt32BigEndian(rest[16..]));
        }

        return trained;
    }
}

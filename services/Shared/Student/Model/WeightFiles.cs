using System.Text.Json;
using StreamDistill.Contracts;
using TorchSharp;
using static TorchSharp.torch;

namespace StreamDistill.Student;

/// <summary>A model's weights on disk: model.safetensors, or the files that model.safetensors.index.json names.</summary>
internal sealed class WeightFiles : IDisposable
{
    public const string FileName = "model.safetensors";
    private const string IndexName = FileName + ".index.json";

    private readonly string directory;
    private readonly Dictionary<string, SafetensorsFile> files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SafetensorsFile> fileOf = new(StringComparer.Ordinal);

    private WeightFiles(string directory) => this.directory = directory;

    public static WeightFiles Open(string directory)
    {
        var weights = new WeightFiles(directory);
        try
        {
            if (File.Exists(Path.Combine(directory, IndexName)) && !File.Exists(Path.Combine(directory, FileName)))
            {
                weights.OpenIndex(Path.Combine(directory, IndexName));
            }
            else
            {
                var file = weights.OpenPart(FileName);
                weights.files[FileName] = file;
                foreach (var name in file.Entries.Keys)
                {
                    weights.fileOf[name] = file;
                }
            }

            return weights;
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>Refuses files that lack a parameter or have one that the model has no place for.</summary>
    public void Check(ModelConfig config)
    {
        var expected = WeightLayout.Of(config).ToDictionary(parameter => parameter.Name, parameter => parameter.Shape, StringComparer.Ordinal);
        Refuse(expected.Keys.Where(name => !fileOf.ContainsKey(name)), "lacks", "config.json asks for");

        // Old Llama files hold the rotary frequencies, which the configuration gives; files of tied models may hold the embedding twice.
        Refuse(
            fileOf.Keys.Where(name => !expected.ContainsKey(name) && !name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal)
                && !(config.TieEmbeddings && name == WeightLayout.Head)),
            "has",
            "config.json leaves no place for");
        foreach (var (name, shape) in expected)
        {
            if (!fileOf[name].Entries[name].Shape.SequenceEqual(shape))
            {
                throw new StreamDistillException(
                    $"{directory}: the weights' {name} is [{string.Join(", ", fileOf[name].Entries[name].Shape)}], by config.json it is [{string.Join(", ", shape)}].");
            }
        }
    }

    public Tensor Read(string name) => fileOf[name].Read(name);

    public void Dispose()
    {
        foreach (var file in files.Values)
        {
            file.Dispose();
        }
    }

    private void Refuse(IEnumerable<string> names, string verb, string reason)
    {
        var all = names.Order(StringComparer.Ordinal).ToList();
        if (all.Count > 0)
        {
            throw new StreamDistillException(
                $"{directory}: the weights file {verb} {string.Join(", ", all.Take(3))}{(all.Count > 3 ? $" and {all.Count - 3} more" : "")}, which {reason}.");
        }
    }

    private void OpenIndex(string path)
    {
        JsonFields map;
        try
        {
            map = new JsonFields(path, JsonDocument.Parse(File.ReadAllBytes(path)).RootElement).Object("weight_map");
        }
        catch (Exception exception) when (exception is JsonException or IOException)
        {
            throw new StreamDistillException($"{path} cannot be read: {exception.Message}", innerException: exception);
        }

        foreach (var name in map.Names)
        {
            var part = map.Text(name);
            if (part != Path.GetFileName(part))
            {
                throw map.Refusal(name, $"'{part}' is not the name of a file beside it");
            }

            if (!files.TryGetValue(part, out var file))
            {
                files[part] = file = OpenPart(part);
            }

            fileOf[name] = file.Entries.ContainsKey(name) ? file : throw map.Refusal(name, $"{part} has no such tensor");
        }
    }

    private SafetensorsFile OpenPart(string name) => SafetensorsFile.Open(Path.Combine(directory, name));
}

using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using StreamDistill.Contracts;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace StreamDistill.Student;

/// <summary>Low-rank changes to a decoder's linear layers, in float32; stored as PEFT stores them: adapter_config.json and
/// adapter_model.safetensors with tensors such as base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight.</summary>
public sealed class LoraAdapter : IDisposable
{
    private const string ConfigName = "adapter_config.json";
    private const string WeightsName = "adapter_model.safetensors";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly List<(Projection Projection, LowRankChange Change)> changes = [];

    internal LoraAdapter(Decoder decoder, LoraOptions options)
    {
        options.Validate();
        Options = options;
        foreach (var projection in TargetsOf(decoder, options))
        {
            var (outputs, inputs) = (projection.Weight.shape[0], projection.Weight.shape[1]);
            var down = empty([options.Rank, inputs], ScalarType.Float32, CPU);
            TensorBytes.ForEachPiece(down, (bytes, offset) => Randomness.FillUniform(
                MemoryMarshal.Cast<byte, float>(bytes), 1 / Math.Sqrt(inputs), Randomness.SeedOf(options.Seed, projection.Name), offset / sizeof(float)));
            var up = zeros([outputs, options.Rank], ScalarType.Float32, CPU);
            var change = new LowRankChange(ParameterOf(down, decoder.Device), ParameterOf(up, decoder.Device), options.Alpha / options.Rank);
            projection.Change = change;
            changes.Add((projection, change));
        }
    }

    /// <summary>What it was made with.</summary>
    public LoraOptions Options { get; }

    /// <summary>Whether the changes are in the weights now.</summary>
    public bool IsMerged { get; private set; }

    /// <summary>What is trained.</summary>
    public IEnumerable<Parameter> Parameters => changes.SelectMany(change => new[] { change.Change.Down, change.Change.Up });

    /// <summary>The parameters by PEFT's names.</summary>
    public IEnumerable<(string Name, Parameter Parameter)> NamedParameters => changes.SelectMany(change => new[]
    {
        (NameOf(change.Projection, 'A'), change.Change.Down),
        (NameOf(change.Projection, 'B'), change.Change.Up),
    });

    /// <summary>Attaches an adapter that PEFT or <see cref="Save"/> wrote.</summary>
    /// <exception cref="StreamDistillException">A file is missing or damaged, does not fit the decoder, or asks for what is not supported.</exception>
    public static LoraAdapter Load(Decoder decoder, string directory)
    {
        var options = ReadOptions(Path.Combine(directory, ConfigName));
        var path = Path.Combine(directory, WeightsName);
        using var file = SafetensorsFile.Open(path);
        Check(file, path, TargetsOf(decoder, options), options.Rank);
        var adapter = decoder.AttachLora(options);
        using var still = no_grad();
        foreach (var (name, parameter) in adapter.NamedParameters)
        {
            using var stored = file.Read(name);
            parameter.copy_(stored);
        }

        return adapter;
    }

    /// <summary>Writes both files into a directory that exists.</summary>
    /// <param name="directory">Where to.</param>
    /// <param name="baseModel">base_model_name_or_path: what the adapter is for.</param>
    public void Save(string directory, string? baseModel = null)
    {
        SafetensorsWriter.Write(
            Path.Combine(directory, WeightsName),
            NamedParameters.Select(pair => KeyValuePair.Create(pair.Name, (Tensor)pair.Parameter)),
            new Dictionary<string, string> { ["format"] = "pt" });
        var json = new JsonObject
        {
            ["peft_type"] = "LORA",
            ["task_type"] = "CAUSAL_LM",
            ["base_model_name_or_path"] = baseModel,
            ["r"] = Options.Rank,
            ["lora_alpha"] = Options.Alpha,
            ["lora_dropout"] = 0.0,
            ["target_modules"] = new JsonArray([.. Options.Targets.Select(name => JsonValue.Create(name))]),
            ["bias"] = "none",
            ["fan_in_fan_out"] = false,
            ["inference_mode"] = true,
        };
        var bytes = JsonSerializer.SerializeToUtf8Bytes(json, Indented);
        DurableFile.Write(Path.Combine(directory, ConfigName), stream => stream.Write(bytes));
    }

    /// <summary>Moves the changes into the decoder's weights, which are then saved and run as without an adapter.</summary>
    public void Merge()
    {
        if (!IsMerged)
        {
            AddToWeights(1);
            IsMerged = true;
        }
    }

    /// <summary>Takes the changes out of the weights again, up to rounding.</summary>
    public void Unmerge()
    {
        if (IsMerged)
        {
            AddToWeights(-1);
            IsMerged = false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var parameter in Parameters)
        {
            parameter.Dispose();
        }
    }

    private static string NameOf(Projection projection, char part) => $"base_model.model.{projection.Name}.lora_{part}.weight";

    private static IEnumerable<Projection> TargetsOf(Decoder decoder, LoraOptions options) =>
        decoder.Projections.Where(projection => options.Targets.Contains(projection.Name.Split('.')[^1]));

    private static void Check(SafetensorsFile file, string path, IEnumerable<Projection> targets, int rank)
    {
        var expected = targets.SelectMany(projection => new (string Name, long[] Shape)[]
        {
            (NameOf(projection, 'A'), [rank, projection.Weight.shape[1]]),
            (NameOf(projection, 'B'), [projection.Weight.shape[0], rank]),
        }).ToList();
        if (!expected.Select(tensor => tensor.Name).ToHashSet().SetEquals(file.Entries.Keys))
        {
            throw new StreamDistillException($"{path} has not the {expected.Count} tensors that {ConfigName} asks for with this decoder, but {file.Entries.Count}, or others.");
        }

        foreach (var (name, shape) in expected.Where(tensor => !file.Entries[tensor.Name].Shape.SequenceEqual(tensor.Shape)))
        {
            throw new StreamDistillException($"{path}: {name} is [{string.Join(", ", file.Entries[name].Shape)}], this decoder needs [{string.Join(", ", shape)}].");
        }
    }

    private static Parameter ParameterOf(Tensor start, Device device)
    {
        var parameter = new Parameter(device.type == DeviceType.CPU ? start : start.to(device, disposeAfter: true));
        _ = parameter.DetachFromDisposeScope();
        return parameter;
    }

    private static LoraOptions ReadOptions(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var fields = new JsonFields(path, document.RootElement);
            foreach (var name in new[] { "use_dora", "use_rslora", "fan_in_fan_out" }.Where(name => fields.Flag(name)))
            {
                throw fields.Refusal(name, "is not supported");
            }

            foreach (var name in new[] { "modules_to_save", "layers_to_transform", "target_parameters" }.Where(fields.Has))
            {
                throw fields.Refusal(name, "is not supported");
            }

            foreach (var name in new[] { "rank_pattern", "alpha_pattern" }.Where(name => fields.Has(name) && fields.Object(name).Names.Any()))
            {
                throw fields.Refusal(name, "is not supported");
            }

            if ((fields.Has("peft_type") && fields.Text("peft_type") != "LORA") || (fields.Has("bias") && fields.Text("bias") != "none"))
            {
                throw fields.Refusal("peft_type, bias", "only LORA with bias none is supported");
            }

            var targets = fields.Texts("target_modules");
            return targets.Count > 0 && !targets.Except(LoraOptions.AllModules).Any()
                ? new LoraOptions(fields.Size("r"), fields.Positive("lora_alpha"), targets)
                : throw fields.Refusal("target_modules", $"allowed are {string.Join(", ", LoraOptions.AllModules)}");
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new StreamDistillException($"{path} cannot be read: {exception.Message}", innerException: exception);
        }
    }

    private void AddToWeights(int sign)
    {
        using var still = no_grad();
        foreach (var (projection, change) in changes)
        {
            using var scope = NewDisposeScope();
            projection.Weight.add_(change.Weight().to(projection.Weight.dtype), sign);
            projection.Change = sign > 0 ? null : change;
        }
    }
}

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace StreamDistill.Student;

/// <summary>A decoder-only transformer as Hugging Face's Llama and Qwen2: RMSNorm, rotary positions, grouped-query attention, SwiGLU.
/// Its parameters have Hugging Face's names. Device and type are chosen when it is made; it is not moved afterwards.</summary>
public sealed class Decoder : nn.Module
{
    private readonly RotaryEmbedding rotary;
    private readonly DecoderLayer[] layers;
    private readonly RootMeanSquareNorm norm;
    private readonly Parameter embedding;
    private readonly Parameter head;
    private LoraAdapter? adapter;

    /// <param name="config">The shape.</param>
    /// <param name="make">The values of a parameter, by name and shape; they become its memory.</param>
    private Decoder(ModelConfig config, Func<string, long[], Tensor> make)
        : base(nameof(Decoder))
    {
        config.Validate();
        Config = config;
        foreach (var (name, shape) in WeightLayout.Of(config))
        {
            var parameter = new Parameter(make(name, shape));
            _ = parameter.DetachFromDisposeScope();
            register_parameter(name, parameter);
        }

        var parameters = named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter);
        embedding = parameters[WeightLayout.Embedding];
        head = config.TieEmbeddings ? embedding : parameters[WeightLayout.Head];
        norm = new RootMeanSquareNorm(parameters[WeightLayout.Norm], config.NormEpsilon);
        rotary = new RotaryEmbedding(config);
        layers = [.. Enumerable.Range(0, config.Layers).Select(index => new DecoderLayer(config, rotary, index, parameters.GetValueOrDefault))];
    }

    /// <summary>The shape.</summary>
    public ModelConfig Config { get; }

    /// <summary>Where the parameters are.</summary>
    public Device Device => embedding.device;

    /// <summary>What the parameters are.</summary>
    public ScalarType WeightType => embedding.dtype;

    /// <summary>How many numbers the parameters are, a tied embedding counted once and an adapter not.</summary>
    public long ParameterCount => parameters().Sum(parameter => parameter.numel());

    internal IEnumerable<Projection> Projections => layers.SelectMany(layer => layer.Projections);

    /// <summary>A decoder with random weights in float32 on the CPU: normal with deviation 0.02, norms 1, biases 0. A seed always gives the same.</summary>
    /// <exception cref="ArgumentException">The configuration's sizes do not fit together.</exception>
    public static Decoder Create(ModelConfig config, long seed) => new(config, (name, shape) =>
    {
        if (shape.Length == 1)
        {
            return name.EndsWith(".bias", StringComparison.Ordinal) ? zeros(shape, ScalarType.Float32) : ones(shape, ScalarType.Float32);
        }

        var weights = empty(shape, ScalarType.Float32, CPU);
        TensorBytes.ForEachPiece(weights, (bytes, offset) => Randomness.FillNormal(
            System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes), 0.02, Randomness.SeedOf(seed, name), offset / sizeof(float)));
        return weights;
    });

    /// <summary>Reads config.json and model.safetensors, or the parts that model.safetensors.index.json names.</summary>
    /// <param name="directory">The model's directory.</param>
    /// <param name="device">Where to; the CPU by default.</param>
    /// <param name="dtype">What the parameters become; by default float32 on the CPU and the file's type elsewhere.</param>
    /// <exception cref="Contracts.StreamDistillException">A file is missing, damaged or does not fit the configuration.</exception>
    public static Decoder Load(string directory, Device? device = null, ScalarType? dtype = null)
    {
        var config = ModelConfig.Read(directory);
        var target = device ?? CPU;
        using var files = WeightFiles.Open(directory);
        files.Check(config);
        return new Decoder(config, (name, _) =>
        {
            var stored = files.Read(name);
            var type = dtype ?? (target.type == DeviceType.CPU ? ScalarType.Float32 : stored.dtype);
            return stored.to(type, target, disposeAfter: stored.dtype != type || target.type != DeviceType.CPU);
        });
    }

    /// <summary>Writes the weights as model.safetensors holds them, whole or not at all. An adapter's changes are written with them; the decoder stays as it is.</summary>
    public void SaveWeights(string path)
    {
        using var scope = NewDisposeScope();
        using var still = no_grad();
        var merged = new Dictionary<string, Tensor>();
        foreach (var projection in Projections)
        {
            if (projection.Change is { } change)
            {
                merged[projection.Name + ".weight"] = change.AddedTo(projection.Weight);
            }
        }

        SafetensorsWriter.Write(
            path,
            named_parameters().Select(pair => KeyValuePair.Create(pair.name, merged.GetValueOrDefault(pair.name, pair.parameter))),
            new Dictionary<string, string> { ["format"] = "pt" });
    }

    /// <summary>The last hidden state, normed, of every token.</summary>
    /// <param name="tokens">[batch, length] int64.</param>
    /// <param name="positions">[batch, length] int64, each text from 0.</param>
    /// <param name="mask">bool, broadcastable to [batch, 1, length, length]; true where a token (row) may attend to another (column). See <see cref="AttentionMask"/>.</param>
    /// <returns>[batch, length, hidden].</returns>
    public Tensor Hidden(Tensor tokens, Tensor positions, Tensor mask)
    {
        using var scope = NewDisposeScope();
        var (cosine, sine) = rotary.At(positions, WeightType);
        var bias = AttentionMask.Bias(mask, Config.Heads / Config.KeyValueHeads, WeightType);
        return Run(tokens, new Pass(tokens.shape[0], tokens.shape[1], cosine, sine, bias, null)).MoveToOuterDisposeScope();
    }

    /// <summary>Continues texts whose earlier tokens are in a cache; no gradients. The caller says where: rows from
    /// <paramref name="firstRow"/> on, each token in the slot of its position, attending to all slots up to its own.</summary>
    /// <param name="tokens">[rows, new] int64.</param>
    /// <param name="positions">[rows, new] int64.</param>
    /// <param name="cache">Takes the new tokens' keys and values.</param>
    /// <param name="firstRow">The cache's row of the first text.</param>
    /// <param name="length">One past the highest position.</param>
    /// <returns>[rows, new, hidden], as <see cref="Hidden"/>.</returns>
    public Tensor Extend(Tensor tokens, Tensor positions, KeyValueCache cache, int firstRow, int length)
    {
        using var still = no_grad();
        using var scope = NewDisposeScope();
        var (cosine, sine) = rotary.At(positions, WeightType);
        var slots = arange(length, ScalarType.Int64, Device).view(1, 1, 1, length);
        var mask = slots.le(positions.view(positions.shape[0], 1, positions.shape[1], 1));
        var bias = AttentionMask.Bias(mask, Config.Heads / Config.KeyValueHeads, WeightType);
        var pass = new Pass(tokens.shape[0], tokens.shape[1], cosine, sine, bias, cache.At(positions, firstRow, length));
        return Run(tokens, pass).MoveToOuterDisposeScope();
    }

    /// <summary>The scores of every token of the vocabulary.</summary>
    /// <param name="hidden">[..., hidden].</param>
    /// <returns>[..., vocabulary].</returns>
    public Tensor Logits(Tensor hidden) => hidden.dim() == 2 ? Linear.Forward(hidden, head) : nn.functional.linear(hidden, head);

    /// <summary>Adds low-rank changes to linear layers; from then on only their parameters require gradients.</summary>
    /// <exception cref="InvalidOperationException">There is an adapter already.</exception>
    public LoraAdapter AttachLora(LoraOptions options)
    {
        if (adapter is not null)
        {
            throw new InvalidOperationException("The decoder has an adapter already; merge it and save the weights first.");
        }

        adapter = new LoraAdapter(this, options);
        foreach (var parameter in parameters())
        {
            parameter.requires_grad = false;
        }

        return adapter;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            adapter?.Dispose();
        }

        base.Dispose(disposing);
    }

    private Tensor Run(Tensor tokens, Pass pass)
    {
        var stream = embedding.index_select(0, tokens.reshape(-1));
        foreach (var layer in layers)
        {
            stream = layer.Forward(stream, pass);
        }

        return norm.Forward(stream).view(pass.Batch, pass.Length, Config.HiddenSize);
    }
}

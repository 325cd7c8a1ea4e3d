using StreamDistill.Student;
using Student.Tests.Python;
using TorchSharp;
using static TorchSharp.torch;

namespace Student.Tests.Model;

/// <summary>A few small models of every kind, computed by plain PyTorch in one run: half written by us, half by PyTorch.</summary>
public sealed class PyTorchComparison : IDisposable
{
    private const int Batch = 2;
    private const int Length = 11;

    private readonly ScratchDirectory scratch = new();

    public PyTorchComparison()
    {
        foreach (var (name, config) in Models)
        {
            config.Write(scratch.Folder(name));
        }

        var theirs = Models.Keys.Where((_, index) => index % 2 == 1).ToArray();
        PyTorch.Run("make", string.Join(',', theirs.Select(scratch.File)), "5");
        foreach (var (name, config) in Models)
        {
            using var scope = NewDisposeScope();
            if (!theirs.Contains(name))
            {
                using var decoder = TinyModel.Create(config, name.Length);
                decoder.SaveWeights(Path.Combine(scratch.File(name), "model.safetensors"));
            }

            SafetensorsWriter.Write(Path.Combine(scratch.File(name), "batch.safetensors"), BatchOf());
        }

        PyTorch.Run("run", string.Join(',', Models.Keys.Select(scratch.File)));
    }

    /// <summary>By a name that says what is special.</summary>
    public static Dictionary<string, ModelConfig> Models { get; } = new()
    {
        ["llama"] = TinyModel.Config,
        ["llama-tied"] = TinyModel.Config with { TieEmbeddings = true },
        ["llama-biased"] = TinyModel.Config with { QueryKeyValueBias = true, NormEpsilon = 1e-5 },
        ["llama-all-heads"] = TinyModel.Config with { KeyValueHeads = 4 },
        ["llama-one-head"] = TinyModel.Config with { KeyValueHeads = 1, HeadSize = 12, Layers = 1 },
        ["qwen"] = TinyModel.Config with { Family = ModelFamily.Qwen2, QueryKeyValueBias = true },
        ["qwen-tied"] = TinyModel.Config with { Family = ModelFamily.Qwen2, QueryKeyValueBias = true, TieEmbeddings = true, RopeTheta = 1e6 },
        ["linear"] = Scaled(new RopeScaling(RopeScalingKind.Linear, 3)),
        ["dynamic-short"] = Scaled(new RopeScaling(RopeScalingKind.Dynamic, 2)),
        ["dynamic-long"] = Scaled(new RopeScaling(RopeScalingKind.Dynamic, 2)) with { MaxPositions = 8 },
        ["llama3"] = Scaled(new RopeScaling(RopeScalingKind.Llama3, 8) { LowFrequencyFactor = 1, HighFrequencyFactor = 4, OriginalMaxPositions = 64 }),
        ["yarn"] = Scaled(new RopeScaling(RopeScalingKind.Yarn, 4)),
        ["yarn-given"] = Scaled(new RopeScaling(RopeScalingKind.Yarn, 4) { AttentionFactor = 1.3, BetaFast = 8, BetaSlow = 2, OriginalMaxPositions = 200 }),
    };

    /// <summary>What a model gives for the batch, ours and PyTorch's: logits, loss and gradients by name.</summary>
    internal (Dictionary<string, Tensor> Ours, Dictionary<string, Tensor> Theirs) Compute(string name)
    {
        using var decoder = Decoder.Load(scratch.File(name));
        var batch = BatchOf().ToDictionary();
        var logits = decoder.Logits(decoder.Hidden(batch["tokens"], batch["positions"], batch["mask"]));
        var loss = nn.functional.cross_entropy(logits.view(-1, decoder.Config.VocabularySize), batch["targets"].view(-1));
        loss.backward();
        var ours = decoder.named_parameters().ToDictionary(pair => "grad." + pair.name, pair => pair.parameter.grad!.clone());
        ours["logits"] = logits;
        ours["loss"] = loss;

        using var file = SafetensorsFile.Open(Path.Combine(scratch.File(name), "expected.safetensors"));
        return (ours, file.Entries.Keys.ToDictionary(key => key, file.Read));
    }

    public void Dispose() => scratch.Dispose();

    private static ModelConfig Scaled(RopeScaling scaling) => TinyModel.Config with { RopeScaling = scaling, HeadSize = 16 };

    /// <summary>Two rows; the second is two texts packed into one.</summary>
    private static KeyValuePair<string, Tensor>[] BatchOf()
    {
        var segments = zeros([Batch, Length], ScalarType.Int64);
        var positions = TinyModel.Positions(Batch, Length);
        segments.select(0, 1).narrow(0, 6, Length - 6).fill_(1);
        positions.select(0, 1).narrow(0, 6, Length - 6).copy_(arange(Length - 6, ScalarType.Int64));
        return
        [
            KeyValuePair.Create("tokens", TinyModel.Tokens(Batch, Length)),
            KeyValuePair.Create("targets", TinyModel.Tokens(Batch, Length, 8)),
            KeyValuePair.Create("positions", positions),
            KeyValuePair.Create("mask", AttentionMask.Packed(segments)),
        ];
    }
}

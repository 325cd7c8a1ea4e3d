using TorchSharp;
using static TorchSharp.torch;

namespace StreamDistill.Student;

/// <summary>Rotary position embedding (arXiv 2104.09864) in Hugging Face's layout: dimension i turns with dimension i + size / 2.</summary>
internal sealed class RotaryEmbedding
{
    private readonly ModelConfig config;
    private readonly float[] frequencies;
    private readonly double attentionFactor;

    public RotaryEmbedding(ModelConfig config)
    {
        this.config = config;
        frequencies = config.RopeScaling switch
        {
            null or { Kind: RopeScalingKind.Dynamic } => Frequencies(config.RopeTheta),
            { Kind: RopeScalingKind.Linear } scaling => Divided(scaling.Factor),
            { Kind: RopeScalingKind.Llama3 } scaling => Llama3(scaling),
            { } scaling => Yarn(scaling),
        };
        attentionFactor = config.RopeScaling is { Kind: RopeScalingKind.Yarn } yarn
            ? yarn.AttentionFactor ?? ((0.1 * Math.Log(yarn.Factor)) + 1)
            : 1;
    }

    /// <summary>Cosines, and sines with the first half negated, of [batch, length] positions: each [batch, length, 1, head size].</summary>
    public (Tensor Cosine, Tensor Sine) At(Tensor positions, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var turns = tensor(At(positions), device: positions.device);
        var angles = positions.to(ScalarType.Float32).unsqueeze(-1).unsqueeze(-1).mul(turns);
        var cosine = angles.cos();
        var sine = angles.sin();
        if (attentionFactor != 1)
        {
            cosine.mul_(attentionFactor);
            sine.mul_(attentionFactor);
        }

        return (cat([cosine, cosine], -1).to(type).MoveToOuterDisposeScope(), cat([sine.neg(), sine], -1).to(type).MoveToOuterDisposeScope());
    }

    /// <summary>Turns [batch, length, heads, head size] by its positions.</summary>
    public Tensor Turn(Tensor heads, Tensor cosine, Tensor sine)
    {
        var half = config.HeadSize / 2;
        using var first = heads.narrow(-1, 0, half);
        using var second = heads.narrow(-1, half, half);
        using var swapped = cat([second, first], -1);
        return heads.mul(cosine).addcmul_(swapped, sine, 1);
    }

    private float[] At(Tensor positions)
    {
        if (config.RopeScaling is not { Kind: RopeScalingKind.Dynamic } scaling)
        {
            return frequencies;
        }

        using var last = positions.max();
        var length = last.item<long>() + 1;
        if (length <= config.MaxPositions)
        {
            return frequencies;
        }

        // Dynamic NTK: the base that spreads this length over the turns of the original one.
        var stretch = (scaling.Factor * length / config.MaxPositions) - (scaling.Factor - 1);
        return Frequencies(config.RopeTheta * Math.Pow(stretch, config.HeadSize / (config.HeadSize - 2.0)));
    }

    /// <summary>In single precision, as the models were trained with.</summary>
    private float[] Frequencies(double theta)
    {
        var result = new float[config.HeadSize / 2];
        for (var index = 0; index < result.Length; index++)
        {
            result[index] = 1 / MathF.Pow((float)theta, (float)(2 * index) / config.HeadSize);
        }

        return result;
    }

    private float[] Divided(double factor) => [.. Frequencies(config.RopeTheta).Select(frequency => frequency / (float)factor)];

    private float[] Llama3(RopeScaling scaling)
    {
        var (low, high) = (scaling.LowFrequencyFactor!.Value, scaling.HighFrequencyFactor!.Value);
        var original = (double)scaling.OriginalMaxPositions!.Value;
        return [.. Frequencies(config.RopeTheta).Select(frequency =>
        {
            var turns = original * frequency / (2 * Math.PI);
            var kept = Math.Clamp((turns - low) / (high - low), 0, 1);
            return (float)(((1 - kept) * frequency / scaling.Factor) + (kept * frequency));
        })];
    }

    private float[] Yarn(RopeScaling scaling)
    {
        var original = scaling.OriginalMaxPositions ?? config.MaxPositions;
        var size = config.HeadSize;

        // The dimension whose wave turns so often within the original length.
        double DimensionOf(double turns) => size * Math.Log(original / (turns * 2 * Math.PI)) / (2 * Math.Log(config.RopeTheta));

        var first = Math.Max(Math.Floor(DimensionOf(scaling.BetaFast ?? 32)), 0);
        var last = Math.Min(Math.Ceiling(DimensionOf(scaling.BetaSlow ?? 1)), size - 1);
        last = first == last ? last + 0.001 : last;
        return [.. Frequencies(config.RopeTheta).Select((frequency, index) =>
        {
            var divided = Math.Clamp((index - first) / (last - first), 0, 1);
            return (float)((divided * frequency / scaling.Factor) + ((1 - divided) * frequency));
        })];
    }
}

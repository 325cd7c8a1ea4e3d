using System.Runtime.InteropServices;
using StreamDistill.Student;
using TorchSharp;
using static TorchSharp.torch;

namespace Student.Tests.Model;

/// <summary>Decoders small enough to compute in a moment.</summary>
internal static class TinyModel
{
    public static ModelConfig Config { get; } = new()
    {
        VocabularySize = 61,
        HiddenSize = 32,
        IntermediateSize = 48,
        Layers = 2,
        Heads = 4,
        KeyValueHeads = 2,
        HeadSize = 8,
        MaxPositions = 64,
    };

    /// <summary>A decoder whose weights are large enough for its outputs to differ clearly.</summary>
    public static Decoder Create(ModelConfig? config = null, long seed = 1)
    {
        var decoder = Decoder.Create(config ?? Config, seed);
        using var still = no_grad();
        foreach (var (name, parameter) in decoder.named_parameters())
        {
            if (!name.Contains("norm", StringComparison.Ordinal))
            {
                parameter.mul_(10);
            }
        }

        return decoder;
    }

    /// <summary>Tokens [batch, length] that depend on the seed only.</summary>
    public static Tensor Tokens(int batch, int length, int seed = 7)
    {
        var random = new Random(seed);
        return tensor(Enumerable.Range(0, batch * length).Select(_ => (long)random.Next(Config.VocabularySize)).ToArray(), [batch, length]);
    }

    /// <summary>Positions [batch, length] from 0 on.</summary>
    public static Tensor Positions(int batch, int length) => arange(length, ScalarType.Int64).view(1, length).repeat(batch, 1);

    /// <summary>A tensor's numbers.</summary>
    public static float[] Numbers(Tensor tensor)
    {
        using var plain = tensor.detach().to(ScalarType.Float32).cpu().contiguous();
        return MemoryMarshal.Cast<byte, float>(plain.bytes).ToArray();
    }

    /// <summary>Asserts that two tensors have the same shape, and numbers that differ by at most a share of the largest.</summary>
    public static void AssertClose(Tensor expected, Tensor actual, double tolerance, string what)
    {
        Assert.True(expected.shape.SequenceEqual(actual.shape), $"{what}: [{string.Join(", ", actual.shape)}], not [{string.Join(", ", expected.shape)}]");
        var (left, right) = (Numbers(expected), Numbers(actual));
        var scale = left.Length == 0 ? 0 : left.Max(Math.Abs);
        var difference = left.Zip(right, (a, b) => Math.Abs((double)a - b)).DefaultIfEmpty().Max();
        Assert.True(difference <= tolerance * scale, $"{what}: differs by {difference}, the largest number is {scale}");
    }
}

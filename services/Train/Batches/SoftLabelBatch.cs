using System.Globalization;
using StreamDistill.Contracts;
using TorchSharp;
using static TorchSharp.torch;

namespace StreamDistill.Train;

/// <summary>The teacher's distribution over each target of a batch, as wide as the widest.</summary>
/// <param name="Ids">[targets, k] int64: tokens; 0 where there are fewer.</param>
/// <param name="Shares">[targets, k] float32: the weight of each in the divergence; 0 where there are fewer.</param>
/// <param name="Logprobs">[targets, k] float32: the logarithm of the teacher's probability of each, at the temperature.</param>
/// <param name="Has">[targets] float32: 1 where the teacher's distribution is known, else 0.</param>
/// <param name="Weight">The sum of the weights of targets where it is known.</param>
internal sealed record SoftLabelBatch(Tensor Ids, Tensor Shares, Tensor Logprobs, Tensor Has, double Weight)
{
    public IEnumerable<Tensor> All() => [Ids, Shares, Logprobs, Has];
}

/// <summary>Collects the soft labels of examples, target by target.</summary>
internal sealed class SoftLabelBuilder(SoftLabelOptions options)
{
    private readonly List<(int Id, float Share, float Logprob)[]> targets = [];
    private double weight;

    /// <summary>Adds an example's targets.</summary>
    public void Add(EncodedExample example, string word)
    {
        var run = example.SoftLabels;
        var random = run is not null && options.Mode == SoftLabelMode.Sampled ? RandomOf(word, example.Id) : null;
        var next = 0;
        for (var place = example.TargetStart; place < example.Tokens.Length; place++)
        {
            var index = place - (run?.Start ?? int.MaxValue);
            if (options.Weight == 0 || run is null || index < 0 || index >= run.Counts.Length)
            {
                targets.Add([]);
                continue;
            }

            var end = next + run.Counts[index];
            targets.Add(Distribution(run.Ids.AsSpan(next..end), run.Logprobs.AsSpan(next..end), random));
            weight += run.Counts[index] > 0 ? example.Weight : 0;
            next = end;
        }
    }

    /// <summary>The batch; null where no target has soft labels. The tensors are the caller's.</summary>
    public SoftLabelBatch? Build(Device device)
    {
        var width = targets.Count == 0 ? 0 : targets.Max(target => target.Length);
        if (width == 0)
        {
            return null;
        }

        var (ids, shares, logprobs) = (new long[targets.Count * width], new float[targets.Count * width], new float[targets.Count * width]);
        for (var i = 0; i < targets.Count; i++)
        {
            for (var j = 0; j < targets[i].Length; j++)
            {
                (ids[(i * width) + j], shares[(i * width) + j], logprobs[(i * width) + j]) = targets[i][j];
            }
        }

        return new SoftLabelBatch(
            tensor(ids, device: device).view(-1, width),
            tensor(shares, device: device).view(-1, width),
            tensor(logprobs, device: device).view(-1, width),
            tensor(targets.Select(target => target.Length > 0 ? 1f : 0f).ToArray(), device: device),
            weight);
    }

    private static Random RandomOf(string word, UInt128 id) =>
        new(int.Parse(StableId.Of(word, StableId.Text(id)).AsSpan(0, 7), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));

    private (int Id, float Share, float Logprob)[] Distribution(ReadOnlySpan<int> ids, ReadOnlySpan<float> logprobs, Random? random)
    {
        // The stored probabilities as they are, or softened and scaled up to 1; see SoftLabelMode.
        var isWhole = options.Mode == SoftLabelMode.TopK || options.Temperature != 1;
        var logs = new double[ids.Length];
        var sum = 0.0;
        for (var i = 0; i < logs.Length; i++)
        {
            logs[i] = logprobs[i] / options.Temperature;
            sum += Math.Exp(logs[i]);
        }

        // Rounded logprobs can add up to a little over 1.
        var scale = ids.Length > 0 && (isWhole || sum > 1) ? Math.Log(sum) : 0;
        var target = new (int Id, float Share, float Logprob)[ids.Length];
        for (var i = 0; i < logs.Length; i++)
        {
            target[i] = (ids[i], random is null ? (float)Math.Exp(logs[i] - scale) : 0, (float)(logs[i] - scale));
        }

        for (var draw = 0; random is not null && draw < options.Draws; draw++)
        {
            var drawn = random.NextDouble();
            var i = 0;
            for (; i < target.Length && (drawn -= Math.Exp(logs[i] - scale)) >= 0; i++)
            {
            }

            if (i < target.Length)
            {
                target[i].Share += 1f / options.Draws;
            }
        }

        return target;
    }
}

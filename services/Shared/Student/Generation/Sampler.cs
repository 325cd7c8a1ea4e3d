namespace StreamDistill.Student;

/// <summary>Chooses tokens from log-probabilities on the CPU. What it chooses depends on its arguments only.</summary>
/// <param name="vocabulary">How many tokens there are.</param>
internal sealed class Sampler(int vocabulary)
{
    private readonly float[] weights = new float[vocabulary];

    /// <summary>Ids below the bits of their weights, inverted: sorted as numbers, the likeliest come first and of equals the lower id.</summary>
    private readonly ulong[] candidates = new ulong[vocabulary];

    /// <param name="logprobs">Of every token, at temperature 1.</param>
    /// <param name="sampling">Temperature, top-k and top-p.</param>
    /// <param name="uniform">A number from [0, 1) that decides.</param>
    public int Pick(ReadOnlySpan<float> logprobs, SamplingOptions sampling, double uniform)
    {
        var best = Likeliest(logprobs);
        if (sampling.Temperature == 0)
        {
            return best;
        }

        var total = Weigh(logprobs, logprobs[best], sampling.Temperature);
        if (sampling.TopK == 0 && sampling.TopP == 1)
        {
            return Draw(null, total, uniform, best);
        }

        var (kept, sum) = Keep(sampling, total);
        return Draw(kept, sum, uniform, best);
    }

    /// <summary>The likeliest tokens, likeliest first; of equals the one with the lower id.</summary>
    public static (int TokenId, float Logprob)[] Top(ReadOnlySpan<float> logprobs, int count)
    {
        var top = new (int TokenId, float Logprob)[Math.Clamp(count, 0, logprobs.Length)];
        var filled = 0;
        for (var id = 0; id < logprobs.Length && top.Length > 0; id++)
        {
            if (filled == top.Length && logprobs[id] <= top[^1].Logprob)
            {
                continue;
            }

            filled = Math.Min(filled + 1, top.Length);
            var place = filled - 1;
            for (; place > 0 && top[place - 1].Logprob < logprobs[id]; place--)
            {
                top[place] = top[place - 1];
            }

            top[place] = (id, logprobs[id]);
        }

        return top;
    }

    private static int Likeliest(ReadOnlySpan<float> logprobs)
    {
        var best = 0;
        for (var id = 1; id < logprobs.Length; id++)
        {
            if (logprobs[id] > logprobs[best])
            {
                best = id;
            }
        }

        return best;
    }

    /// <summary>Fills the weights, the likeliest token's being 1, and returns their sum.</summary>
    private double Weigh(ReadOnlySpan<float> logprobs, float highest, double temperature)
    {
        var total = 0.0;
        var inverse = (float)(1 / temperature);
        for (var id = 0; id < logprobs.Length; id++)
        {
            // The likeliest apart: 0 times an infinite inverse is not a number.
            weights[id] = logprobs[id] == highest ? 1 : MathF.Exp((logprobs[id] - highest) * inverse);
            total += weights[id];
        }

        return total;
    }

    /// <summary>What top-k and top-p leave, likeliest first, and the sum of its weights.</summary>
    private (int[] Kept, double Sum) Keep(SamplingOptions sampling, double total)
    {
        // The kept tokens are the head of the vocabulary in order of weight. Sorting a head that is surely long enough is
        // quicker than sorting all: lower the bar until it is.
        int count;
        var bar = 0.01f;
        while (true)
        {
            (count, var sum) = Above(bar);
            var isEnough = sampling.TopK > 0 ? count >= sampling.TopK : sum >= sampling.TopP * total;
            if (isEnough || bar == 0)
            {
                break;
            }

            bar = bar > 1e-30f ? bar / 64 : 0;
        }

        var head = candidates.AsSpan(0, count);
        head.Sort();
        var ids = new int[sampling.TopK > 0 ? Math.Min(sampling.TopK, count) : count];
        for (var place = 0; place < ids.Length; place++)
        {
            ids[place] = (int)(uint)head[place];
        }

        if (sampling.TopK > 0)
        {
            total = ids.Sum(id => (double)weights[id]);
        }

        var reached = 0.0;
        var length = 0;
        while (length < ids.Length && (length == 0 || reached < sampling.TopP * total))
        {
            reached += weights[ids[length++]];
        }

        return (ids[..length], reached);
    }

    private (int Count, double Sum) Above(float bar)
    {
        var count = 0;
        var sum = 0.0;
        for (var id = 0; id < weights.Length; id++)
        {
            if (weights[id] >= bar)
            {
                candidates[count++] = ((ulong)~BitConverter.SingleToUInt32Bits(weights[id]) << 32) | (uint)id;
                sum += weights[id];
            }
        }

        return (count, sum);
    }

    private int Draw(int[]? among, double total, double uniform, int otherwise)
    {
        var left = uniform * total;
        var count = among?.Length ?? weights.Length;
        var last = otherwise;
        for (var place = 0; place < count; place++)
        {
            var id = among?[place] ?? place;
            if (weights[id] == 0)
            {
                continue;
            }

            left -= weights[id];
            last = id;
            if (left < 0)
            {
                break;
            }
        }

        // Rounding may leave a little after the last token that has a weight.
        return last;
    }
}

using TorchSharp;
using static TorchSharp.torch;

namespace StreamDistill.Train.Tests.Batches;

public sealed class SoftLabelBatchTests
{
    private static readonly float[] Stored = [MathF.Log(0.5f), MathF.Log(0.2f), MathF.Log(0.1f)];

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void The_stored_tokens_are_scaled_up_to_a_distribution_at_the_temperature(double temperature)
    {
        var soft = Build(new SoftLabelOptions { Weight = 1, Temperature = temperature }, "").Batch;

        var powers = Stored.Select(logprob => Math.Exp(logprob / temperature)).ToList();
        Assert.Equal([.. powers.Select(power => (float)(power / powers.Sum()))], soft.Shares.data<float>().ToArray(), Close);
        Assert.Equal([.. powers.Select(power => (float)Math.Log(power / powers.Sum()))], soft.Logprobs.data<float>().ToArray(), Close);
    }

    [Fact]
    public void Draws_are_unbiased_over_what_is_stored_and_the_rest_counts_as_nothing()
    {
        const int Trials = 4000, Draws = 16;
        var options = new SoftLabelOptions { Weight = 1, Mode = SoftLabelMode.Sampled, Draws = Draws };
        var sums = new double[3];
        for (var trial = 0; trial < Trials; trial++)
        {
            var soft = Build(options, $"trial {trial}").Batch;
            for (var i = 0; i < sums.Length; i++)
            {
                sums[i] += soft.Shares[0, i].item<float>() / Trials;
            }
        }

        // Five standard errors of a share of Trials x Draws draws.
        Assert.All(sums.Zip([0.5, 0.2, 0.1]), pair => Assert.Equal(pair.Second, pair.First, 5 * Math.Sqrt(pair.Second * (1 - pair.Second) / (Trials * Draws))));
    }

    [Fact]
    public void The_same_draws_are_made_again_for_the_same_word_and_others_for_another()
    {
        var options = new SoftLabelOptions { Weight = 1, Mode = SoftLabelMode.Sampled, Draws = 1000 };
        float[] Shares(string word) => [.. Build(options, word).Batch.Shares.data<float>().ToArray()];

        Assert.Equal(Shares("pass 1"), Shares("pass 1"));
        Assert.NotEqual(Shares("pass 1"), Shares("pass 2"));
    }

    [Theory]
    [InlineData(1, "TopK")]
    [InlineData(2, "TopK")]
    [InlineData(1, "Sampled")]
    public void The_divergence_is_the_one_computed_directly(double temperature, string mode)
    {
        var options = new SoftLabelOptions { Weight = 0.3, Temperature = temperature, Mode = Enum.Parse<SoftLabelMode>(mode), Draws = 8 };
        var (soft, example) = Build(options, "");
        using var student = TinyStudent.Create();
        using var batch = PackedBatch.Of([[example]], options, "", CPU);
        var (loss, divergence) = DistillationLoss.Of(student.Decoder, batch, options, batch.TotalWeight);

        using var hidden = student.Decoder.Hidden(batch.Tokens, batch.Positions, StreamDistill.Student.AttentionMask.Causal(example.Tokens.Length));
        var logits = student.Decoder.Logits(hidden)[0].data<float>().ToArray().Chunk(TinyStudent.Config.VocabularySize).ToList();
        var (mixed, kl) = (0.0, 0.0);
        for (var place = example.TargetStart; place < example.Tokens.Length; place++)
        {
            var hard = -LogSoftmax(logits[place - 1], 1)[example.Tokens[place]];
            var isSoft = place == example.SoftLabels!.Start;
            var softened = LogSoftmax(logits[place - 1], temperature);
            var divergenceHere = !isSoft ? 0 : temperature * temperature * Enumerable.Range(0, 3).Sum(i =>
                soft.Shares[0, i].item<float>() * (soft.Logprobs[0, i].item<float>() - softened[example.SoftLabels.Ids[i]]));
            kl += divergenceHere;
            mixed += isSoft ? (0.7 * hard) + (0.3 * divergenceHere) : hard;
        }

        Assert.Equal(mixed / example.TargetLength, loss.item<float>(), 1e-5);
        Assert.Equal(kl, divergence!.item<float>(), 1e-5);
    }

    [Fact]
    public void Without_weight_no_soft_label_is_used()
    {
        var (_, example) = Build(new SoftLabelOptions { Weight = 1 }, "");

        using var batch = PackedBatch.Of([[example]], new SoftLabelOptions(), "", CPU);

        Assert.Null(batch.SoftLabels);
    }

    private static (SoftLabelBatch Batch, EncodedExample Example) Build(SoftLabelOptions options, string word)
    {
        // Only the first target has soft labels, so that the first row is theirs.
        var example = Samples.Encoded(3, 2, 3, softLabels: new SoftLabelRun(2, [3], [7, 8, 9], Stored));
        var builder = new SoftLabelBuilder(options);
        builder.Add(example, word);
        var whole = builder.Build(CPU)!;
        return (whole with { Shares = whole.Shares.narrow(0, 0, 1), Logprobs = whole.Logprobs.narrow(0, 0, 1) }, example);
    }

    private static bool Close(float left, float right) => Math.Abs(left - right) < 1e-5;

    private static double[] LogSoftmax(float[] logits, double temperature)
    {
        var max = logits.Max();
        var sum = Math.Log(logits.Sum(logit => Math.Exp((logit - max) / temperature)));
        return [.. logits.Select(logit => ((logit - max) / temperature) - sum)];
    }
}

using TorchSharp;
using static TorchSharp.torch;

namespace StreamDistill.Train.Tests.Batches;

public sealed class PackedBatchTests
{
    private static readonly SoftLabelOptions Hard = new();

    [Fact]
    public void Training_in_one_row_gives_the_gradients_of_training_apart()
    {
        List<EncodedExample> examples = [Samples.Encoded(1, 3, 5), Samples.Encoded(2, 6, 2, weight: 0.5f), Samples.Encoded(3, 1, 7), Samples.Encoded(4, 2, 2)];

        var packed = Gradients([[examples[0], examples[1], examples[2]], [examples[3]]]);
        var apart = Gradients([[examples[0]], [examples[1]], [examples[2]], [examples[3]]]);

        Assert.Equal(apart.Loss, packed.Loss, 1e-5);
        foreach (var (name, gradient) in apart.Gradients)
        {
            var scale = gradient.Max(MathF.Abs);
            Assert.All(gradient.Zip(packed.Gradients[name]), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= 1e-5 * scale, name));
        }
    }

    [Fact]
    public void Only_the_target_is_learnt_each_token_from_the_one_before()
    {
        var example = Samples.Encoded(5, prompt: 3, target: 2);

        using var batch = PackedBatch.Of([[Samples.Encoded(6, 2, 2), example]], Hard, "", CPU);

        Assert.Equal([1, 2, 6, 7], batch.Predictors.data<long>().ToArray());
        Assert.Equal([.. Samples.Encoded(6, 2, 2).Tokens[2..].Concat(example.Tokens[3..]).Select(token => (long)token)], batch.Labels.data<long>().ToArray());
        Assert.Equal([0, 1, 2, 3, 0, 1, 2, 3, 4], batch.Positions.data<long>().ToArray());
        Assert.Equal((4, 9, 4.0), (batch.TargetTokens, batch.ExampleTokens, batch.TotalWeight));
    }

    [Fact]
    public void What_the_prompt_says_changes_the_loss_but_is_not_learnt()
    {
        var example = Samples.Encoded(7, prompt: 4, target: 1);
        using var student = TinyStudent.Create();
        using var batch = PackedBatch.Of([[example]], Hard, "", CPU);

        var (loss, _) = DistillationLoss.Of(student.Decoder, batch, Hard, batch.TotalWeight);

        using var hidden = student.Decoder.Hidden(batch.Tokens, batch.Positions, StreamDistill.Student.AttentionMask.Causal(5));
        using var logprobs = nn.functional.log_softmax(student.Decoder.Logits(hidden), -1);
        Assert.Equal(-logprobs[0, 3, example.Tokens[4]].item<float>(), loss.item<float>(), 1e-5f);
    }

    private static (float Loss, Dictionary<string, float[]> Gradients) Gradients(List<List<EncodedExample>> rows)
    {
        using var student = TinyStudent.Create();
        using var batch = PackedBatch.Of(rows, Hard, "", CPU);
        var (loss, _) = DistillationLoss.Of(student.Decoder, batch, Hard, batch.TotalWeight);
        loss.backward();
        return (loss.item<float>(), student.Decoder.named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter.grad!.data<float>().ToArray()));
    }
}

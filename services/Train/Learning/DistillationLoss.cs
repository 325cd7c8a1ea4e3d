using StreamDistill.Student;
using TorchSharp;
using static TorchSharp.torch;

namespace StreamDistill.Train;

/// <summary>What a student is trained to make small.</summary>
internal static class DistillationLoss
{
    /// <summary>
    /// The mean over targets, weighted by their examples, of the cross-entropy of the hard label; where the teacher's
    /// distribution is known, (1 - Weight) of that and Weight of T² KL(teacher || student) at temperature T (Hinton, Vinyals
    /// and Dean, arXiv 1503.02531).
    /// </summary>
    /// <param name="decoder">The student.</param>
    /// <param name="batch">The targets.</param>
    /// <param name="options">Weight and temperature.</param>
    /// <param name="totalWeight">What the sum is divided by: that of all packs of a step.</param>
    /// <returns>The batch's part of the loss, with its graph, and the sum of its targets' weighted divergences, without; both scalars.</returns>
    public static (Tensor Loss, Tensor? Divergence) Of(Decoder decoder, PackedBatch batch, SoftLabelOptions options, double totalWeight)
    {
        using var scope = NewDisposeScope();
        var mask = AttentionMask.Packed(batch.Segments);
        var hidden = decoder.Hidden(batch.Tokens, batch.Positions, mask);

        // Only what predicts a target is compared with the whole vocabulary: that is most of the work of small students.
        var predictors = hidden.view(-1, hidden.shape[2]).index_select(0, batch.Predictors);
        var logprobs = nn.functional.log_softmax(decoder.Logits(predictors).to(ScalarType.Float32), -1);
        var entropy = logprobs.gather(1, batch.Labels.unsqueeze(1)).squeeze(1).neg();
        if (batch.SoftLabels is not { } soft || options.Weight == 0)
        {
            return (entropy.mul(batch.Weights).sum().div(totalWeight).MoveToOuterDisposeScope(), null);
        }

        var student = logprobs.gather(1, soft.Ids);
        if (options.Temperature != 1)
        {
            // log softmax(z / T) from log softmax(z): dividing by T leaves only the normaliser to find.
            student = student.div(options.Temperature).sub(logprobs.div(options.Temperature).logsumexp(-1, true));
        }

        var squared = options.Temperature * options.Temperature;
        var divergence = soft.Shares.mul(soft.Logprobs.sub(student)).sum(1).mul(squared);
        var mixed = entropy.mul(soft.Has.mul(-options.Weight).add(1)).add(divergence.mul(options.Weight));
        return (
            mixed.mul(batch.Weights).sum().div(totalWeight).MoveToOuterDisposeScope(),
            divergence.detach().mul(batch.Weights).sum().MoveToOuterDisposeScope());
    }
}

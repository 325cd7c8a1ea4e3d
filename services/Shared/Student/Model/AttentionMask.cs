using TorchSharp;
using static TorchSharp.torch;

namespace StreamDistill.Student;

/// <summary>Who may attend to whom: bool tensors that broadcast to [batch, 1, queries, keys].</summary>
public static class AttentionMask
{
    /// <summary>Every token attends to itself and what is before it: [1, 1, length, length].</summary>
    public static Tensor Causal(long length, Device? device = null)
    {
        using var places = arange(length, ScalarType.Int64, device);
        using var columns = places.view(1, 1, 1, -1);
        using var rows = places.view(1, 1, -1, 1);
        return columns.le(rows);
    }

    /// <summary>As <see cref="Causal"/>, within a segment only: several texts in one row do not see each other.</summary>
    /// <param name="segments">[batch, length] int64: which text a token is of.</param>
    /// <returns>[batch, 1, length, length].</returns>
    public static Tensor Packed(Tensor segments)
    {
        using var scope = NewDisposeScope();
        var (batch, length) = (segments.shape[0], segments.shape[1]);
        var same = segments.view(batch, 1, length, 1).eq(segments.view(batch, 1, 1, length));
        return same.logical_and(Causal(length, segments.device)).MoveToOuterDisposeScope();
    }

    /// <summary>What to add to attention scores: 0 where attending is allowed, else so low a number that its weight is 0.
    /// It is finite: a padding row that may attend to nothing gets even weights, not NaN.</summary>
    /// <param name="mask">[batch or 1, 1, queries, keys].</param>
    /// <param name="groups">How many query heads share a key head: their queries follow each other.</param>
    /// <param name="type">The scores' type.</param>
    /// <returns>[batch or 1, 1, groups x queries, keys].</returns>
    internal static Tensor Bias(Tensor mask, long groups, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var bias = zeros(mask.shape, type, mask.device).masked_fill_(mask.logical_not(), type == ScalarType.Float16 ? -3e4 : -1e30);
        return (groups == 1 ? bias : bias.repeat(1, 1, groups, 1)).MoveToOuterDisposeScope();
    }
}

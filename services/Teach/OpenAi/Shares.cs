namespace StreamDistill.Teach.OpenAi;

/// <summary>Whole numbers shared out.</summary>
internal static class Shares
{
    /// <summary>Shares of the total in proportion to the weights (all positive); they add up to the total.</summary>
    public static long[] Of(long total, IReadOnlyList<long> weights)
    {
        var shares = new long[weights.Count];
        Int128 sum = weights.Aggregate((Int128)0, (left, right) => left + right);
        Int128 before = 0;
        for (var i = 0; i < shares.Length; i++)
        {
            var after = before + weights[i];
            shares[i] = (long)((total * after / sum) - (total * before / sum));
            before = after;
        }

        return shares;
    }
}

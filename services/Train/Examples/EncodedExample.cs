namespace StreamDistill.Train;

/// <summary>An example as tokens.</summary>
/// <param name="Id">The bits of its example_id.</param>
/// <param name="Tokens">The conversation, then the target and the token that ends the turn.</param>
/// <param name="TargetStart">The place in <paramref name="Tokens"/> of the first token that the student learns to say; at least 1.</param>
/// <param name="Weight">How much each of its target's tokens counts.</param>
/// <param name="SoftLabels">The teacher's distribution over some of the target's tokens; null where there is none that fits.</param>
internal sealed record EncodedExample(UInt128 Id, int[] Tokens, int TargetStart, float Weight, SoftLabelRun? SoftLabels)
{
    /// <summary>How many tokens the student learns to say.</summary>
    public int TargetLength => Tokens.Length - TargetStart;
}

/// <summary>The teacher's distribution over consecutive tokens.</summary>
/// <param name="Start">The place in the example's tokens of the first one.</param>
/// <param name="Counts">For each token, how many alternatives are stored; 0 or more.</param>
/// <param name="Ids">The alternatives of all tokens after each other.</param>
/// <param name="Logprobs">The natural logarithms of their probabilities.</param>
internal sealed record SoftLabelRun(int Start, int[] Counts, int[] Ids, float[] Logprobs);

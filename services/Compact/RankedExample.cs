using streamdistill;

namespace StreamDistill.Compact;

/// <summary>What the rules compare of an example; all else of it is only in <c>curated</c>.</summary>
internal sealed record RankedExample(
    string ExampleId, string PromptId, string CompletionId, UInt128 ContentHash, int LengthChars, Kind Kind)
{
    /// <summary>Best first: shortest, then by content, and among equal contents by prompt_id and completion_id, ordinal.</summary>
    public static readonly IComparer<RankedExample> BestFirst = Comparer<RankedExample>.Create((left, right) =>
    {
        var order = left.LengthChars.CompareTo(right.LengthChars);
        order = order != 0 ? order : left.ContentHash.CompareTo(right.ContentHash);
        order = order != 0 ? order : string.CompareOrdinal(left.PromptId, right.PromptId);
        return order != 0 ? order : string.CompareOrdinal(left.CompletionId, right.CompletionId);
    });

    /// <summary>The example as the rules see it.</summary>
    public static RankedExample Of(string exampleId, TrainingExample example, in ExampleIdentity identity) => new(
        exampleId,
        example.PromptId,
        example.CompletionId,
        ExampleIdentity.Bits(identity.ContentHash),
        identity.LengthChars,
        example.Kind);

    /// <summary>
    /// The best <paramref name="count"/> with different contents, best first. Choosing from a choice and more gives what
    /// choosing from all at once gives, so the order of arrival does not matter. Of two that tie in everything, the one
    /// given first stays.
    /// </summary>
    public static RankedExample[] Best(IEnumerable<RankedExample> examples, int count) =>
        [.. examples.Order(BestFirst).DistinctBy(example => example.ContentHash).Take(count)];
}

using streamdistill;
using StreamDistill.Contracts;

namespace StreamDistill.Compact;

/// <summary>What the rules compare of an example; all else of it is only in <c>curated</c>. One is kept for every example.</summary>
internal readonly record struct RankedExample(UInt128 Id, UInt128 ContentHash, int LengthChars, Kind Kind)
{
    /// <summary>Best first: shortest, then by content, and among equal contents by example_id.</summary>
    public static readonly IComparer<RankedExample> BestFirst = Comparer<RankedExample>.Create((left, right) =>
    {
        var order = left.LengthChars.CompareTo(right.LengthChars);
        order = order != 0 ? order : left.ContentHash.CompareTo(right.ContentHash);
        return order != 0 ? order : left.Id.CompareTo(right.Id);
    });

    /// <summary>As it is on <c>curated</c>.</summary>
    public string ExampleId => StableId.Text(Id);

    /// <summary>The example as the rules see it.</summary>
    public static RankedExample Of(UInt128 id, TrainingExample example, in ExampleIdentity identity) =>
        new(id, StableId.Bits(identity.ContentHash), identity.LengthChars, example.Kind);

    /// <summary>
    /// The best <paramref name="count"/> with different contents, best first. Choosing from a choice and more gives what
    /// choosing from all at once gives, so the order of arrival does not matter. Of two that tie in everything, the one
    /// given first stays.
    /// </summary>
    public static RankedExample[] Best(IEnumerable<RankedExample> examples, int count) =>
        [.. examples.Order(BestFirst).DistinctBy(example => example.ContentHash).Take(count)];
}

namespace StreamDistill.Train;

/// <summary>Puts examples into rows, and rows into the packs of optimizer steps.</summary>
internal static class Packer
{
    /// <summary>
    /// Rows of a length: each example goes into the first row that has room (first-fit), so that little is left empty. No
    /// example is longer than a row.
    /// </summary>
    public static List<List<EncodedExample>> Rows(IReadOnlyList<EncodedExample> examples, int length)
    {
        var rows = new List<List<EncodedExample>>();
        var open = new List<(int Row, int Room)>();
        var shortest = examples.Count == 0 ? 0 : examples.Min(example => example.Tokens.Length);
        foreach (var example in examples)
        {
            var size = example.Tokens.Length;
            var place = open.FindIndex(row => row.Room >= size);
            if (place < 0)
            {
                ArgumentOutOfRangeException.ThrowIfGreaterThan(size, length);
                place = open.Count;
                open.Add((rows.Count, length));
                rows.Add([]);
            }

            var (row, room) = open[place];
            rows[row].Add(example);
            open[place] = (row, room - size);
            if (room - size < shortest)
            {
                open.RemoveAt(place);
            }
        }

        return rows;
    }

    /// <summary>The steps of a pass: each some packs, each some rows, each some examples.</summary>
    /// <param name="examples">In the order of the pass.</param>
    /// <param name="plan">The sizes.</param>
    public static IReadOnlyList<IReadOnlyList<IReadOnlyList<List<EncodedExample>>>> Steps(IReadOnlyList<EncodedExample> examples, RoundPlan plan) =>
    [
        .. Rows(examples, plan.SequenceLength)
            .Chunk(Math.Max(1, plan.TokensPerStep / plan.SequenceLength))
            .Chunk(plan.GradientAccumulation),
    ];
}

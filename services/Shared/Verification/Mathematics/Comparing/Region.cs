namespace StreamDistill.Verification.Mathematics;

/// <summary>
/// A set of real numbers with finitely many ends, in cells: the gap below the first of its ends, that end, the gap above it, and so on.
/// Union, intersection, difference and equality are then questions about cells.
/// </summary>
internal sealed class Region
{
    private readonly BigFloat[] ends;
    private readonly bool[] cells;

    private Region(BigFloat[] ends, bool[] cells)
    {
        this.ends = ends;
        this.cells = cells;
    }

    public static Region Empty { get; } = new([], [false]);

    public static Region All { get; } = new([], [true]);

    public static Region Point(BigFloat value) => new([value], [false, true, false]);

    /// <summary>Numbers below an end.</summary>
    public static Region Below(BigFloat end, bool isIncluded) => new([end], [true, isIncluded, false]);

    /// <summary>Numbers above an end.</summary>
    public static Region Above(BigFloat end, bool isIncluded) => new([end], [false, isIncluded, true]);

    public Region Union(Region other) => Combine(other, (mine, its) => mine || its);

    public Region Intersection(Region other) => Combine(other, (mine, its) => mine && its);

    public Region Without(Region other) => Combine(other, (mine, its) => mine && !its);

    public bool IsSameAs(Region other) => !Combine(other, (mine, its) => mine != its).cells.Contains(true);

    private Region Combine(Region other, Func<bool, bool, bool> combine)
    {
        var merged = new List<BigFloat>();
        foreach (var end in ends.Concat(other.ends).Order(Comparer<BigFloat>.Create((a, b) => (a - b).Sign)))
        {
            if (merged.Count == 0 || !AreSame(merged[^1], end))
            {
                merged.Add(end);
            }
        }

        var result = new bool[(2 * merged.Count) + 1];
        for (var cell = 0; cell < result.Length; cell++)
        {
            result[cell] = combine(Has(merged, cell), other.Has(merged, cell));
        }

        return new Region([.. merged], result);
    }

    /// <summary>Whether a cell between or at other ends, which include all of this one's, belongs to it.</summary>
    private bool Has(List<BigFloat> among, int cell)
    {
        if (ends.Length == 0)
        {
            return cells[0];
        }

        // An end, or the gap above the end before it.
        var isEnd = cell % 2 == 1;
        if (cell == 0)
        {
            return cells[0];
        }

        var at = among[(cell - 1) / 2];
        var below = 0;
        while (below < ends.Length && !AreSame(ends[below], at) && ends[below] < at)
        {
            below++;
        }

        var isOwn = below < ends.Length && AreSame(ends[below], at);
        return isOwn ? cells[(2 * below) + (isEnd ? 1 : 2)] : cells[2 * below];
    }

    private static bool AreSame(BigFloat left, BigFloat right)
    {
        var scale = left.Abs() > BigFloat.One ? left.Abs() : BigFloat.One;
        return (left - right).IsNegligibleAgainst(scale);
    }
}

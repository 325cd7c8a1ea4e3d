namespace StreamDistill.Verification.Mathematics;

/// <summary>What a comparison came to.</summary>
internal enum Likeness
{
    Different,
    Equal,

    /// <summary>Neither was shown.</summary>
    Undecided,
}

internal static class Likenesses
{
    public static Likeness Of(bool areEqual) => areEqual ? Likeness.Equal : Likeness.Different;

    /// <summary>All have to be equal.</summary>
    public static Likeness And(this Likeness left, Func<Likeness> right)
    {
        if (left == Likeness.Different)
        {
            return left;
        }

        var other = right();
        return other == Likeness.Equal ? left : other;
    }

    /// <summary>One has to be equal.</summary>
    public static Likeness Or(this Likeness left, Func<Likeness> right)
    {
        if (left == Likeness.Equal)
        {
            return left;
        }

        var other = right();
        return other == Likeness.Different ? left : other;
    }
}

namespace StreamDistill.Verification.Mathematics;

/// <summary>Reads intervals, inequalities of one variable and what is put together of them as regions.</summary>
internal sealed class Regions(Budget budget)
{
    // On both sides of zero.
    private static readonly int[] Places = [0, 1, -1, 17, -400];

    /// <summary>What can only be a region: null for anything else, numbers and pairs among them.</summary>
    public Region? Of(MathNode node) => node switch
    {
        IntervalNode interval => Interval(interval.Low, interval.High, interval.HasLow, interval.HasHigh),
        CollectionNode { Kind: CollectionKind.Bracket, Items: [var low, var high] } => Interval(low, high, hasLow: true, hasHigh: true),
        CollectionNode { Kind: CollectionKind.Conditions } conditions => Combined(conditions.Items, (left, right) => left.Intersection(right)),
        CollectionNode { Kind: CollectionKind.Alternatives } alternatives when alternatives.Items.Any(item => Of(item) is not null) =>
            Combined(alternatives.Items, (left, right) => left.Union(right)),
        SetOperationNode operation => Operation(operation),
        SymbolNode { Name: "RR" } or TextNode { Text: "RR" } => Region.All,
        RelationNode relation => Relation(relation),
        _ => null,
    };

    /// <summary>What may be meant as a region beside another one: (1, 2) is an open interval then, and {1, 2} two points.</summary>
    public Region? OfAny(MathNode node) => Normal.Of(node) switch
    {
        CollectionNode { Kind: CollectionKind.Tuple, Items: [var low, var high] } => Interval(low, high, hasLow: false, hasHigh: false),
        CollectionNode { Kind: CollectionKind.Set or CollectionKind.List or CollectionKind.Alternatives } set when set.Items.All(item => Point(item) is not null) =>
            Combined(set.Items, (left, right) => left.Union(right), any: true),
        TextNode { Text: "" } => Region.Empty,
        var normal => Of(normal) ?? Point(normal),
    };

    private Region? Combined(MathNode[] items, Func<Region, Region, Region> combine, bool any = false)
    {
        Region? result = null;
        foreach (var item in items)
        {
            if ((any ? OfAny(item) : Of(item) ?? Point(item)) is not { } region)
            {
                return null;
            }

            result = result is null ? region : combine(result, region);
        }

        return result;
    }

    private Region? Operation(SetOperationNode operation)
    {
        if (OfAny(operation.Left) is not { } left || OfAny(operation.Right) is not { } right)
        {
            return null;
        }

        return operation.Operation switch
        {
            Vocabulary.Union => left.Union(right),
            Vocabulary.Intersection => left.Intersection(right),
            _ => left.Without(right),
        };
    }

    private Region? Interval(MathNode low, MathNode high, bool hasLow, bool hasHigh)
    {
        if (End(low) is not { } from || End(high) is not { } to)
        {
            return null;
        }

        var region = from.Infinity switch { < 0 => Region.All, > 0 => Region.Empty, _ => Region.Above(from.Value, hasLow) };
        return region.Intersection(to.Infinity switch { > 0 => Region.All, < 0 => Region.Empty, _ => Region.Below(to.Value, hasHigh) });
    }

    private (BigFloat Value, int Infinity)? End(MathNode node) =>
        Scalars.Infinity(node) is (1 or -1) and var infinity ? (default, infinity) : Number(node) is { } value ? (value, 0) : null;

    private Region? Point(MathNode node) => node is RelationNode { Relations: "=", Sides: [SymbolNode, var value] } ? Point(value) : Number(node) is { } number ? Region.Point(number) : null;

    private BigFloat? Number(MathNode node)
    {
        if (node is not (NumberNode or SymbolNode or CallNode or ScaledNode) || Sampling.Variables(node).Count > 0 || Sampling.Contains(node, "infty"))
        {
            return null;
        }

        return new Evaluator(new Dictionary<string, Rational>(), isComplex: false, budget).Of(node) is { Imaginary.IsZero: true } value ? value.Real : null;
    }

    /// <summary>Of one variable, and linear in it.</summary>
    private Region? Relation(RelationNode relation)
    {
        if (relation.Relations.Contains('∈', StringComparison.Ordinal))
        {
            return relation.Relations.Length == 1 ? OfAny(relation.Sides[1]) : null;
        }

        if (relation.Relations.All(each => each == '=') || Sampling.Variables(relation).Count != 1)
        {
            return null;
        }

        var variable = Sampling.Variables(relation).Single();
        Region? result = null;
        for (var i = 0; i < relation.Relations.Length; i++)
        {
            if (Linear(relation.Sides[i], relation.Sides[i + 1], relation.Relations[i], variable) is not { } region)
            {
                return null;
            }

            result = result?.Intersection(region) ?? region;
        }

        return result;
    }

    private static char Turned(char relation) => relation switch { '<' => '>', '>' => '<', '≤' => '≥', '≥' => '≤', _ => relation };

    /// <summary>|u| &lt; c is -c &lt; u &lt; c, and |u| > c is what is left.</summary>
    private Region? Absolute(MathNode inside, MathNode right, char relation, string variable)
    {
        var isBelow = relation is '<' or '≤';
        if (!isBelow && relation is not ('>' or '≥'))
        {
            return null;
        }

        var (upper, lower) = (Linear(inside, right, relation, variable), Linear(inside, new CallNode("neg", right), Turned(relation), variable));
        return upper is null || lower is null ? null : isBelow ? upper.Intersection(lower) : upper.Union(lower);
    }

    private Region? Linear(MathNode left, MathNode right, char relation, string variable)
    {
        if (End(right) is { Infinity: not 0 } || End(left) is { Infinity: not 0 })
        {
            // x < ∞ is no condition.
            return Region.All;
        }

        if (right is CallNode { Name: "abs" } && Number(left) is not null)
        {
            return Linear(right, left, Turned(relation), variable);
        }

        if (left is CallNode { Name: "abs", Arguments: [var inside] } && Number(right) is not null)
        {
            return Absolute(inside, right, relation, variable);
        }

        // a + b v: seen at these places.
        var difference = new CallNode("-", left, right);
        var seen = new BigFloat[Places.Length];
        for (var i = 0; i < seen.Length; i++)
        {
            var at = new Evaluator(new Dictionary<string, Rational> { [variable] = new(Places[i], 1) }, isComplex: false, budget).Of(difference);
            if (at is not { Imaginary.IsZero: true } value)
            {
                return null;
            }

            seen[i] = value.Real;
        }

        var slope = seen[1] - seen[0];
        for (var i = 2; i < seen.Length; i++)
        {
            if (slope.IsZero || !(seen[i] - seen[0] - (slope * BigFloat.Of(new Rational(Places[i], 1)))).IsNegligibleAgainst(slope.Abs()))
            {
                return null;
            }
        }

        var root = -seen[0] / slope;
        return relation switch
        {
            '=' => Region.Point(root),
            '≠' => Region.All.Without(Region.Point(root)),
            '<' or '≤' => slope.Sign > 0 ? Region.Below(root, relation == '≤') : Region.Above(root, relation == '≤'),
            _ => slope.Sign > 0 ? Region.Above(root, relation == '≥') : Region.Below(root, relation == '≥'),
        };
    }
}

namespace StreamDistill.Verification.Mathematics;

/// <summary>Takes from an answer what is only its form.</summary>
internal static class Normal
{
    public static MathNode Of(MathNode node)
    {
        switch (node)
        {
            case RelationNode { Relations: "∈" } membership:
                return Of(membership.Sides[1]);
            case RelationNode relation when relation.Relations.All(each => each == '='):
                return Chain(relation);
            case CollectionNode collection:
                return Collection(collection);
            case CallNode or ScaledNode or QuantityNode or NumberNode or SymbolNode when HasBothSigns(node):
                return new CollectionNode(CollectionKind.Set, [WithSign(node, isUpper: true), WithSign(node, isUpper: false)]);
            case CallNode when MatrixAlgebra.Reduce(node) is { } reduced && reduced is not CallNode { Name: "det" }:
                return reduced;
            default:
                return node;
        }
    }

    /// <summary>x = 5 or f(x) = x²: the name, and what it is.</summary>
    public static (string Name, MathNode Value)? Assigned(MathNode node) => node switch
    {
        RelationNode { Relations: "=", Sides: [SymbolNode { IsVariable: true } name, var value] } => (name.Name, value),
        RelationNode { Relations: "=", Sides: [CallNode call, var value] } when call.Name[0] == '?' => (call.ToString(), value),
        RelationNode { Relations: "=", Sides: [NumberNode value, SymbolNode { IsVariable: true } name] } => (name.Name, value),
        RelationNode { Relations: "=", Sides: [var measured, var value] } when IsMeasured(measured) && Sampling.Variables(value).Count == 0 => (measured.ToString(), value),
        _ => null,
    };

    /// <summary>The values by name of x = 1, y = 2; null for anything else.</summary>
    public static SortedDictionary<string, MathNode>? Named(CollectionNode collection)
    {
        var values = new SortedDictionary<string, MathNode>(StringComparer.Ordinal);
        return collection.Items.Length > 0 && collection.Items.All(item => Assigned(item) is { } assigned && values.TryAdd(assigned.Name, assigned.Value)) ? values : null;
    }

    /// <summary>Of 1/3 ≈ 0.333 both sides; x ≈ 0.333 has one.</summary>
    public static (MathNode Exact, MathNode Rounded)? Approximated(MathNode node)
    {
        if (node is not RelationNode relation || relation.Relations.IndexOf('≈', StringComparison.Ordinal) is var at && at < 0)
        {
            return null;
        }

        MathNode exact = at == 0 ? relation.Sides[0] : new RelationNode(relation.Relations[..at], relation.Sides[..(at + 1)]);
        var rounded = relation.Sides[^1];
        return exact is SymbolNode name ? (new RelationNode("=", [name, rounded]), rounded) : (exact, rounded);
    }

    /// <summary>AB, |AB| or NO/BO: what is made of names of points alone.</summary>
    private static bool IsMeasured(MathNode node) => node switch
    {
        SymbolNode symbol => char.IsAsciiLetterUpper(symbol.Name[0]),
        CallNode { Name: "*" or "/" or "frac" or "abs" } call => call.Arguments.All(IsMeasured),
        _ => false,
    };

    /// <summary>x = 2 + 3 = 5 is x = 5, 2 + 3 = 5 is 5.</summary>
    private static MathNode Chain(RelationNode relation)
    {
        var (first, last) = (relation.Sides[0], relation.Sides[^1]);
        if (Assigned(new RelationNode("=", [first, last])) is not null || (relation.Sides.Length == 2 && Sampling.Variables(relation).Count > 0))
        {
            // x = 1 ± √2 is two values of x.
            return first is SymbolNode && last is not CollectionNode && Of(last) is CollectionNode several
                ? new CollectionNode(CollectionKind.Alternatives, several.Items)
                : relation.Sides.Length == 2 ? relation : new RelationNode("=", [first, last]);
        }

        return Of(last);
    }

    private static CollectionNode Collection(CollectionNode collection)
    {
        // {1 ± √2} has two elements, and so has "1 ± √2, 3" three.
        var items = new List<MathNode>();
        foreach (var item in collection.Items)
        {
            if (collection.Kind is not (CollectionKind.Tuple or CollectionKind.Bracket) && Of(item) is CollectionNode { Kind: CollectionKind.Set } several && item is not CollectionNode)
            {
                items.AddRange(several.Items);
            }
            else
            {
                items.Add(item is RelationNode or CollectionNode ? Of(item) : item);
            }
        }

        var assigned = items.Select(Assigned).ToList();
        if (assigned.Count > 0 && assigned[0] is { } first)
        {
            // x = 1 or x = 2; "x = 1 or 2" too.
            if (assigned.All(each => each is null || each.Value.Name == first.Name))
            {
                return new CollectionNode(collection.Kind is CollectionKind.Tuple or CollectionKind.Bracket ? collection.Kind : CollectionKind.Alternatives, [.. items.Select(item => Assigned(item)?.Value ?? item)]);
            }
        }

        return new CollectionNode(collection.Kind, [.. items]);
    }

    private static bool HasBothSigns(MathNode node) => node switch
    {
        CallNode { Name: "±" or "∓" } => true,
        CallNode call => call.Arguments.Any(HasBothSigns),
        ScaledNode scaled => HasBothSigns(scaled.Value),
        QuantityNode quantity => HasBothSigns(quantity.Value),
        _ => false,
    };

    private static MathNode WithSign(MathNode node, bool isUpper) => node switch
    {
        CallNode { Name: "±" or "∓" } call => new CallNode((call.Name == "±") == isUpper ? "+" : "-", WithSign(call.Arguments[0], isUpper), WithSign(call.Arguments[1], isUpper)),
        CallNode call => new CallNode(call.Name, [.. call.Arguments.Select(argument => WithSign(argument, isUpper))]),
        ScaledNode scaled => new ScaledNode(WithSign(scaled.Value, isUpper), scaled.Mark),
        QuantityNode quantity => quantity with { Value = WithSign(quantity.Value, isUpper) },
        _ => node,
    };
}

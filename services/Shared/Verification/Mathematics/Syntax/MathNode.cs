using System.Globalization;

namespace StreamDistill.Verification.Mathematics;

/// <summary>Mathematics as it was understood. Two nodes that say the same in the same way are equal.</summary>
internal abstract record MathNode
{
    /// <summary>In plain notation, with all brackets: for a person, and to tell whether two are written alike.</summary>
    public abstract override string ToString();
}

/// <summary>A number as written.</summary>
/// <param name="Value">Exactly.</param>
/// <param name="Decimals">Digits after the point; -1 where there is no point.</param>
/// <param name="Digits">As written, for numbers that another base or an index may be about.</param>
internal sealed record NumberNode(Rational Value, int Decimals, string Digits) : MathNode
{
    public static NumberNode Of(int value) => new(Rational.Of(value), -1, value.ToString(CultureInfo.InvariantCulture));

    public bool Equals(NumberNode? other) => other is not null && Value == other.Value;

    public override int GetHashCode() => Value.GetHashCode();

    public override string ToString() => Value.ToString();
}

/// <summary>A variable, or a constant: pi, e, i, infty, RR.</summary>
internal sealed record SymbolNode(string Name) : MathNode
{
    /// <summary>It stands for a number that is to be found, or given.</summary>
    public bool IsVariable => Name is not ("pi" or "e" or "i" or "infty");

    public override string ToString() => Name;
}

/// <summary>An operation of + - * / ^, or a function of its arguments. An unknown function has a name that begins with '?'.</summary>
internal sealed record CallNode(string Name, MathNode[] Arguments) : MathNode
{
    public CallNode(string name, MathNode first, MathNode second)
        : this(name, [first, second])
    {
    }

    public CallNode(string name, MathNode only)
        : this(name, [only])
    {
    }

    public bool Equals(CallNode? other) => other is not null && Name == other.Name && Arguments.AsSpan().SequenceEqual(other.Arguments);

    public override int GetHashCode() => HashCode.Combine(Name, Arguments.Length);

    public override string ToString() => (Name, Arguments.Length) switch
    {
        ("neg", 1) => $"-{Arguments[0]}",
        (_, 2) when Name.Length == 1 && !char.IsAsciiLetter(Name[0]) => $"({Arguments[0]} {Name} {Arguments[1]})",
        _ => $"{Name.TrimStart('?')}({string.Join(", ", Arguments.AsEnumerable())})",
    };
}

internal enum CollectionKind
{
    /// <summary>1, 2: in this order, or several answers.</summary>
    List,

    /// <summary>(1, 2): in this order; of two elements it may be an open interval.</summary>
    Tuple,

    /// <summary>{1, 2}.</summary>
    Set,

    /// <summary>[1, 2]: in this order; of two elements it is rather a closed interval.</summary>
    Bracket,

    /// <summary>1 or 2.</summary>
    Alternatives,

    /// <summary>1 and 2, of conditions.</summary>
    Conditions,
}

internal sealed record CollectionNode(CollectionKind Kind, MathNode[] Items) : MathNode
{
    public bool Equals(CollectionNode? other) => other is not null && Kind == other.Kind && Items.AsSpan().SequenceEqual(other.Items);

    public override int GetHashCode() => HashCode.Combine(Kind, Items.Length);

    public override string ToString()
    {
        var items = string.Join(Kind switch { CollectionKind.Alternatives => " or ", CollectionKind.Conditions => " and ", _ => ", " }, Items.AsEnumerable());
        return Kind switch { CollectionKind.Set => $"{{{items}}}", CollectionKind.Tuple => $"({items})", CollectionKind.Bracket => $"[{items}]", _ => items };
    }
}

/// <summary>[2, 3), with its brackets.</summary>
internal sealed record IntervalNode(MathNode Low, MathNode High, bool HasLow, bool HasHigh) : MathNode
{
    public override string ToString() => $"{(HasLow ? '[' : '(')}{Low}, {High}{(HasHigh ? ']' : ')')}";
}

/// <summary>Sets put together by ∪, ∩ or ∖.</summary>
internal sealed record SetOperationNode(char Operation, MathNode Left, MathNode Right) : MathNode
{
    public override string ToString() => $"({Left} {Operation} {Right})";
}

/// <summary>a &lt; b ≤ c: one relation fewer than there are sides.</summary>
internal sealed record RelationNode(string Relations, MathNode[] Sides) : MathNode
{
    public bool Equals(RelationNode? other) => other is not null && Relations == other.Relations && Sides.AsSpan().SequenceEqual(other.Sides);

    public override int GetHashCode() => HashCode.Combine(Relations, Sides.Length);

    public override string ToString() => string.Concat(Sides.Select((side, i) => i == 0 ? side.ToString() : $" {Relations[i - 1]} {side}"));
}

/// <summary>Rows of the same length.</summary>
internal sealed record MatrixNode(MathNode[][] Rows) : MathNode
{
    public bool Equals(MatrixNode? other) => other is not null && ToString() == other.ToString();

    public override int GetHashCode() => Rows.Length;

    public override string ToString() => $"[{string.Join("; ", Rows.Select(row => string.Join(", ", row.AsEnumerable())))}]";
}

/// <summary>A number with what follows it: a unit of measurement to a power each, or things that are counted.</summary>
internal sealed record QuantityNode(MathNode Value, string Dimension, Rational Factor) : MathNode
{
    public override string ToString() => $"{Value} [{Factor} {Dimension}]";
}

/// <summary>In percent or in degrees.</summary>
internal sealed record ScaledNode(MathNode Value, char Mark) : MathNode
{
    public override string ToString() => $"{Value}{Mark}";
}

/// <summary>An answer in words, as <see cref="Words.Normal"/> has them; empty: no solution.</summary>
internal sealed record TextNode(string Text) : MathNode
{
    public override string ToString() => Text.Length == 0 ? "no solution" : Text;
}

using System.Numerics;

namespace StreamDistill.Verification.Mathematics;

/// <summary>Compares numbers and expressions, with their units, percent and degrees.</summary>
internal sealed class Scalars(Budget budget)
{
    /// <summary>Significant digits from which a rounded decimal stands for a number that has no finite decimals.</summary>
    public const int RoundedDigitsMin = 6;

    /// <summary>A value and what it is of.</summary>
    private readonly record struct Scalar(MathNode Value, char Mark, string Dimension, Rational Factor);

    public static bool IsScalar(MathNode node) => node is NumberNode or SymbolNode or CallNode or ScaledNode or QuantityNode;

    public Likeness Compare(MathNode gold, MathNode answer)
    {
        var (expected, found) = (Of(gold), Of(answer));
        if (expected.Dimension.Length > 0 && found.Dimension.Length > 0)
        {
            if (expected.Dimension != found.Dimension)
            {
                return Likeness.Different;
            }

            if (expected.Factor != found.Factor)
            {
                return Values(Times(expected.Value, expected.Factor), Times(found.Value, found.Factor));
            }
        }

        if (expected.Mark == found.Mark)
        {
            return Values(expected.Value, found.Value);
        }

        // 50% is 50, since references leave the sign out as often as not, and it is 0.5; 90° is 90 and π/2.
        return Values(expected.Value, found.Value).Or(() => Values(Worth(expected), Worth(found)));
    }

    private static Scalar Of(MathNode node)
    {
        var (dimension, factor) = ("", Rational.Of(1));
        if (node is QuantityNode quantity)
        {
            (node, dimension, factor) = (quantity.Value, quantity.Dimension, quantity.Factor);
        }

        // -5% is -(5%), as -$5 is -(5$).
        if (node is CallNode { Name: "neg", Arguments: [ScaledNode negated] })
        {
            node = new ScaledNode(new CallNode("neg", negated.Value), negated.Mark);
        }
        else if (node is CallNode { Name: "neg", Arguments: [QuantityNode owed] })
        {
            (node, dimension, factor) = (new CallNode("neg", owed.Value), owed.Dimension, owed.Factor);
        }

        return node is ScaledNode scaled ? new(scaled.Value, scaled.Mark, dimension, factor) : new(node, '\0', dimension, factor);
    }

    private static CallNode Times(MathNode value, Rational factor) => new("*", value, new NumberNode(factor, -1, ""));

    private static MathNode Worth(Scalar scalar) => scalar.Mark switch
    {
        '%' when scalar.Value is NumberNode { Decimals: > 0 } rounded => new NumberNode(rounded.Value.Shifted(-2), rounded.Decimals + 2, ""),
        '%' => new CallNode("/", scalar.Value, NumberNode.Of(100)),
        Vocabulary.Degree => new CallNode("/", new CallNode("*", scalar.Value, new SymbolNode("pi")), NumberNode.Of(180)),
        _ => scalar.Value,
    };

    private Likeness Values(MathNode gold, MathNode answer)
    {
        if (gold.Equals(answer))
        {
            return Likeness.Equal;
        }

        if (Infinity(gold) is var mine && Infinity(answer) is var other && (mine != 0 || other != 0))
        {
            return mine == 2 || other == 2 ? Likeness.Undecided : Likenesses.Of(mine == other);
        }

        if (Exact(gold) is { } expected && Exact(answer) is { } found)
        {
            return Likenesses.Of(expected == found || IsRounding(answer, expected) || IsRounding(gold, found));
        }

        var variables = Sampling.Variables(gold, answer);
        var likeness = Sampling.Compare(gold, answer, variables, budget);
        if (likeness == Likeness.Different && (HasLogarithm(gold) || HasLogarithm(answer)))
        {
            // Without a base it is the natural one in some fields and that of 10 in others.
            (gold, answer) = (WithBaseTen(gold), WithBaseTen(answer));
            likeness = Sampling.Compare(gold, answer, variables, budget);
        }

        return likeness == Likeness.Different && variables.Count == 0 && (IsRounding(answer, gold) || IsRounding(gold, answer)) ? Likeness.Equal : likeness;
    }

    private static bool HasLogarithm(MathNode node) => node is CallNode call && (call.Name == "log" || call.Arguments.Any(HasLogarithm));

    private static MathNode WithBaseTen(MathNode node) => node switch
    {
        CallNode { Name: "log" } logarithm => new CallNode("logb", WithBaseTen(logarithm.Arguments[0]), NumberNode.Of(10)),
        CallNode call => new CallNode(call.Name, [.. call.Arguments.Select(WithBaseTen)]),
        _ => node,
    };

    /// <summary>Of plus or minus infinity its sign, 0 for what is finite, 2 for anything else that has an infinity in it.</summary>
    public static int Infinity(MathNode node) => node switch
    {
        SymbolNode { Name: "infty" } => 1,
        CallNode { Name: "neg", Arguments: [SymbolNode { Name: "infty" }] } => -1,
        _ => Sampling.Contains(node, "infty") ? 2 : 0,
    };

    private Rational? Exact(MathNode node)
    {
        try
        {
            return ExactValue.Of(node, budget);
        }
        catch (DivideByZeroException)
        {
            throw new UndecidedException(ReasonCodes.Undecided, $"'{Excerpt.Of(node.ToString())}' divides by zero");
        }
    }

    /// <summary>Whether a node is the decimal that a number without finite decimals rounds to.</summary>
    private static bool IsRounding(MathNode node, Rational exact) =>
        Decimal(node) is var (value, decimals) && !HasFiniteDecimals(exact.Denominator) && IsRounding(value, decimals, BigFloat.Of(exact));

    private bool IsRounding(MathNode node, MathNode exact) =>
        Decimal(node) is var (value, decimals)
        && new Evaluator(new Dictionary<string, Rational>(), isComplex: false, budget).Of(exact) is { Imaginary.IsZero: true } number
        && IsRounding(value, decimals, number.Real);

    private static bool IsRounding(Rational value, int decimals, BigFloat exact)
    {
        // As many significant digits as the number without its point has.
        var digits = BigInteger.Abs(value.Shifted(decimals).Numerator);
        return digits >= Rational.PowerOfTen(RoundedDigitsMin - 1) && (exact * BigFloat.Of(Rational.Of(1).Shifted(decimals))).Round() == value.Shifted(decimals).Numerator;
    }

    private static (Rational Value, int Decimals)? Decimal(MathNode node) => node switch
    {
        NumberNode { Decimals: > 0 } number => (number.Value, number.Decimals),
        CallNode { Name: "neg", Arguments: [NumberNode { Decimals: > 0 } number] } => (-number.Value, number.Decimals),
        _ => null,
    };

    private static bool HasFiniteDecimals(BigInteger denominator)
    {
        foreach (var factor in (ReadOnlySpan<int>)[2, 5])
        {
            while ((denominator % factor).IsZero)
            {
                denominator /= factor;
            }
        }

        return denominator.IsOne;
    }
}

namespace StreamDistill.Verification.Mathematics;

/// <summary>
/// Compares expressions with variables by their values at points of odd fractions: two that agree there to 40 digits are the same
/// function, for all that is written down as an answer.
/// </summary>
internal static class Sampling
{
    private const int Points = 9, EnoughPoints = 2, AnalyticPoints = 4, CommonBits = 64;

    private static readonly (int Numerator, int Denominator)[] Fractions = [(13, 11), (7, 3), (4, 7), (17, 13), (11, 4), (3, 8), (23, 9), (29, 6), (5, 12), (31, 14), (19, 5)];

    /// <summary>Whether two expressions have the same value wherever both have one.</summary>
    /// <exception cref="UndecidedException">They agree, but not both have values everywhere; or they have none.</exception>
    public static Likeness Compare(MathNode gold, MathNode answer, SortedSet<string> variables, Budget budget)
    {
        var isComplex = Contains(gold, "i") || Contains(answer, "i") || variables.Count == 0;
        var agreed = 0;
        var disagreeOnDomain = false;

        // Analytic functions that agree at a few such points agree everywhere; roots, logarithms and absolute values have to be seen on both sides of zero.
        var enough = IsAnalytic(gold) && IsAnalytic(answer) ? AnalyticPoints : Points;
        foreach (var values in PointsFor(variables, NeedsWholeNumbers(gold) || NeedsWholeNumbers(answer)))
        {
            if (agreed == enough)
            {
                break;
            }

            var (left, right) = (new Evaluator(values, isComplex, budget), new Evaluator(values, isComplex, budget));
            var (mine, other) = (left.Of(gold), right.Of(answer));
            if (mine is null || other is null)
            {
                disagreeOnDomain |= mine is null != other is null;
                continue;
            }

            switch (Agree(mine.Value, other.Value, left.Scale > right.Scale ? left.Scale : right.Scale))
            {
                case Likeness.Different:
                    return Likeness.Different;
                case Likeness.Undecided:
                    throw new UndecidedException(ReasonCodes.TooLarge, "the numbers on the way are too large to compare what comes of them");
            }

            agreed++;
        }

        if (disagreeOnDomain)
        {
            throw new UndecidedException(ReasonCodes.Undecided, "the two agree where both are defined, and they are not defined for the same numbers");
        }

        return agreed >= (variables.Count == 0 ? 1 : EnoughPoints) ? Likeness.Equal : throw new UndecidedException(ReasonCodes.Undecided, "the two are not defined where they were compared");
    }

    /// <summary>Whether one expression is the other times a constant: which one, by the sign; 0 where it is not, null where that cannot be said.</summary>
    public static int? Proportion(MathNode gold, MathNode answer, SortedSet<string> variables, Budget budget)
    {
        (BigComplex Gold, BigComplex Answer)? first = null;
        var (agreed, sign) = (0, 0);
        foreach (var values in PointsFor(variables, onlyWhole: false))
        {
            var (left, right) = (new Evaluator(values, false, budget), new Evaluator(values, false, budget));
            if (left.Of(gold) is not { } mine || right.Of(answer) is not { } other)
            {
                continue;
            }

            if (first is not { } before)
            {
                if (mine.IsZero != other.IsZero)
                {
                    return 0;
                }

                if (!mine.IsZero)
                {
                    first = (mine, other);
                    sign = mine.Real.Sign * other.Real.Sign;
                }

                continue;
            }

            var (product, counterpart) = (before.Gold * other, before.Answer * mine);
            var scale = product.Abs() > counterpart.Abs() ? product.Abs() : counterpart.Abs();
            scale = scale > left.Scale * before.Answer.Abs() ? scale : left.Scale * before.Answer.Abs();
            switch (Agree(product, counterpart, scale))
            {
                case Likeness.Different:
                    return 0;
                case Likeness.Undecided:
                    return null;
            }

            agreed++;
        }

        return agreed >= EnoughPoints ? sign : null;
    }

    /// <summary>
    /// Two that differ by no more than rounding may have added, which grows with the numbers on the way. They have to have enough
    /// in common besides: beside numbers that are large enough everything is negligible.
    /// </summary>
    private static Likeness Agree(BigComplex left, BigComplex right, BigFloat scale)
    {
        var difference = (left - right).Abs();
        if (!difference.IsNegligibleAgainst(scale))
        {
            return Likeness.Different;
        }

        return difference.IsZero || left.IsZero || right.IsZero || difference.Magnitude < Math.Max(left.Abs().Magnitude, right.Abs().Magnitude) - CommonBits ? Likeness.Equal : Likeness.Undecided;
    }

    /// <summary>The names in an expression that are no constants.</summary>
    public static SortedSet<string> Variables(params ReadOnlySpan<MathNode> nodes)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var node in nodes)
        {
            Walk(node, symbol =>
            {
                if (symbol.IsVariable)
                {
                    names.Add(symbol.Name);
                }
            });
        }

        return names;
    }

    public static bool Contains(MathNode node, string symbol)
    {
        var found = false;
        Walk(node, each => found |= each.Name == symbol);
        return found;
    }

    /// <summary>First fractions of either sign, then whole numbers: n! and (-1)^n have no values between them.</summary>
    private static IEnumerable<IReadOnlyDictionary<string, Rational>> PointsFor(SortedSet<string> variables, bool onlyWhole)
    {
        if (variables.Count == 0)
        {
            yield return new Dictionary<string, Rational>();
            yield break;
        }

        for (var point = 0; point < Points; point++)
        {
            var values = new Dictionary<string, Rational>(StringComparer.Ordinal);
            var number = 0;
            foreach (var variable in variables)
            {
                var (numerator, denominator) = Fractions[(point + (number * 3)) % Fractions.Length];
                var isWhole = onlyWhole || point >= 6;
                var isNegative = !isWhole && point >= 2 && ((point + number) % 3 == 0 || point == 5);
                var value = isWhole ? new Rational(2 + (((point * 3) + (number * 4)) % 11), 1) : new Rational(numerator + (number / Fractions.Length), denominator);
                values[variable] = isNegative ? -value : value;
                number++;
            }

            yield return values;
        }
    }

    private static bool IsAnalytic(MathNode node) => node switch
    {
        NumberNode or SymbolNode => true,
        CallNode { Name: "^", Arguments: [var value, NumberNode { Decimals: < 0 } power] } => IsAnalytic(value) && power.Value.Denominator.IsOne,
        CallNode { Name: "+" or "-" or "*" or "/" or "frac" or "neg" or "sin" or "cos" or "exp" } call => call.Arguments.All(IsAnalytic),
        CallNode { Arguments: [var value] } => IsAnalytic(value) && Variables(value).Count == 0,
        _ => false,
    };

    /// <summary>n!, n over k and (-1)^n have values for whole numbers alone.</summary>
    private static bool NeedsWholeNumbers(MathNode node) => node switch
    {
        CallNode { Name: "^", Arguments: [CallNode { Name: "neg", Arguments: [NumberNode] }, var power] } when Variables(power).Count > 0 => true,
        CallNode { Name: "factorial" or "binom" or "gcd" or "lcm" } => true,
        CallNode call => call.Arguments.Any(NeedsWholeNumbers),
        _ => false,
    };

    private static void Walk(MathNode node, Action<SymbolNode> visit)
    {
        switch (node)
        {
            case SymbolNode symbol:
                visit(symbol);
                break;
            case CallNode call:
                foreach (var argument in call.Arguments)
                {
                    Walk(argument, visit);
                }

                break;
            case ScaledNode scaled:
                Walk(scaled.Value, visit);
                break;
            case QuantityNode quantity:
                Walk(quantity.Value, visit);
                break;
            case MatrixNode matrix:
                foreach (var entry in matrix.Rows.SelectMany(row => row))
                {
                    Walk(entry, visit);
                }

                break;
            case RelationNode relation:
                foreach (var side in relation.Sides)
                {
                    Walk(side, visit);
                }

                break;
        }
    }
}

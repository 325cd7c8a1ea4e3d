using System.Numerics;

namespace StreamDistill.Verification.Mathematics;

/// <summary>The exact value of what is a rational number.</summary>
internal static class ExactValue
{
    private const int BitsMax = 40_000, FactorialMax = 2500;

    /// <summary>Null where the expression is not a rational number, or is none by the operations known here.</summary>
    /// <exception cref="DivideByZeroException">It divides by zero.</exception>
    /// <exception cref="UndecidedException">Its numbers grow too large.</exception>
    public static Rational? Of(MathNode node, Budget budget)
    {
        budget.Spend(1);
        if (node is NumberNode number)
        {
            return number.Value;
        }

        if (node is not CallNode call || !IsRational(call.Name))
        {
            return null;
        }

        var values = new Rational[call.Arguments.Length];
        for (var i = 0; i < values.Length; i++)
        {
            if (Of(call.Arguments[i], budget) is not { } value)
            {
                return null;
            }

            values[i] = value;
        }

        var result = Of(call.Name, values, budget);
        if (result is { } found && found.Numerator.GetBitLength() + found.Denominator.GetBitLength() > BitsMax)
        {
            throw TooLarge();
        }

        return result;
    }

    private static bool IsRational(string name) =>
        name is "+" or "-" or "*" or "/" or "frac" or "neg" or "^" or "abs" or "floor" or "ceil" or "factorial" or "binom" or "gcd" or "lcm" or "min" or "max" or "sqrt" or "root";

    private static Rational? Of(string name, Rational[] values, Budget budget) => (name, values) switch
    {
        ("+", [var a, var b]) => a + b,
        ("-", [var a, var b]) => a - b,
        ("*", [var a, var b]) => a * b,
        ("/" or "frac", [var a, var b]) => a / b,
        ("neg", [var a]) => -a,
        ("^", [var a, var b]) => Power(a, b),
        ("abs", [var a]) => a.Abs(),
        ("floor", [var a]) => Floor(a),
        ("ceil", [var a]) => -Floor(-a),
        ("factorial", [var a]) => Factorial(a, budget),
        ("binom", [var a, var b]) => Binomial(a, b),
        ("gcd", _) when values.All(IsWhole) => values.Aggregate((a, b) => Whole(BigInteger.GreatestCommonDivisor(a.Numerator, b.Numerator))),
        ("lcm", _) when values.All(IsWhole) => values.Aggregate((a, b) =>
            a.Numerator.IsZero || b.Numerator.IsZero ? Whole(0) : Whole(BigInteger.Abs(a.Numerator * b.Numerator) / BigInteger.GreatestCommonDivisor(a.Numerator, b.Numerator))),
        ("min", [_, ..]) => values.Aggregate((a, b) => a <= b ? a : b),
        ("max", [_, ..]) => values.Aggregate((a, b) => a >= b ? a : b),
        ("sqrt", [var a]) => Root(a, 2),
        ("root", [var a, var b]) when IsWhole(b) && b.Numerator > 0 && b.Numerator <= 64 => Root(a, (int)b.Numerator),
        _ => null,
    };

    private static Rational Whole(BigInteger value) => new(value, BigInteger.One);

    private static bool IsWhole(Rational value) => value.Denominator.IsOne;

    private static Rational Floor(Rational value) => Whole(value.Numerator.Sign >= 0 || IsWhole(value) ? BigInteger.Divide(value.Numerator, value.Denominator) : BigInteger.Divide(value.Numerator, value.Denominator) - 1);

    private static Rational? Power(Rational value, Rational power)
    {
        if (!IsWhole(power))
        {
            // 8^(2/3) is 4; where the root is not rational, neither is the power.
            return power.Denominator <= 64 && Root(value, (int)power.Denominator) is { } root ? Power(root, Whole(power.Numerator)) : null;
        }

        if (value.Numerator.IsZero)
        {
            return power.Numerator.Sign > 0 ? value : power.Numerator.IsZero ? Whole(1) : throw new DivideByZeroException();
        }

        if (value.Abs() == Whole(1))
        {
            return value.Numerator.Sign > 0 || power.Numerator.IsEven ? Whole(1) : Whole(-1);
        }

        var bits = value.Numerator.GetBitLength() + value.Denominator.GetBitLength();
        if (BigInteger.Abs(power.Numerator) * bits > BitsMax)
        {
            throw TooLarge();
        }

        var exponent = (int)BigInteger.Abs(power.Numerator);
        var result = new Rational(BigInteger.Pow(value.Numerator, exponent), BigInteger.Pow(value.Denominator, exponent));
        return power.Numerator.Sign < 0 ? Whole(1) / result : result;
    }

    private static Rational? Factorial(Rational value, Budget budget)
    {
        if (!IsWhole(value) || value.Numerator.Sign < 0)
        {
            return null;
        }

        if (value.Numerator > FactorialMax)
        {
            throw TooLarge();
        }

        budget.Spend((int)value.Numerator);
        var result = BigInteger.One;
        for (var i = 2; i <= (int)value.Numerator; i++)
        {
            result *= i;
        }

        return Whole(result);
    }

    private static Rational? Binomial(Rational of, Rational chosen)
    {
        if (!IsWhole(of) || !IsWhole(chosen) || of.Numerator.Sign < 0)
        {
            return null;
        }

        if (chosen.Numerator.Sign < 0 || chosen.Numerator > of.Numerator)
        {
            return Whole(0);
        }

        var count = BigInteger.Min(chosen.Numerator, of.Numerator - chosen.Numerator);
        if (count > FactorialMax)
        {
            throw TooLarge();
        }

        var result = BigInteger.One;
        for (var i = 1; i <= (int)count; i++)
        {
            result = result * (of.Numerator - count + i) / i;
        }

        return Whole(result);
    }

    /// <summary>Null where it is not rational.</summary>
    private static Rational? Root(Rational value, int index)
    {
        if (value.Numerator.Sign < 0 && (index % 2 == 0))
        {
            return null;
        }

        return Root(BigInteger.Abs(value.Numerator), index) is { } upper && Root(value.Denominator, index) is { } lower
            ? new Rational(value.Numerator.Sign * upper, lower)
            : null;
    }

    private static BigInteger? Root(BigInteger value, int index)
    {
        if (value.IsZero || value.IsOne)
        {
            return value;
        }

        // Newton's iteration from above comes down to the root's whole part.
        var guess = BigInteger.One << (int)((value.GetBitLength() / index) + 1);
        while (true)
        {
            var next = (((index - 1) * guess) + (value / BigInteger.Pow(guess, index - 1))) / index;
            if (next >= guess)
            {
                return BigInteger.Pow(guess, index) == value ? guess : null;
            }

            guess = next;
        }
    }

    private static UndecidedException TooLarge() => new(ReasonCodes.TooLarge, "its numbers are too large to be computed with");
}

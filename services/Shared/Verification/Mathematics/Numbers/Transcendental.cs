using System.Numerics;

namespace StreamDistill.Verification.Mathematics;

/// <summary>The elementary functions of real numbers to the precision of <see cref="BigFloat"/>, but for the last few bits.</summary>
internal static class Transcendental
{
    // With arguments below 2^-8 a Taylor series gains 16 bits and more with each term of the sine's.
    private const int Halvings = 8;

    // Series are summed in integers of so many bits behind the point, some of which rounding takes.
    private const int FixedBits = BigFloat.Precision + 40;

    public static BigFloat Pi { get; } = (ArcCot(5).Scaled(2) - ArcCot(239)).Scaled(2);

    public static BigFloat Ln2 { get; } = (ArcCoth(26) * BigFloat.Of(18)) - (ArcCoth(4801) * BigFloat.Of(2)) + (ArcCoth(8749) * BigFloat.Of(8));

    public static BigFloat E { get; } = Exp(BigFloat.One);

    public static BigFloat Exp(BigFloat value)
    {
        if (value.IsZero)
        {
            return BigFloat.One;
        }

        if (value.Magnitude > 22)
        {
            throw new UndecidedException(ReasonCodes.TooLarge, "an exponent is too large to be computed with");
        }

        // e^v = 2^n e^r with a small r; and e^r = (e^(r/2^k))^(2^k).
        var power = (value / Ln2).Round();
        var reduced = Fixed((value - (Ln2 * BigFloat.Of(power))).Scaled(-Halvings));
        var sum = BigInteger.One << FixedBits;
        var term = sum;
        for (var n = 1; !term.IsZero; n++)
        {
            term = Product(term, reduced) / n;
            sum += term;
        }

        for (var i = 0; i < Halvings; i++)
        {
            sum = Product(sum, sum);
        }

        return BigFloat.Of(sum).Scaled((int)power - FixedBits);
    }

    /// <summary>The natural logarithm of a number above 0.</summary>
    public static BigFloat Ln(BigFloat value)
    {
        // v = 2^n m with m near 1; then Halley's iteration, which triples the right bits each time.
        var power = (int)value.Magnitude;
        var mantissa = value.Scaled(-power);
        var result = BigFloat.Approximately(Math.Log(mantissa.ToDouble()));
        for (var bits = 45; bits < BigFloat.Precision; bits *= 3)
        {
            var guess = Exp(result);
            result += ((mantissa - guess) / (mantissa + guess)).Scaled(1);
        }

        return result + (Ln2 * BigFloat.Of(power));
    }

    public static (BigFloat Sin, BigFloat Cos) SinCos(BigFloat value)
    {
        if (!value.IsZero && value.Magnitude > 40)
        {
            throw new UndecidedException(ReasonCodes.TooLarge, "an angle is too large to be computed with");
        }

        // The nearest multiple of a quarter turn is taken off.
        var quarters = (value / Pi.Scaled(-1)).Round();
        var reduced = Fixed((value - (Pi.Scaled(-1) * BigFloat.Of(quarters))).Scaled(-Halvings));
        var square = -Product(reduced, reduced);
        var one = BigInteger.One << FixedBits;
        var (fixedSin, fixedCos) = (reduced, one);
        var (sinTerm, cosTerm) = (reduced, one);
        for (var n = 1; !sinTerm.IsZero || !cosTerm.IsZero; n += 2)
        {
            cosTerm = Product(cosTerm, square) / (n * (n + 1));
            sinTerm = Product(sinTerm, square) / ((n + 1) * (n + 2));
            fixedCos += cosTerm;
            fixedSin += sinTerm;
        }

        for (var i = 0; i < Halvings; i++)
        {
            (fixedSin, fixedCos) = (Product(fixedSin, fixedCos) << 1, one - (Product(fixedSin, fixedSin) << 1));
        }

        var (sin, cos) = (BigFloat.Of(fixedSin).Scaled(-FixedBits), BigFloat.Of(fixedCos).Scaled(-FixedBits));

        return (int)(quarters & 3) switch
        {
            0 => (sin, cos),
            1 => (cos, -sin),
            2 => (-sin, -cos),
            _ => (-cos, sin),
        };
    }

    /// <summary>The angle from the positive real axis, above -π and up to π. Not for the origin.</summary>
    public static BigFloat Atan2(BigFloat y, BigFloat x)
    {
        if (x.IsZero || (!y.IsZero && y.Abs() > x.Abs()))
        {
            var quarter = Pi.Scaled(-1);
            return (y.Sign < 0 ? -quarter : quarter) - Atan(x / y);
        }

        var angle = Atan(y / x);
        return x.Sign > 0 ? angle : y.Sign < 0 ? angle - Pi : angle + Pi;
    }

    /// <summary>The arc tangent of a number of at most 1.</summary>
    private static BigFloat Atan(BigFloat value)
    {
        // Newton's iteration on the tangent, cubic: the correction is the sine of the angle that is left.
        var result = BigFloat.Approximately(Math.Atan(value.ToDouble()));
        for (var bits = 45; bits < BigFloat.Precision; bits *= 3)
        {
            var (sin, cos) = SinCos(result);
            result += ((value * cos) - sin) / BigFloat.Sqrt(BigFloat.One + (value * value));
        }

        return result;
    }

    private static BigInteger Fixed(BigFloat value) => value.Scaled(FixedBits).Round();

    private static BigInteger Product(BigInteger left, BigInteger right) => (left * right) >> FixedBits;

    private static BigFloat ArcCot(int x) => Inverse(x, -1);

    private static BigFloat ArcCoth(int x) => Inverse(x, 1);

    /// <summary>1/x + s/(3x^3) + s²/(5x^5) + …, with guard bits.</summary>
    private static BigFloat Inverse(int x, int sign)
    {
        const int guard = 32;
        var power = (BigInteger.One << (BigFloat.Precision + guard)) / x;
        var sum = power;
        for (var n = 3; !power.IsZero; n += 2)
        {
            power = sign * power / (x * x);
            sum += power / n;
        }

        return BigFloat.Of(sum).Scaled(-BigFloat.Precision - guard);
    }
}

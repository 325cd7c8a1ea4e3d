using System.Numerics;

namespace StreamDistill.Verification.Mathematics;

/// <summary>The elementary functions of real numbers to the precision of <see cref="BigFloat"/>, but for the last few bits.</summary>
internal static class Transcendental
{
    // With arguments below 2^-8 a Taylor series gains 16 bits and more with each term of the sine's.
    private const int Halvings = 8;

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
        var reduced = (value - (Ln2 * BigFloat.Of(power))).Scaled(-Halvings);
        var (sum, term) = (BigFloat.One, BigFloat.One);
        for (var n = 1; !term.IsNegligible(); n++)
        {
            term = term * reduced / BigFloat.Of(n);
            sum += term;
        }

        for (var i = 0; i < Halvings; i++)
        {
            sum *= sum;
        }

        return sum.Scaled((int)power);
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
        var reduced = (value - (Pi.Scaled(-1) * BigFloat.Of(quarters))).Scaled(-Halvings);
        var square = -(reduced * reduced);
        var (sin, term) = (reduced, reduced);
        for (var n = 2; !term.IsNegligible(); n += 2)
        {
            term = term * square / BigFloat.Of(n * (n + 1));
            sin += term;
        }

        var cos = BigFloat.Sqrt(BigFloat.One - (sin * sin));
        for (var i = 0; i < Halvings; i++)
        {
            (sin, cos) = ((sin * cos).Scaled(1), BigFloat.One - (sin * sin).Scaled(1));
        }

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

    private static bool IsNegligible(this BigFloat term) => term.IsZero || term.Magnitude < -BigFloat.Precision - 8;

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

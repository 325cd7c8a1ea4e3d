using System.Numerics;

namespace StreamDistill.Verification.Mathematics;

/// <summary>
/// A binary floating-point number of <see cref="Precision"/> bits: an integer times a power of two, rounded after each operation.
/// Wide enough that numbers which only look alike differ, for everything that a person writes down as an answer.
/// </summary>
internal readonly struct BigFloat
{
    /// <summary>Bits of the significand: 67 decimal digits.</summary>
    public const int Precision = 224;

    // Beyond it stands 10^(10^6), which nobody compares digit by digit.
    private const long ExponentMax = 4_000_000;

    private readonly BigInteger significand;
    private readonly long exponent;

    private BigFloat(BigInteger significand, long exponent)
    {
        var excess = (long)BigInteger.Abs(significand).GetBitLength() - Precision;
        if (excess > 0)
        {
            // Rounded to nearest: the last bit that goes decides.
            significand = ((significand >> (int)(excess - 1)) + BigInteger.One) >> 1;
            exponent += excess;
        }

        if (significand.IsZero)
        {
            exponent = 0;
        }
        else if (Math.Abs(exponent) > ExponentMax)
        {
            throw new UndecidedException(ReasonCodes.TooLarge, "a number is too large or too small to be computed with");
        }

        this.significand = significand;
        this.exponent = exponent;
    }

    public static BigFloat Zero => default;

    public static BigFloat One { get; } = new(BigInteger.One, 0);

    public int Sign => significand.Sign;

    public bool IsZero => significand.IsZero;

    /// <summary>Of the highest bit: the number is at least 2 to it and less than twice that. Not for zero.</summary>
    public long Magnitude => exponent + (long)BigInteger.Abs(significand).GetBitLength() - 1;

    public static BigFloat Of(BigInteger value) => new(value, 0);

    public static BigFloat Of(Rational value) => Divide(value.Numerator, 0, value.Denominator, 0);

    /// <summary>As exactly as a double has it.</summary>
    public static BigFloat Approximately(double value)
    {
        if (value == 0)
        {
            return Zero;
        }

        var power = Math.ILogB(value);
        return new BigFloat(new BigInteger(Math.ScaleB(value, 60 - power)), power - 60);
    }

    /// <summary>Rounded; infinite where a double has no room for it.</summary>
    public double ToDouble()
    {
        if (IsZero)
        {
            return 0;
        }

        var shift = (int)Math.Max(0, (long)BigInteger.Abs(significand).GetBitLength() - 62);
        return Math.ScaleB((double)(long)(significand >> shift), (int)Math.Clamp(exponent + shift, -5000, 5000));
    }

    /// <summary>Exactly.</summary>
    public Rational ToRational() => exponent >= 0 ? new(significand << (int)exponent, BigInteger.One) : new(significand, BigInteger.One << (int)-exponent);

    /// <summary>Times 2 to the power.</summary>
    public BigFloat Scaled(int power) => new(significand, exponent + power);

    public BigFloat Abs() => Sign < 0 ? -this : this;

    /// <summary>The greatest integer that is not greater.</summary>
    public BigInteger Floor() => exponent >= 0
        ? significand << (int)Math.Min(exponent, ExponentMax)
        : significand >> (int)Math.Min(-exponent, int.MaxValue);

    /// <summary>The nearest integer.</summary>
    public BigInteger Round() => (this + new BigFloat(BigInteger.One, -1)).Floor();

    /// <summary>The number is an integer, but for what rounding may have added.</summary>
    public bool IsInteger(out BigInteger value)
    {
        value = default;
        if (!IsZero && Magnitude > Precision / 2)
        {
            return false;
        }

        value = Round();
        return (this - Of(value)).IsNegligibleAgainst(One);
    }

    /// <summary>What is left when two numbers that ought to be equal are subtracted.</summary>
    public bool IsNegligibleAgainst(BigFloat scale) => IsZero || (!scale.IsZero && Magnitude < scale.Magnitude - (Precision * 5 / 8));

    public static BigFloat operator -(BigFloat value) => new(-value.significand, value.exponent);

    public static BigFloat operator +(BigFloat left, BigFloat right)
    {
        if (left.IsZero || right.IsZero)
        {
            return left.IsZero ? right : left;
        }

        var (high, low) = left.exponent >= right.exponent ? (left, right) : (right, left);
        var distance = high.exponent - low.exponent;
        return distance > 2 * Precision ? high : new BigFloat((high.significand << (int)distance) + low.significand, low.exponent);
    }

    public static BigFloat operator -(BigFloat left, BigFloat right) => left + -right;

    public static BigFloat operator *(BigFloat left, BigFloat right) => new(left.significand * right.significand, left.exponent + right.exponent);

    /// <exception cref="DivideByZeroException">The divisor is zero.</exception>
    public static BigFloat operator /(BigFloat left, BigFloat right) => Divide(left.significand, left.exponent, right.significand, right.exponent);

    public static bool operator <(BigFloat left, BigFloat right) => (left - right).Sign < 0;

    public static bool operator >(BigFloat left, BigFloat right) => right < left;

    /// <summary>The square root of a number that is not negative.</summary>
    public static BigFloat Sqrt(BigFloat value)
    {
        if (value.IsZero)
        {
            return Zero;
        }

        // Newton's iteration doubles the right bits each time: a double has 53.
        var half = (int)(value.Magnitude / 2);
        var reduced = new BigFloat(value.significand, value.exponent - (2L * half));
        var root = Approximately(Math.Sqrt(reduced.ToDouble()));
        for (var bits = 50; bits < Precision; bits *= 2)
        {
            root = (root + (reduced / root)).Scaled(-1);
        }

        return root.Scaled(half);
    }

    private static BigFloat Divide(BigInteger left, long leftExponent, BigInteger right, long rightExponent)
    {
        if (right.IsZero)
        {
            throw new DivideByZeroException();
        }

        var shift = (int)Math.Max(0, Precision + 2 + (long)BigInteger.Abs(right).GetBitLength() - (long)BigInteger.Abs(left).GetBitLength());
        return new BigFloat((left << shift) / right, leftExponent - rightExponent - shift);
    }
}

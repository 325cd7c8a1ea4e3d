using System.Globalization;
using System.Numerics;

namespace StreamDistill.Verification;

/// <summary>An exact number: a fraction in lowest terms with a positive denominator.</summary>
public readonly struct Rational : IEquatable<Rational>
{
    private readonly BigInteger denominatorLessOne;

    /// <param name="numerator">Any integer.</param>
    /// <param name="denominator">Any integer but zero.</param>
    /// <exception cref="DivideByZeroException">The denominator is zero.</exception>
    public Rational(BigInteger numerator, BigInteger denominator)
    {
        if (denominator.IsZero)
        {
            throw new DivideByZeroException();
        }

        var divisor = denominator.IsOne ? BigInteger.One : BigInteger.GreatestCommonDivisor(numerator, denominator) * denominator.Sign;
        Numerator = divisor.IsOne ? numerator : numerator / divisor;
        denominatorLessOne = (divisor.IsOne ? denominator : denominator / divisor) - BigInteger.One;
    }

    /// <summary>The numerator, which has the number's sign.</summary>
    public BigInteger Numerator { get; }

    /// <summary>The denominator. (It is kept less one so that the default value is a number: zero.)</summary>
    public BigInteger Denominator => denominatorLessOne + BigInteger.One;

    /// <summary>The exact value of a decimal.</summary>
    public static Rational Of(decimal value)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        var magnitude = ((BigInteger)(uint)bits[2] << 64) | ((BigInteger)(uint)bits[1] << 32) | (uint)bits[0];
        return new Rational(bits[3] < 0 ? -magnitude : magnitude, PowerOfTen((bits[3] >> 16) & 0xFF));
    }

    /// <summary>10 to a power from 0.</summary>
    public static BigInteger PowerOfTen(int exponent) => exponent switch
    {
        0 => BigInteger.One,
        <= 9 => (int)Math.Pow(10, exponent),
        _ => BigInteger.Pow(10, exponent),
    };

    /// <summary>The number times 10 to a power of any sign.</summary>
    public Rational Shifted(int exponent) => exponent >= 0
        ? new Rational(Numerator * PowerOfTen(exponent), Denominator)
        : new Rational(Numerator, Denominator * PowerOfTen(-exponent));

    /// <summary>The distance from zero.</summary>
    public Rational Abs() => Numerator.Sign < 0 ? -this : this;

    /// <inheritdoc />
    public bool Equals(Rational other) => Numerator == other.Numerator && denominatorLessOne == other.denominatorLessOne;

    /// <inheritdoc />
    public override bool Equals(object? other) => other is Rational rational && Equals(rational);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Numerator, denominatorLessOne);

    /// <summary>As a decimal where that is exact, else as a fraction: 18, -0.75, 1/3.</summary>
    public override string ToString()
    {
        if (denominatorLessOne.IsZero)
        {
            return Numerator.ToString(CultureInfo.InvariantCulture);
        }

        var (rest, twos) = WithoutFactor(Denominator, 2);
        (rest, var fives) = WithoutFactor(rest, 5);
        if (!rest.IsOne)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{Numerator}/{Denominator}");
        }

        var places = Math.Max(twos, fives);
        var digits = BigInteger.Abs(Shifted(places).Numerator).ToString(CultureInfo.InvariantCulture).PadLeft(places + 1, '0');
        return (Numerator.Sign < 0 ? "-" : "") + digits[..^places] + "." + digits[^places..];
    }

    /// <summary>Equal values.</summary>
    public static bool operator ==(Rational left, Rational right) => left.Equals(right);

    /// <summary>Different values.</summary>
    public static bool operator !=(Rational left, Rational right) => !left.Equals(right);

    /// <summary>Less or equal.</summary>
    public static bool operator <=(Rational left, Rational right) => left.Numerator * right.Denominator <= right.Numerator * left.Denominator;

    /// <summary>Greater or equal.</summary>
    public static bool operator >=(Rational left, Rational right) => right <= left;

    /// <summary>The negative.</summary>
    public static Rational operator -(Rational value) => new(-value.Numerator, value.Denominator);

    /// <summary>The sum.</summary>
    public static Rational operator +(Rational left, Rational right) =>
        new((left.Numerator * right.Denominator) + (right.Numerator * left.Denominator), left.Denominator * right.Denominator);

    /// <summary>The difference.</summary>
    public static Rational operator -(Rational left, Rational right) => left + -right;

    /// <summary>The product.</summary>
    public static Rational operator *(Rational left, Rational right) =>
        new(left.Numerator * right.Numerator, left.Denominator * right.Denominator);

    /// <summary>The quotient.</summary>
    /// <exception cref="DivideByZeroException">The divisor is zero.</exception>
    public static Rational operator /(Rational left, Rational right) =>
        new(left.Numerator * right.Denominator, left.Denominator * right.Numerator);

    private static (BigInteger Value, int Count) WithoutFactor(BigInteger value, int factor)
    {
        for (var count = 0; ; count++)
        {
            var quotient = BigInteger.DivRem(value, factor, out var remainder);
            if (!remainder.IsZero)
            {
                return (value, count);
            }

            value = quotient;
        }
    }
}

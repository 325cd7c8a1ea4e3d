using System.Numerics;

namespace StreamDistill.Verification.Mathematics;

/// <summary>A complex number; functions take their principal values.</summary>
internal readonly record struct BigComplex(BigFloat Real, BigFloat Imaginary)
{
    // Squaring is exact enough for powers up to it.
    private const int WholePowerMax = 1 << 16;

    public static BigComplex Zero => default;

    public static BigComplex One { get; } = Of(BigFloat.One);

    public static BigComplex I { get; } = new(BigFloat.Zero, BigFloat.One);

    public bool IsZero => Real.IsZero && Imaginary.IsZero;

    /// <summary>Its imaginary part is nothing but what rounding left.</summary>
    public bool IsReal => Imaginary.IsNegligibleAgainst(Real.IsZero ? BigFloat.One : Real.Abs());

    public static BigComplex Of(BigFloat real) => new(real, BigFloat.Zero);

    public BigFloat Abs() => Imaginary.IsZero ? Real.Abs() : Real.IsZero ? Imaginary.Abs() : BigFloat.Sqrt((Real * Real) + (Imaginary * Imaginary));

    public BigComplex Conjugate() => new(Real, -Imaginary);

    public static BigComplex operator -(BigComplex value) => new(-value.Real, -value.Imaginary);

    public static BigComplex operator +(BigComplex left, BigComplex right) => new(left.Real + right.Real, left.Imaginary + right.Imaginary);

    public static BigComplex operator -(BigComplex left, BigComplex right) => left + -right;

    public static BigComplex operator *(BigComplex left, BigComplex right) => left.Imaginary.IsZero && right.Imaginary.IsZero
        ? Of(left.Real * right.Real)
        : new((left.Real * right.Real) - (left.Imaginary * right.Imaginary), (left.Real * right.Imaginary) + (left.Imaginary * right.Real));

    /// <exception cref="DivideByZeroException">The divisor is zero.</exception>
    public static BigComplex operator /(BigComplex left, BigComplex right)
    {
        if (right.Imaginary.IsZero)
        {
            return new(left.Real / right.Real, left.Imaginary.IsZero ? BigFloat.Zero : left.Imaginary / right.Real);
        }

        var norm = (right.Real * right.Real) + (right.Imaginary * right.Imaginary);
        var product = left * right.Conjugate();
        return new(product.Real / norm, product.Imaginary / norm);
    }

    public static BigComplex Exp(BigComplex value)
    {
        var size = Transcendental.Exp(value.Real);
        if (value.Imaginary.IsZero)
        {
            return Of(size);
        }

        var (sin, cos) = Transcendental.SinCos(value.Imaginary);
        return new(size * cos, size * sin);
    }

    /// <exception cref="DivideByZeroException">The number is zero.</exception>
    public static BigComplex Ln(BigComplex value)
    {
        if (value.IsZero)
        {
            throw new DivideByZeroException();
        }

        return value.Imaginary.IsZero && value.Real.Sign > 0
            ? Of(Transcendental.Ln(value.Real))
            : new(Transcendental.Ln(value.Abs()), Transcendental.Atan2(value.Imaginary, value.Real));
    }

    public static BigComplex Sqrt(BigComplex value)
    {
        if (value.Imaginary.IsZero)
        {
            return value.Real.Sign >= 0 ? Of(BigFloat.Sqrt(value.Real)) : new(BigFloat.Zero, BigFloat.Sqrt(-value.Real));
        }

        var size = value.Abs();
        var real = BigFloat.Sqrt((size + value.Real.Abs()).Scaled(-1));
        var other = value.Imaginary / real.Scaled(1);
        return value.Real.Sign >= 0 ? new(real, other) : new(other.Abs(), value.Imaginary.Sign < 0 ? -real : real);
    }

    /// <exception cref="DivideByZeroException">Zero to a power that is not above 0.</exception>
    public static BigComplex Pow(BigComplex value, BigComplex power)
    {
        if (power.Imaginary.IsZero && power.Real.IsInteger(out var whole) && BigInteger.Abs(whole) <= WholePowerMax)
        {
            return Pow(value, (int)whole);
        }

        if (value.IsZero)
        {
            return power.Real.Sign > 0 ? Zero : throw new DivideByZeroException();
        }

        return Exp(power * Ln(value));
    }

    public static (BigComplex Sin, BigComplex Cos) SinCos(BigComplex value)
    {
        if (value.Imaginary.IsZero)
        {
            var (sin, cos) = Transcendental.SinCos(value.Real);
            return (Of(sin), Of(cos));
        }

        var (plus, minus) = (Exp(I * value), Exp(-I * value));
        return ((plus - minus) / (I + I), (plus + minus) / Of(BigFloat.Of(2)));
    }

    private static BigComplex Pow(BigComplex value, int power)
    {
        if (power < 0)
        {
            return One / Pow(value, -power);
        }

        var result = One;
        for (var square = value; power > 0; power >>= 1)
        {
            result = (power & 1) == 1 ? result * square : result;
            square = power > 1 ? square * square : square;
        }

        return result;
    }
}

using System.Globalization;
using System.Numerics;

namespace Avro;

/// <summary>A decimal number of any size: an unscaled integer, divided by ten to the power of a scale.</summary>
public struct AvroDecimal : IFormattable, IComparable, IComparable<AvroDecimal>, IEquatable<AvroDecimal>
{
    /// <summary>The same number, with the same scale.</summary>
    public AvroDecimal(decimal value)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        var magnitude = (new BigInteger((uint)bits[2]) << 64) | (new BigInteger((uint)bits[1]) << 32) | new BigInteger((uint)bits[0]);
        UnscaledValue = bits[3] < 0 ? -magnitude : magnitude;
        Scale = (bits[3] >> 16) & 0xFF;
    }

    /// <summary>unscaledValue / 10^scale.</summary>
    public AvroDecimal(BigInteger unscaledValue, int scale)
    {
        UnscaledValue = unscaledValue;
        Scale = scale;
    }

    /// <summary>The number without its decimal point.</summary>
    public BigInteger UnscaledValue { get; }

    /// <summary>How many digits stand after the decimal point.</summary>
    public int Scale { get; }

    public static implicit operator AvroDecimal(decimal value) => new(value);

    /// <summary>The nearest decimal.</summary>
    /// <exception cref="OverflowException">The number is larger than any decimal.</exception>
    public static explicit operator decimal(AvroDecimal value) => ToDecimal(value);

    public static bool operator ==(AvroDecimal left, AvroDecimal right) => left.Equals(right);

    public static bool operator !=(AvroDecimal left, AvroDecimal right) => !left.Equals(right);

    /// <summary>The nearest decimal.</summary>
    /// <exception cref="OverflowException">The number is larger than any decimal.</exception>
    public static decimal ToDecimal(AvroDecimal value)
    {
        BigInteger divisor = BigInteger.Pow(10, value.Scale);
        BigInteger whole = BigInteger.DivRem(value.UnscaledValue, divisor, out BigInteger fraction);
        return (decimal)whole + ((decimal)fraction / (decimal)divisor);
    }

    public override string ToString()
    {
        string digits = UnscaledValue.ToString($"D{Scale + 1}", CultureInfo.CurrentCulture);
        return Scale > 0 ? digits.Insert(digits.Length - Scale, CultureInfo.CurrentCulture.NumberFormat.NumberDecimalSeparator) : digits;
    }

    public string ToString(string format, IFormatProvider formatProvider) => ToString();

    public int CompareTo(object obj) => obj switch
    {
        null => 1,
        AvroDecimal other => CompareTo(other),
        _ => throw new ArgumentException("Compare to object must be an AvroDecimal", nameof(obj)),
    };

    public int CompareTo(AvroDecimal other)
    {
        int scale = Math.Max(Scale, other.Scale);
        return (UnscaledValue * BigInteger.Pow(10, scale - Scale)).CompareTo(other.UnscaledValue * BigInteger.Pow(10, scale - other.Scale));
    }

    public bool Equals(AvroDecimal other) => Scale == other.Scale && UnscaledValue == other.UnscaledValue;

    public override bool Equals(object obj) => obj is AvroDecimal other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(UnscaledValue, Scale);
}

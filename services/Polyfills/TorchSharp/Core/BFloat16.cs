namespace TorchSharp;

/// <summary>The upper half of a single-precision number: 1 sign bit, 8 exponent bits, 7 mantissa bits.</summary>
public readonly struct BFloat16 : IEquatable<BFloat16>
{
    private readonly ushort _value;

    private BFloat16(ushort value) => _value = value;

    /// <summary>The nearest one, ties to even.</summary>
    public BFloat16(float f)
    {
        var bits = BitConverter.SingleToUInt32Bits(f);
        _value = float.IsNaN(f) ? (ushort)(bits >> 16 | 0x40) : (ushort)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
    }

    /// <summary>The one with these bits.</summary>
    public static BFloat16 FromRawValue(ushort rawValue) => new(rawValue);

    /// <summary>Its value; exact.</summary>
    public float ToSingle() => BitConverter.UInt32BitsToSingle((uint)_value << 16);

    /// <summary>Its value; exact.</summary>
    public static explicit operator float(BFloat16 bf) => bf.ToSingle();

    /// <summary>The nearest one, ties to even.</summary>
    public static explicit operator BFloat16(float f) => new(f);

    /// <summary>Are the values equal? Not a number equals nothing.</summary>
    public static bool operator ==(BFloat16 a, BFloat16 b) => a.Equals(b);

    /// <summary>Are the values different?</summary>
    public static bool operator !=(BFloat16 a, BFloat16 b) => !a.Equals(b);

    /// <summary>Are the values equal? Not a number equals nothing.</summary>
    public bool Equals(BFloat16 other) => ToSingle() == other.ToSingle();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is BFloat16 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => ToSingle().GetHashCode();

    /// <summary>Its value as text.</summary>
    public override string ToString() => ToSingle().ToString();
}

using TorchSharp.PInvoke;

namespace TorchSharp;

/// <summary>A number that an operator takes without a tensor around it.</summary>
public sealed class Scalar : IDisposable
{
    internal Scalar(Number value) => Value = value;

    internal Number Value { get; }

    /// <summary>Its type as libtorch keeps it: Int64, Float64 or Bool.</summary>
    public torch.ScalarType Type => Value.Kind switch
    {
        0 => torch.ScalarType.Int64,
        1 => torch.ScalarType.Float64,
        _ => torch.ScalarType.Bool,
    };

    /// <summary>An integer.</summary>
    public static implicit operator Scalar(byte value) => (long)value;

    /// <summary>An integer.</summary>
    public static implicit operator Scalar(int value) => (long)value;

    /// <summary>An integer.</summary>
    public static implicit operator Scalar(long value) => new(new Number(0, value));

    /// <summary>A floating-point number.</summary>
    public static implicit operator Scalar(float value) => (double)value;

    /// <summary>A floating-point number.</summary>
    public static implicit operator Scalar(double value) => new(new Number(1, BitConverter.DoubleToInt64Bits(value)));

    /// <summary>A boolean.</summary>
    public static implicit operator Scalar(bool value) => new(new Number(2, value ? 1 : 0));

    /// <summary>Nothing is held.</summary>
    public void Dispose()
    {
    }
}

/// <summary>Conversions of <see cref="Scalar"/>.</summary>
public static class ScalarExtensionMethods
{
    /// <summary>As single precision.</summary>
    public static float ToSingle(this Scalar value) => (float)value.ToDouble();

    /// <summary>As double precision.</summary>
    public static double ToDouble(this Scalar value) =>
        value.Value.Kind == 1 ? BitConverter.Int64BitsToDouble(value.Value.Bits) : value.Value.Bits;

    /// <summary>As an integer; a fraction is cut off.</summary>
    public static int ToInt32(this Scalar value) => (int)value.ToInt64();

    /// <summary>As an integer; a fraction is cut off.</summary>
    public static long ToInt64(this Scalar value) => value.Value.Kind == 1 ? (long)value.ToDouble() : value.Value.Bits;

    /// <summary>Is it not zero?</summary>
    public static bool ToBoolean(this Scalar value) => value.ToDouble() != 0;
}

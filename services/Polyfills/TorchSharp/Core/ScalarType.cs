namespace TorchSharp;

public static partial class torch
{
    /// <summary>The types of elements, numbered as libtorch does.</summary>
    public enum ScalarType : sbyte
    {
        /// <summary>8 bits, unsigned.</summary>
        Byte = 0,

        /// <summary>8 bits, signed.</summary>
        Int8 = 1,

        /// <summary>16 bits, signed.</summary>
        Int16 = 2,

        /// <summary>32 bits, signed.</summary>
        Int32 = 3,

        /// <summary>64 bits, signed.</summary>
        Int64 = 4,

        /// <summary>IEEE 754 half precision.</summary>
        Float16 = 5,

        /// <summary>IEEE 754 single precision.</summary>
        Float32 = 6,

        /// <summary>IEEE 754 double precision.</summary>
        Float64 = 7,

        /// <summary>True or false, a byte each.</summary>
        Bool = 11,

        /// <summary>The upper half of single precision.</summary>
        BFloat16 = 15,
    }

#pragma warning disable CA2211, CS1591 // The package has them as fields, and their names say what they are.
    public static ScalarType @bool = ScalarType.Bool;
    public static ScalarType uint8 = ScalarType.Byte;
    public static ScalarType int8 = ScalarType.Int8;
    public static ScalarType int16 = ScalarType.Int16;
    public static ScalarType int32 = ScalarType.Int32;
    public static ScalarType int64 = ScalarType.Int64;
    public static ScalarType bfloat16 = ScalarType.BFloat16;
    public static ScalarType float16 = ScalarType.Float16;
    public static ScalarType float32 = ScalarType.Float32;
    public static ScalarType float64 = ScalarType.Float64;
#pragma warning restore CA2211, CS1591

    /// <summary>Is it an integer type?</summary>
    public static bool is_integral(ScalarType type) => type <= ScalarType.Int64 || type == ScalarType.Bool;

    /// <summary>Is it a floating-point type?</summary>
    public static bool is_floating_point(ScalarType type) =>
        type is ScalarType.Float16 or ScalarType.Float32 or ScalarType.Float64 or ScalarType.BFloat16;

    internal static ScalarType TypeOf<T>()
        where T : unmanaged => default(T) switch
        {
            bool => ScalarType.Bool,
            byte => ScalarType.Byte,
            sbyte => ScalarType.Int8,
            short => ScalarType.Int16,
            int => ScalarType.Int32,
            long => ScalarType.Int64,
            Half => ScalarType.Float16,
            BFloat16 => ScalarType.BFloat16,
            float => ScalarType.Float32,
            double => ScalarType.Float64,
            _ => throw new NotSupportedException($"The type {typeof(T).FullName} is not supported."),
        };
}

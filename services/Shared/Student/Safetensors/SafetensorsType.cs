using static TorchSharp.torch;

namespace StreamDistill.Student;

/// <summary>An element type of safetensors files that libtorch has too.</summary>
/// <param name="Word">Its name in headers, such as BF16.</param>
/// <param name="Scalar">libtorch's name for it.</param>
/// <param name="ElementSizeBytes">The size of one element.</param>
public sealed record SafetensorsType(string Word, ScalarType Scalar, int ElementSizeBytes)
{
    /// <summary>In the order of the reference implementation, which writes tensors of later types first.</summary>
    private static readonly SafetensorsType[] All =
    [
        new("BOOL", ScalarType.Bool, 1),
        new("U8", ScalarType.Byte, 1),
        new("F16", ScalarType.Float16, 2),
        new("BF16", ScalarType.BFloat16, 2),
        new("I32", ScalarType.Int32, 4),
        new("F32", ScalarType.Float32, 4),
        new("F64", ScalarType.Float64, 8),
        new("I64", ScalarType.Int64, 8),
    ];

    /// <summary>Every name, for messages.</summary>
    internal static string Words { get; } = string.Join(", ", All.Select(type => type.Word));

    /// <summary>The place among the types: files have those with a higher rank first.</summary>
    internal int Rank => Array.IndexOf(All, this);

    /// <summary>The type that headers call so, or null.</summary>
    internal static SafetensorsType? Of(string word) => Array.Find(All, type => type.Word == word);

    /// <summary>The type of a tensor's elements, or null where safetensors files of ours have none.</summary>
    internal static SafetensorsType? Of(ScalarType scalar) => Array.Find(All, type => type.Scalar == scalar);
}

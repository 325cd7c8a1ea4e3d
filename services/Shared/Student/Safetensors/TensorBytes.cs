using TorchSharp;
using static TorchSharp.torch;

namespace StreamDistill.Student;

/// <summary>Moves a tensor's bytes in pieces: a span holds no more than 2 GiB, and tensors may.</summary>
internal static class TensorBytes
{
    /// <summary>What to do with a piece.</summary>
    /// <param name="bytes">The tensor's own memory.</param>
    /// <param name="offset">Where in the tensor the piece begins, in bytes.</param>
    public delegate void Piece(Span<byte> bytes, long offset);

    private const int PieceElementsMax = 1 << 24;

    /// <summary>Calls <paramref name="use"/> with the memory of a contiguous tensor on the CPU, from its start to its end.</summary>
    public static void ForEachPiece(Tensor tensor, Piece use)
    {
        using var flat = tensor.view(-1);
        for (var start = 0L; start < flat.NumberOfElements; start += PieceElementsMax)
        {
            using var piece = flat.narrow(0, start, Math.Min(PieceElementsMax, flat.NumberOfElements - start));
            use(piece.bytes, start * flat.ElementSize);
        }
    }
}

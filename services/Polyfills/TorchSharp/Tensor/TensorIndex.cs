using TorchSharp.PInvoke;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>What an index expression takes of a dimension, as between the brackets in Python.</summary>
    public struct TensorIndex
    {
        internal IndexPart Part;
        internal Tensor? Source;

        /// <summary>All dimensions that the other parts leave, as <c>...</c></summary>
        public static TensorIndex Ellipsis = new() { Part = { Kind = 2 } };

        /// <summary>A new dimension of size one, as <c>None</c>.</summary>
        public static TensorIndex None = new() { Part = { Kind = 0 } };

        /// <summary>All of the dimension, as <c>:</c>.</summary>
        public static TensorIndex Colon = Slice();

        /// <summary>A part of the dimension, as <c>start:stop:step</c>.</summary>
        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) =>
            new() { Part = { Kind = 3, Start = start ?? 0, Stop = stop ?? long.MaxValue, Step = step ?? 1 } };

        /// <summary>One element; the dimension goes.</summary>
        public static TensorIndex Single(long? index) => new() { Part = { Kind = 1, Start = index ?? 0 } };

        /// <summary>The elements that a tensor of indices, or a mask, names.</summary>
        public static TensorIndex Tensor(Tensor tensor) => new() { Part = { Kind = 4, Tensor = tensor.Handle }, Source = tensor };

        /// <summary>One element; the dimension goes.</summary>
        public static implicit operator TensorIndex(long value) => Single(value);

        /// <summary>One element, also counted from the end; the dimension goes.</summary>
        public static implicit operator TensorIndex(Index index) => Single(index.IsFromEnd ? -index.Value : index.Value);

        /// <summary>A part of the dimension, as <c>1..^1</c>.</summary>
        public static implicit operator TensorIndex(Range range) => Slice(
            range.Start.IsFromEnd ? -range.Start.Value : range.Start.Value,
            !range.End.IsFromEnd ? range.End.Value : range.End.Value == 0 ? null : -range.End.Value);
    }
}

using TorchSharp.PInvoke;
using static TorchSharp.PInvoke.NativeMethods;

namespace TorchSharp;

public static unsafe partial class torch
{
    public partial class Tensor
    {
        /// <summary>The same elements in another shape; one size may be -1.</summary>
        public Tensor view(params long[] shape)
        {
            fixed (long* sizes = shape)
                return Result(ts_view(Handle, new(sizes, shape.Length)), this);
        }

        /// <summary>The elements in another shape: a view if possible; one size may be -1.</summary>
        public Tensor reshape(params long[] shape)
        {
            fixed (long* sizes = shape)
                return Result(ts_reshape(Handle, new(sizes, shape.Length)), this);
        }

        /// <summary>Some dimensions as one.</summary>
        public Tensor flatten(long start_dim = 0, long end_dim = -1) => Result(ts_flatten(Handle, start_dim, end_dim), this);

        /// <summary>A view with the dimensions in another order.</summary>
        public Tensor permute(params long[] permutation)
        {
            fixed (long* dims = permutation)
                return Result(ts_permute(Handle, new(dims, permutation.Length)), this);
        }

        /// <summary>A view with two dimensions exchanged.</summary>
        public Tensor transpose(long dim0, long dim1) => Result(ts_transpose(Handle, dim0, dim1), this);

        /// <summary>A matrix transposed; a view.</summary>
        public Tensor t() => Result(ts_t(Handle), this);

        /// <summary>A view with a dimension of size one more.</summary>
        public Tensor unsqueeze(long dim) => Result(ts_unsqueeze(Handle, dim), this);

        /// <summary>A view without a dimension, or all dimensions, of size one.</summary>
        public Tensor squeeze(long? dim = null) => Result(dim is { } one ? ts_squeeze_dim(Handle, one) : ts_squeeze(Handle), this);

        /// <summary>A view that repeats dimensions of size one without copying; -1 leaves a size as it is.</summary>
        public Tensor expand(ReadOnlySpan<long> sizes, bool isImplicit = false)
        {
            fixed (long* first = sizes)
                return Result(ts_expand(Handle, new(first, sizes.Length), isImplicit), this);
        }

        /// <summary>A view that repeats dimensions of size one without copying; -1 leaves a size as it is.</summary>
        public Tensor expand(long[] sizes, bool isImplicit = false) => expand((ReadOnlySpan<long>)sizes, isImplicit);

        /// <summary>A view that repeats dimensions of size one without copying; -1 leaves a size as it is.</summary>
        public Tensor expand(params long[] sizes) => expand((ReadOnlySpan<long>)sizes, false);

        /// <summary>A view that repeats dimensions of size one to have another tensor's shape.</summary>
        public Tensor expand_as(Tensor other) => expand(other.shape);

        /// <summary>Copies side by side: so many times along each dimension.</summary>
        public Tensor repeat(params long[] sizes)
        {
            fixed (long* first = sizes)
                return Result(ts_repeat(Handle, new(first, sizes.Length)), this);
        }

        /// <summary>Each element, or each part along one dimension, so many times in a row.</summary>
        public Tensor repeat_interleave(long repeats, long? dim = null, long? output_size = null) =>
            Result(ts_repeat_interleave(Handle, repeats, dim.HasValue, dim ?? 0), this);

        /// <summary>The elements with some dimensions reversed.</summary>
        public Tensor flip(params long[] dims)
        {
            fixed (long* first = dims)
                return Result(ts_flip(Handle, new(first, dims.Length)), this);
        }

        /// <summary>The upper triangle from a diagonal on; zeros elsewhere.</summary>
        public Tensor triu(long diagonal = 0) => Result(ts_triu(Handle, diagonal), this);

        /// <summary>The lower triangle up to a diagonal; zeros elsewhere.</summary>
        public Tensor tril(long diagonal = 0) => Result(ts_tril(Handle, diagonal), this);

        /// <summary>This tensor, or a contiguous copy.</summary>
        public Tensor contiguous() => Result(ts_contiguous(Handle), this);

        /// <summary>Views of one size each along a dimension; the last may be smaller.</summary>
        public Tensor[] split(long size, int dim = 0)
        {
            // Where libtorch will refuse, it is asked all the same, for its message.
            var pieces = new nint[size > 0 && dim >= -ndim && dim < ndim ? Math.Max(1, (this.size(dim) + size - 1) / size) : 1];
            fixed (nint* first = pieces)
                Check(ts_split(Handle, size, dim, first), this);
            return Array.ConvertAll(pieces, piece => new Tensor(piece));
        }

        /// <summary>Views of these sizes along a dimension.</summary>
        public Tensor[] split(ReadOnlySpan<long> sizes, long dim = 0)
        {
            var pieces = new nint[sizes.Length];
            fixed (long* lengths = sizes)
            fixed (nint* first = pieces)
                Check(ts_split_sizes(Handle, new(lengths, sizes.Length), dim, first), this);
            return Array.ConvertAll(pieces, piece => new Tensor(piece));
        }

        /// <summary>Views of these sizes along a dimension.</summary>
        public Tensor[] split(long[] sizes, long dim = 0) => split((ReadOnlySpan<long>)sizes, dim);

        /// <summary>So many views, or fewer, of equal size along a dimension; the last may be smaller.</summary>
        public Tensor[] chunk(long chunks, long dim = 0)
        {
            var pieces = new nint[Math.Max(1, chunks)];
            long count;
            fixed (nint* first = pieces)
                Check(ts_chunk(Handle, chunks, dim, first, &count), this);
            return Array.ConvertAll(pieces[..(int)count], piece => new Tensor(piece));
        }
    }
}

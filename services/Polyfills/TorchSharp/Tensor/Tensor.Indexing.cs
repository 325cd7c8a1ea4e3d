using TorchSharp.PInvoke;
using static TorchSharp.PInvoke.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>The part that an index expression names: a view, unless a tensor is among the indices.</summary>
        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        /// <summary>The elements that tensors of indices, or a mask, name.</summary>
        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        /// <summary>The part at one index of the first dimension; a view.</summary>
        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => select(0, i1);
            set => index_put_(value, [i1], false);
        }

        /// <summary>The part at one index of each of the first two dimensions; a view.</summary>
        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => index(i1, i2);
            set => index_put_(value, [i1, i2], false);
        }

        /// <summary>The part that an index expression names: a view, unless a tensor is among the indices.</summary>
        public unsafe Tensor index(params TensorIndex[] indices)
        {
            fixed (IndexPart* parts = Parts(indices))
                return Result(ts_index(Handle, parts, indices.Length), this, indices);
        }

        /// <summary>The elements that tensors of indices, or a mask, name.</summary>
        public Tensor index(params Tensor[] indices) => index(Array.ConvertAll(indices, TensorIndex.Tensor));

        /// <summary>Overwrites the part that an index expression names.</summary>
        public Tensor index_put_(Tensor value, params TensorIndex[] indices) => index_put_(value, indices, false);

        /// <summary>Overwrites the part that an index expression names, or adds to it.</summary>
        public unsafe Tensor index_put_(Tensor value, TensorIndex[] indices, bool accumulate = false)
        {
            fixed (IndexPart* parts = Parts(indices))
                return Changed(ts_index_put_(Handle, parts, indices.Length, value.Handle, accumulate), this, value, indices);
        }

        /// <summary>Overwrites the elements that tensors of indices, or a mask, name.</summary>
        public Tensor index_put_(Tensor value, params Tensor[] indices) => index_put_(value, indices, false);

        /// <summary>Overwrites the elements that tensors of indices, or a mask, name, or adds to them.</summary>
        public Tensor index_put_(Tensor value, Tensor[] indices, bool accumulate = false) =>
            index_put_(value, Array.ConvertAll(indices, TensorIndex.Tensor), accumulate);

        /// <summary>Overwrites the part that an index expression names with one number.</summary>
        public Tensor index_put_(Scalar value, params TensorIndex[] indices)
        {
            using var number = full([], value, dtype, device);
            return index_put_(number, indices, false);
        }

        /// <summary>The part at one index of a dimension, which goes; a view.</summary>
        public Tensor select(long dim, long index) => Result(ts_select(Handle, dim, index), this);

        /// <summary>A part of a dimension; a view.</summary>
        public Tensor narrow(long dim, long start, long length) => Result(ts_narrow(Handle, dim, start, length), this);

        /// <summary>Every step-th element of a part of a dimension; a view.</summary>
        public Tensor slice(long dim, long start, long finish, long step) => Result(ts_slice(Handle, dim, start, finish, step), this);

        /// <summary>The parts at the indices of one dimension.</summary>
        public Tensor index_select(long dim, Tensor index) => Result(ts_index_select(Handle, dim, index.Handle), this, index);

        /// <summary>For each element of index, the element whose index in one dimension it is.</summary>
        public Tensor gather(long dim, Tensor index) => Result(ts_gather(Handle, dim, index.Handle), this, index);

        /// <summary>A copy where for each element of index, the element whose index in one dimension it is, is source's.</summary>
        public Tensor scatter(long dim, Tensor index, Tensor src) =>
            Result(ts_scatter(Handle, dim, index.Handle, src.Handle), this, index, src);

        /// <summary>As <see cref="scatter"/>, in place.</summary>
        public Tensor scatter_(long dim, Tensor index, Tensor src) =>
            Changed(ts_scatter_(Handle, dim, index.Handle, src.Handle), this, index, src);

        /// <summary>A copy where for each element of index, source's is added to the element whose index in one dimension it is.</summary>
        public Tensor scatter_add(long dim, Tensor index, Tensor src) =>
            Result(ts_scatter_add(Handle, dim, index.Handle, src.Handle), this, index, src);

        /// <summary>As <see cref="scatter_add"/>, in place.</summary>
        public Tensor scatter_add_(long dim, Tensor index, Tensor src) =>
            Changed(ts_scatter_add_(Handle, dim, index.Handle, src.Handle), this, index, src);

        /// <summary>Overwrites the parts at the indices of one dimension.</summary>
        public Tensor index_copy_(long dim, Tensor index, Tensor source) =>
            Changed(ts_index_copy_(Handle, dim, index.Handle, source.Handle), this, index, source);

        /// <summary>Adds source times alpha to the parts at the indices of one dimension.</summary>
        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha) =>
            Changed(ts_index_add_(Handle, dim, index.Handle, source.Handle, alpha.Value), this, index, source);

        /// <summary>Fills the parts at the indices of one dimension with a number.</summary>
        public Tensor index_fill_(long dim, Tensor index, Scalar value) =>
            Changed(ts_index_fill_(Handle, dim, index.Handle, value.Value), this, index);

        /// <summary>A copy with a number where mask is true.</summary>
        public Tensor masked_fill(Tensor mask, Scalar value) => Result(ts_masked_fill(Handle, mask.Handle, value.Value), this, mask);

        /// <summary>Puts a number where mask is true.</summary>
        public Tensor masked_fill_(Tensor mask, Scalar value) => Changed(ts_masked_fill_(Handle, mask.Handle, value.Value), this, mask);

        /// <summary>The elements where mask is true, in one dimension.</summary>
        public Tensor masked_select(Tensor mask) => Result(ts_masked_select(Handle, mask.Handle), this, mask);

        /// <summary>This tensor's elements where condition is true, and those of y where it is not.</summary>
        public Tensor where(Tensor condition, Tensor y) => Result(ts_where(condition.Handle, Handle, y.Handle), this, condition, y);

        /// <summary>The indices of the elements that are not zero, a row each.</summary>
        public Tensor nonzero() => Result(ts_nonzero(Handle), this);

        private static IndexPart[] Parts(TensorIndex[] indices) => Array.ConvertAll(indices, index => index.Part);
    }
}

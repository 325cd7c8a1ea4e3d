using static TorchSharp.PInvoke.NativeMethods;

namespace TorchSharp;

public static unsafe partial class torch
{
    public partial class Tensor
    {
        /// <summary>The sum of all elements.</summary>
        public Tensor sum(ScalarType? type = null) => Result(ts_sum(Handle, Code(type)), this);

        /// <summary>The sums along some dimensions.</summary>
        public Tensor sum(ReadOnlySpan<long> dim, bool keepdim = false, ScalarType? type = null)
        {
            fixed (long* dims = dim)
                return Result(ts_sum_dims(Handle, new(dims, dim.Length), keepdim, Code(type)), this);
        }

        /// <summary>The sums along some dimensions.</summary>
        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => sum((ReadOnlySpan<long>)dim, keepdim, type);

        /// <summary>The sums along one dimension.</summary>
        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => sum([dim], keepdim, type);

        /// <summary>The mean of all elements.</summary>
        public Tensor mean() => Result(ts_mean(Handle), this);

        /// <summary>The means along some dimensions.</summary>
        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null)
        {
            fixed (long* dims = dimensions)
                return Result(ts_mean_dims(Handle, new(dims, dimensions.Length), keepdim, Code(type)), this);
        }

        /// <summary>The p-norm of all elements.</summary>
        public Tensor norm(float p = 2.0f) => Result(ts_norm(Handle, p), this);

        /// <summary>The p-norms along one dimension.</summary>
        public Tensor norm(int dim, bool keepdim = false, float p = 2.0f) => Result(ts_norm_dim(Handle, dim, keepdim, p), this);

        /// <summary>The logarithm of the sum of e to the power of the elements along one dimension.</summary>
        public Tensor logsumexp(long dim, bool keepdim = false) => Result(ts_logsumexp(Handle, dim, keepdim), this);

        /// <summary>The sums up to each element along one dimension.</summary>
        public Tensor cumsum(long dim, ScalarType? type = null) => Result(ts_cumsum(Handle, dim, Code(type)), this);

        /// <summary>The largest element.</summary>
        public Tensor max() => Result(ts_max(Handle), this);

        /// <summary>The smallest element.</summary>
        public Tensor min() => Result(ts_min(Handle), this);

        /// <summary>The largest elements along one dimension and their indices.</summary>
        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false)
        {
            var results = stackalloc nint[2];
            Check(ts_max_dim(Handle, dim, keepdim, results), this);
            return Pair(results);
        }

        /// <summary>The smallest elements along one dimension and their indices.</summary>
        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false)
        {
            var results = stackalloc nint[2];
            Check(ts_min_dim(Handle, dim, keepdim, results), this);
            return Pair(results);
        }

        /// <summary>The index of the largest element among all.</summary>
        public Tensor argmax() => Result(ts_argmax(Handle), this);

        /// <summary>The indices of the largest elements along one dimension.</summary>
        public Tensor argmax(long dim, bool keepdim = false) => Result(ts_argmax_dim(Handle, dim, keepdim), this);

        /// <summary>The k largest, or smallest, elements along one dimension and their indices.</summary>
        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true)
        {
            var results = stackalloc nint[2];
            Check(ts_topk(Handle, k, dim, largest, sorted, results), this);
            return Pair(results);
        }

        /// <summary>The elements in order along one dimension, and the indices they had.</summary>
        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false, bool stable = false)
        {
            var results = stackalloc nint[2];
            Check(ts_sort(Handle, dim, descending, stable, results), this);
            return Pair(results);
        }

        /// <summary>The indices that put the elements in order along one dimension.</summary>
        public Tensor argsort(long dim = -1, bool descending = false) => Result(ts_argsort(Handle, dim, descending), this);

        /// <summary>Are all elements true?</summary>
        public Tensor all() => Result(ts_all(Handle), this);

        /// <summary>Are all elements along one dimension true?</summary>
        public Tensor all(long dim, bool keepdim = false) => Result(ts_all_dim(Handle, dim, keepdim), this);

        /// <summary>Is any element true?</summary>
        public Tensor any() => Result(ts_any(Handle), this);

        /// <summary>Is any element along one dimension true?</summary>
        public Tensor any(long dim, bool keepdim = false) => Result(ts_any_dim(Handle, dim, keepdim), this);

        /// <summary>e to the power of the elements, divided by their sum along one dimension.</summary>
        public Tensor softmax(long dim, ScalarType? dtype = null) => Result(ts_softmax(Handle, dim, Code(dtype)), this);

        /// <summary>The logarithms of <see cref="softmax"/>.</summary>
        public Tensor log_softmax(long dim, ScalarType? dtype = null) => Result(ts_log_softmax(Handle, dim, Code(dtype)), this);

        /// <summary>The matrix product; of the last two dimensions, for each of the others.</summary>
        public Tensor matmul(Tensor target) => Result(ts_matmul(Handle, target.Handle), this, target);

        /// <summary>The product of two matrices.</summary>
        public Tensor mm(Tensor target) => Result(ts_mm(Handle, target.Handle), this, target);

        /// <summary>The products of two rows of matrices.</summary>
        public Tensor bmm(Tensor batch2) => Result(ts_bmm(Handle, batch2.Handle), this, batch2);

        /// <summary>The products of each element of a vector with each of another.</summary>
        public Tensor outer(Tensor vec2) => Result(ts_outer(Handle, vec2.Handle), this, vec2);

        /// <summary>Indices drawn with the elements of each row as weights.</summary>
        public Tensor multinomial(long num_samples, bool replacement = false, Generator? generator = null) =>
            Result(ts_multinomial(Handle, num_samples, replacement, generator?.Handle ?? 0), this, generator);

        private static int Code(ScalarType? type) => type is { } one ? (int)one : -1;

        private static (Tensor First, Tensor Second) Pair(nint* results) => (new Tensor(results[0]), new Tensor(results[1]));
    }
}

using static TorchSharp.PInvoke.NativeMethods;

namespace TorchSharp;

/// <summary>PyTorch's <c>torch</c>: tensors, the operators on them, modules and optimizers.</summary>
public static unsafe partial class torch
{
    /// <summary>See <see cref="Tensor.abs()"/>.</summary>
    public static Tensor abs(Tensor input) => input.abs();

    /// <summary>See <see cref="Tensor.exp()"/>.</summary>
    public static Tensor exp(Tensor input) => input.exp();

    /// <summary>See <see cref="Tensor.log()"/>.</summary>
    public static Tensor log(Tensor input) => input.log();

    /// <summary>See <see cref="Tensor.sqrt()"/>.</summary>
    public static Tensor sqrt(Tensor input) => input.sqrt();

    /// <summary>See <see cref="Tensor.rsqrt()"/>.</summary>
    public static Tensor rsqrt(Tensor input) => input.rsqrt();

    /// <summary>See <see cref="Tensor.sin()"/>.</summary>
    public static Tensor sin(Tensor input) => input.sin();

    /// <summary>See <see cref="Tensor.cos()"/>.</summary>
    public static Tensor cos(Tensor input) => input.cos();

    /// <summary>See <see cref="Tensor.logical_not()"/>.</summary>
    public static Tensor logical_not(Tensor input) => input.logical_not();

    /// <summary>See <see cref="Tensor.mean()"/>.</summary>
    public static Tensor mean(Tensor input) => input.mean();

    /// <summary>See <see cref="Tensor.max()"/>.</summary>
    public static Tensor max(Tensor input) => input.max();

    /// <summary>See <see cref="Tensor.min()"/>.</summary>
    public static Tensor min(Tensor input) => input.min();

    /// <summary>See <see cref="Tensor.all()"/>.</summary>
    public static Tensor all(Tensor input) => input.all();

    /// <summary>See <see cref="Tensor.any()"/>.</summary>
    public static Tensor any(Tensor input) => input.any();

    /// <summary>See <see cref="Tensor.argmax()"/>.</summary>
    public static Tensor argmax(Tensor input) => input.argmax();

    /// <summary>See <see cref="Tensor.nonzero()"/>.</summary>
    public static Tensor nonzero(Tensor input) => input.nonzero();

    /// <summary>See <see cref="Tensor.isnan"/>.</summary>
    public static Tensor isnan(Tensor input) => input.isnan();

    /// <summary>See <see cref="Tensor.isfinite"/>.</summary>
    public static Tensor isfinite(Tensor tensor) => tensor.isfinite();

    /// <summary>See <see cref="Tensor.isinf"/>.</summary>
    public static Tensor isinf(Tensor tensor) => tensor.isinf();

    /// <summary>See <see cref="Tensor.add(Tensor)"/>.</summary>
    public static Tensor add(Tensor left, Tensor right) => left.add(right);

    /// <summary>See <see cref="Tensor.add(Scalar)"/>.</summary>
    public static Tensor add(Tensor left, Scalar right) => left.add(right);

    /// <summary>See <see cref="Tensor.sub(Tensor)"/>.</summary>
    public static Tensor sub(Tensor left, Tensor right) => left.sub(right);

    /// <summary>See <see cref="Tensor.sub(Scalar)"/>.</summary>
    public static Tensor sub(Tensor left, Scalar right) => left.sub(right);

    /// <summary>See <see cref="Tensor.mul(Tensor)"/>.</summary>
    public static Tensor mul(Tensor left, Tensor right) => left.mul(right);

    /// <summary>See <see cref="Tensor.mul(Scalar)"/>.</summary>
    public static Tensor mul(Tensor left, Scalar right) => left.mul(right);

    /// <summary>See <see cref="Tensor.pow(Tensor)"/>.</summary>
    public static Tensor pow(Tensor left, Tensor exponent) => left.pow(exponent);

    /// <summary>See <see cref="Tensor.pow(Scalar)"/>.</summary>
    public static Tensor pow(Tensor left, Scalar exponent) => left.pow(exponent);

    /// <summary>See <see cref="Tensor.eq(Tensor)"/>.</summary>
    public static Tensor eq(Tensor left, Tensor right) => left.eq(right);

    /// <summary>See <see cref="Tensor.logical_and"/>.</summary>
    public static Tensor logical_and(Tensor left, Tensor right) => left.logical_and(right);

    /// <summary>See <see cref="Tensor.logical_or"/>.</summary>
    public static Tensor logical_or(Tensor left, Tensor right) => left.logical_or(right);

    /// <summary>See <see cref="Tensor.logical_xor"/>.</summary>
    public static Tensor logical_xor(Tensor left, Tensor right) => left.logical_xor(right);

    /// <summary>See <see cref="Tensor.maximum"/>.</summary>
    public static Tensor maximum(Tensor input, Tensor other) => input.maximum(other);

    /// <summary>See <see cref="Tensor.minimum"/>.</summary>
    public static Tensor minimum(Tensor input, Tensor other) => input.minimum(other);

    /// <summary>See <see cref="Tensor.matmul"/>.</summary>
    public static Tensor matmul(Tensor input, Tensor target) => input.matmul(target);

    /// <summary>See <see cref="Tensor.mm"/>.</summary>
    public static Tensor mm(Tensor input, Tensor target) => input.mm(target);

    /// <summary>See <see cref="Tensor.bmm"/>.</summary>
    public static Tensor bmm(Tensor input, Tensor batch2) => input.bmm(batch2);

    /// <summary>See <see cref="Tensor.outer"/>.</summary>
    public static Tensor outer(Tensor input, Tensor vec2) => input.outer(vec2);

    /// <summary>See <see cref="Tensor.masked_select"/>.</summary>
    public static Tensor masked_select(Tensor input, Tensor mask) => input.masked_select(mask);

    /// <summary>See <see cref="Tensor.where"/>.</summary>
    public static Tensor where(Tensor condition, Tensor x, Tensor y) => x.where(condition, y);

    /// <summary>See <see cref="Tensor.clamp"/>.</summary>
    public static Tensor clamp(Tensor input, Scalar? min = null, Scalar? max = null) => input.clamp(min, max);

    /// <summary>See <see cref="Tensor.triu"/>.</summary>
    public static Tensor triu(Tensor input, long diagonal = 0L) => input.triu(diagonal);

    /// <summary>See <see cref="Tensor.tril"/>.</summary>
    public static Tensor tril(Tensor input, long diagonal = 0) => input.tril(diagonal);

    /// <summary>See <see cref="Tensor.sum(ScalarType?)"/>.</summary>
    public static Tensor sum(Tensor input, ScalarType? type = null) => input.sum(type);

    /// <summary>See <see cref="Tensor.sum(long, bool, ScalarType?)"/>.</summary>
    public static Tensor sum(Tensor input, long dim, bool keepdim = false, ScalarType? type = null) => input.sum(dim, keepdim, type);

    /// <summary>See <see cref="Tensor.mean(long[], bool, ScalarType?)"/>.</summary>
    public static Tensor mean(Tensor input, long[] dimensions, bool keepdim = false, ScalarType? type = null) =>
        input.mean(dimensions, keepdim, type);

    /// <summary>See <see cref="Tensor.max(long, bool)"/>.</summary>
    public static (Tensor values, Tensor indexes) max(Tensor input, long dim, bool keepdim = false) => input.max(dim, keepdim);

    /// <summary>See <see cref="Tensor.argmax(long, bool)"/>.</summary>
    public static Tensor argmax(Tensor input, long dim, bool keepdim = false) => input.argmax(dim, keepdim);

    /// <summary>See <see cref="Tensor.topk"/>.</summary>
    public static (Tensor values, Tensor indices) topk(Tensor tensor, int k, int dim = -1, bool largest = true, bool sorted = true) =>
        tensor.topk(k, dim, largest, sorted);

    /// <summary>See <see cref="Tensor.sort"/>.</summary>
    public static (Tensor values, Tensor indices) sort(Tensor input, long dim = -1, bool descending = false, bool stable = false) =>
        input.sort(dim, descending, stable);

    /// <summary>See <see cref="Tensor.cumsum"/>.</summary>
    public static Tensor cumsum(Tensor input, long dim, ScalarType? type = null) => input.cumsum(dim, type);

    /// <summary>See <see cref="Tensor.logsumexp"/>.</summary>
    public static Tensor logsumexp(Tensor input, long dim, bool keepdim = false) => input.logsumexp(dim, keepdim);

    /// <summary>See <see cref="Tensor.softmax"/>.</summary>
    public static Tensor softmax(Tensor input, int dim, ScalarType? dtype = null) => input.softmax(dim, dtype);

    /// <summary>See <see cref="Tensor.gather"/>.</summary>
    public static Tensor gather(Tensor input, long dim, Tensor index) => input.gather(dim, index);

    /// <summary>See <see cref="Tensor.index_select"/>.</summary>
    public static Tensor index_select(Tensor input, long dim, Tensor index) => input.index_select(dim, index);

    /// <summary>See <see cref="Tensor.narrow"/>.</summary>
    public static Tensor narrow(Tensor input, long dim, long start, long length) => input.narrow(dim, start, length);

    /// <summary>See <see cref="Tensor.reshape"/>.</summary>
    public static Tensor reshape(Tensor input, params long[] shape) => input.reshape(shape);

    /// <summary>See <see cref="Tensor.transpose"/>.</summary>
    public static Tensor transpose(Tensor input, long dim0, long dim1) => input.transpose(dim0, dim1);

    /// <summary>See <see cref="Tensor.unsqueeze"/>.</summary>
    public static Tensor unsqueeze(Tensor input, long dim) => input.unsqueeze(dim);

    /// <summary>See <see cref="Tensor.multinomial"/>.</summary>
    public static Tensor multinomial(Tensor input, long num_samples, bool replacement = false, Generator? generator = null) =>
        input.multinomial(num_samples, replacement, generator);

    /// <summary>Tensors one after another along a dimension.</summary>
    public static Tensor cat(ReadOnlySpan<Tensor> tensors, long dim = 0)
    {
        var handles = Handles(tensors);
        fixed (nint* first = handles)
            return Result(ts_cat(new(first, handles.Length), dim), tensors.ToArray());
    }

    /// <summary>Tensors one after another along a dimension.</summary>
    public static Tensor cat(Tensor[] tensors, long dim = 0) => cat((ReadOnlySpan<Tensor>)tensors, dim);

    /// <summary>Tensors one after another along a dimension.</summary>
    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => cat((ReadOnlySpan<Tensor>)[.. tensors], dim);

    /// <summary>Tensors of one shape one after another along a new dimension.</summary>
    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0)
    {
        Tensor[] parts = [.. tensors];
        fixed (nint* first = Handles(parts))
            return Result(ts_stack(new(first, parts.Length), dim), parts);
    }
}

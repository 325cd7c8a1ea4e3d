using System.Collections;

namespace TorchSharp.Utils;

/// <summary>The elements of a tensor on the processor, in the order of its dimensions, whatever their strides.</summary>
public sealed unsafe class TensorAccessor<T> : IDisposable, IEnumerable<T>
    where T : unmanaged
{
    private readonly torch.Tensor _tensor; // Keeps the memory.
    private readonly T* _first;

    internal TensorAccessor(torch.Tensor tensor)
    {
        _tensor = tensor;
        _first = (T*)tensor.Pointer();
    }

    /// <summary>How many there are.</summary>
    public long Count => _tensor.numel();

    /// <summary>An element, by its position among all or by one index for each dimension.</summary>
    /// <exception cref="IndexOutOfRangeException">There is none.</exception>
    public T this[params long[] indices]
    {
        get => _first[Offset(indices)];
        set => _first[Offset(indices)] = value;
    }

    /// <summary>A copy of them all.</summary>
    public T[] ToArray()
    {
        var array = new T[Count];
        CopyTo(array);
        return array;
    }

    /// <summary>Copies those from a position on, as many as there are or as fit.</summary>
    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    /// <summary>Copies those from a position on, as many as there are or as fit.</summary>
    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        array = array[arrayIndex..];
        var count = (int)Math.Min(array.Length, Count - tensorIndex);
        if (_tensor.is_contiguous())
        {
            new ReadOnlySpan<T>(_first + tensorIndex, count).CopyTo(array);
            return;
        }

        var (shape, strides) = (_tensor.shape, _tensor.stride());
        for (var i = 0; i < count; i++)
            array[i] = _first[Offset(tensorIndex + i, shape, strides)];
    }

    /// <summary>Overwrites those from a position on, as many as there are or as are given.</summary>
    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyFrom(array.AsSpan(), arrayIndex, tensorIndex);

    /// <summary>Overwrites those from a position on, as many as there are or as are given.</summary>
    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        array = array[arrayIndex..];
        var count = (int)Math.Min(array.Length, Count - tensorIndex);
        if (_tensor.is_contiguous())
        {
            array[..count].CopyTo(new Span<T>(_first + tensorIndex, count));
            return;
        }

        var (shape, strides) = (_tensor.shape, _tensor.stride());
        for (var i = 0; i < count; i++)
            _first[Offset(tensorIndex + i, shape, strides)] = array[i];
    }

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator()
    {
        for (long i = 0; i < Count; i++)
            yield return this[i];
    }

    /// <summary>Nothing is held but the tensor, which is its owner's.</summary>
    public void Dispose()
    {
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private long Offset(long[] indices)
    {
        var (shape, strides) = (_tensor.shape, _tensor.stride());
        if (indices.Length == 1 && (ulong)indices[0] < (ulong)Count)
            return Offset(indices[0], shape, strides);
        if (indices.Length != shape.Length)
        {
            throw new IndexOutOfRangeException(
                $"[{string.Join(", ", indices)}] is no element of a tensor of shape [{string.Join(", ", shape)}].");
        }

        long offset = 0;
        for (var i = 0; i < shape.Length; i++)
        {
            if ((ulong)indices[i] >= (ulong)shape[i])
                throw new IndexOutOfRangeException($"{indices[i]} >= {shape[i]} in dimension {i}.");
            offset += indices[i] * strides[i];
        }

        return offset;
    }

    private static long Offset(long index, long[] shape, long[] strides)
    {
        long offset = 0;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            (index, var position) = Math.DivRem(index, shape[i]);
            offset += position * strides[i];
        }

        return offset;
    }
}

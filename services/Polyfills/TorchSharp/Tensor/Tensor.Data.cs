using TorchSharp.PInvoke;
using TorchSharp.Utils;
using static TorchSharp.PInvoke.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>Its elements, in order; of a copy if they are not on the processor.</summary>
        /// <exception cref="ArgumentException"><typeparamref name="T"/> is not the type of its elements.</exception>
        public TensorAccessor<T> data<T>()
            where T : unmanaged
        {
            ValidateType<T>();
            return new TensorAccessor<T>(is_cpu() ? this : cpu());
        }

        /// <summary>The element of a tensor that has only one.</summary>
        /// <exception cref="ArgumentException">It has more, or they are of another type.</exception>
        public T item<T>()
            where T : unmanaged
        {
            if (NumberOfElements != 1)
                throw new ArgumentException("Number of elements in the tensor must be 1");
            return data<T>()[0];
        }

        /// <summary>The element of a tensor that has only one, converted to a scalar.</summary>
        public unsafe Scalar ToScalar()
        {
            Number number;
            Check(ts_item(Handle, &number), this);
            return new Scalar(number);
        }

        /// <summary>The memory of its elements, to read and write. It is valid as long as the tensor is.</summary>
        /// <exception cref="InvalidOperationException">It is not contiguous or not on the processor.</exception>
        /// <exception cref="ArgumentException">It is larger than a span may be, or what is assigned is of another size.</exception>
        public unsafe Span<byte> bytes
        {
            get
            {
                var size = NumberOfElements * ElementSize;
                if (!is_contiguous())
                    throw new InvalidOperationException("Bytes() called on non-contiguous tensor.");
                if (size > int.MaxValue)
                    throw new ArgumentException("Span only supports up to int.MaxValue elements.");
                return new Span<byte>(Pointer(), (int)size);
            }

            set
            {
                if (!is_contiguous())
                    throw new InvalidOperationException("SetBytes() called on non-contiguous tensor.");
                if (value.Length != NumberOfElements * ElementSize)
                    throw new ArgumentException("Mismatched data sizes in SetBytes().");
                value.CopyTo(new Span<byte>(Pointer(), value.Length));
            }
        }

        /// <summary>Writes its bytes to a stream; they may be more than an array holds.</summary>
        /// <exception cref="InvalidOperationException">It is not contiguous or not on the processor.</exception>
        public unsafe void WriteBytesToStream(Stream stream, int bufferSize = 1024)
        {
            if (!is_contiguous())
                throw new InvalidOperationException("Bytes() called on non-contiguous tensor.");
            var pointer = (byte*)Pointer();
            var size = NumberOfElements * ElementSize;
            for (long written = 0; written < size; written += bufferSize)
                stream.Write(new ReadOnlySpan<byte>(pointer + written, (int)Math.Min(bufferSize, size - written)));
            GC.KeepAlive(this);
        }

        /// <summary>Reads its bytes from a stream; they may be more than an array holds.</summary>
        /// <exception cref="InvalidOperationException">It is not contiguous or not on the processor.</exception>
        /// <exception cref="EndOfStreamException">The stream has fewer.</exception>
        public unsafe void ReadBytesFromStream(Stream stream, int bufferSize = 1024)
        {
            if (!is_contiguous())
                throw new InvalidOperationException("Bytes() called on non-contiguous tensor.");
            var pointer = (byte*)Pointer();
            var size = NumberOfElements * ElementSize;
            for (long read = 0; read < size; read += bufferSize)
                stream.ReadExactly(new Span<byte>(pointer + read, (int)Math.Min(bufferSize, size - read)));
            GC.KeepAlive(this);
        }

        internal unsafe void* Pointer()
        {
            if (!is_cpu())
            {
                throw new InvalidOperationException(
                    "Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
            }

            return (void*)ts_data(Handle);
        }

        internal void ValidateType<T>()
            where T : unmanaged
        {
            if (TypeOf<T>() != dtype)
                throw new ArgumentException($"{typeof(T).Name} is not compatible with {dtype}");
        }
    }
}

/// <summary>Conversions of tensors of one element.</summary>
public static class TensorExtensionMethods
{
    /// <summary>Its element, converted.</summary>
    public static float ToSingle(this torch.Tensor value) => value.ToScalar().ToSingle();

    /// <summary>Its element, converted.</summary>
    public static double ToDouble(this torch.Tensor value) => value.ToScalar().ToDouble();

    /// <summary>Its element, converted.</summary>
    public static int ToInt32(this torch.Tensor value) => value.ToScalar().ToInt32();

    /// <summary>Its element, converted.</summary>
    public static long ToInt64(this torch.Tensor value) => value.ToScalar().ToInt64();

    /// <summary>Its element, converted.</summary>
    public static bool ToBoolean(this torch.Tensor value) => value.ToScalar().ToBoolean();
}

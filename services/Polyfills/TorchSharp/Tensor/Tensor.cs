using TorchSharp.PInvoke;
using static TorchSharp.PInvoke.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// A tensor of libtorch. The operators are those of PyTorch, under its names. An operator makes a new tensor, which
    /// belongs to the innermost dispose scope of its thread, if any; one whose name ends in an underscore changes this tensor
    /// and returns it. libtorch's errors are thrown as <see cref="System.Runtime.InteropServices.ExternalException"/>.
    /// </summary>
    public partial class Tensor : IDisposable
    {
        internal nint handle;

        internal Tensor(nint handle, bool register = true)
        {
            this.handle = handle;
            if (register && DisposeScope.Current is { } scope)
            {
                OwningDisposeScope = scope;
                scope.Register(this);
            }
        }

        /// <summary>Releases what nobody disposed of.</summary>
        ~Tensor() => Dispose(false);

        internal DisposeScope? OwningDisposeScope { get; set; }

        /// <summary>The native tensor.</summary>
        /// <exception cref="InvalidOperationException">This tensor is disposed.</exception>
        public nint Handle => handle != 0 ? handle : throw new InvalidOperationException("Tensor invalid -- empty handle.");

        /// <summary>Is it disposed?</summary>
        public bool IsInvalid => handle == 0;

        /// <summary>A name to recognise it by.</summary>
        public string? name { get; set; }

        /// <summary>Releases this tensor; its elements too, when no other tensor shares them.</summary>
        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        /// <summary>Releases this tensor.</summary>
        protected virtual void Dispose(bool disposing)
        {
            if (handle == 0)
                return;
            if (disposing)
                OwningDisposeScope?.MarkAsDisposed(this);
            ts_delete(handle);
            handle = 0;
        }

        /// <summary>Hands it over to the scope outside the one that holds it.</summary>
        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        /// <summary>Takes it out of all scopes: its caller disposes of it.</summary>
        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        /// <summary>Another tensor of the same elements, shape and gradient, to be disposed of apart.</summary>
        public Tensor alias() => Result(ts_alias(Handle), this);

        /// <summary>The number of dimensions.</summary>
        public long Dimensions => ts_dim(Handle);

        /// <summary>The number of dimensions.</summary>
        public long dim() => Dimensions;

        /// <summary>The number of dimensions.</summary>
        public long ndim => Dimensions;

        /// <summary>The number of elements.</summary>
        public long NumberOfElements => ts_numel(Handle);

        /// <summary>The number of elements.</summary>
        public long numel() => NumberOfElements;

        /// <summary>The size of an element in bytes.</summary>
        public long ElementSize => ts_element_size(Handle);

        /// <summary>The size of an element in bytes.</summary>
        public long element_size() => ElementSize;

        /// <summary>The size of each dimension.</summary>
        public unsafe long[] shape
        {
            get
            {
                var sizes = new long[ndim];
                fixed (long* first = sizes)
                    ts_sizes(handle, first);
                return sizes;
            }
        }

        /// <summary>The size of each dimension.</summary>
        public long[] size() => shape;

        /// <summary>The size of one dimension; the last is -1.</summary>
        public long size(int dim) => shape[dim < 0 ? dim + (int)ndim : dim];

        /// <summary>How many elements apart neighbours in each dimension are.</summary>
        public unsafe long[] stride()
        {
            var strides = new long[ndim];
            fixed (long* first = strides)
                ts_strides(handle, first);
            return strides;
        }

        /// <summary>How many elements apart neighbours in one dimension are.</summary>
        public long stride(int dim) => stride()[dim < 0 ? dim + (int)ndim : dim];

        /// <summary>Where it starts in what it is a view of, in elements.</summary>
        public long storage_offset() => ts_storage_offset(Handle);

        /// <summary>Do its elements lie one after another in the order of its dimensions?</summary>
        public bool is_contiguous() => ts_is_contiguous(Handle);

        /// <summary>The type of its elements.</summary>
        public ScalarType dtype => (ScalarType)ts_type(Handle);

        /// <summary>Where its elements are.</summary>
        public Device device => new(device_type, device_index);

        /// <summary>The kind of device that its elements are on.</summary>
        public DeviceType device_type => (DeviceType)ts_device_type(Handle);

        /// <summary>Which device of its kind; -1 for the processor.</summary>
        public int device_index => ts_device_index(Handle);

        /// <summary>Is it of an integer type?</summary>
        public bool is_integral() => torch.is_integral(dtype);

        /// <summary>Is it of a floating-point type?</summary>
        public bool is_floating_point() => torch.is_floating_point(dtype);

        /// <summary>Is it on a GPU?</summary>
        public bool is_cuda => device_type == DeviceType.CUDA;

        /// <summary>Is it on the processor?</summary>
        public bool is_cpu() => device_type == DeviceType.CPU;

        /// <summary>Its type, shape and device.</summary>
        public override string ToString() => $"[{string.Join("x", shape)}], type = {dtype}, device = {device}";
    }
}

using static TorchSharp.PInvoke.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>This tensor, or a copy of another type.</summary>
        public Tensor to_type(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Converted(ts_to_type(Handle, (int)type, non_blocking, copy), disposeAfter);

        /// <summary>This tensor, or a copy on another device.</summary>
        /// <exception cref="InvalidOperationException">There is no such device.</exception>
        public Tensor to(
            DeviceType deviceType, int deviceIndex = -1, bool copy = false, bool disposeAfter = false, bool non_blocking = false)
        {
            InitializeDeviceType(deviceType);
            return Converted(ts_to_device(Handle, (int)deviceType, deviceIndex, non_blocking, copy), disposeAfter);
        }

        /// <summary>This tensor, or a copy of another type and on another device.</summary>
        /// <exception cref="InvalidOperationException">There is no such device.</exception>
        public Tensor to(ScalarType type, Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false)
        {
            InitializeDeviceType(device.type);
            return Converted(ts_to(Handle, (int)type, (int)device.type, device.index, non_blocking, copy), disposeAfter);
        }

        /// <summary>This tensor, or a copy of another type.</summary>
        public Tensor to(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to_type(type, copy, disposeAfter, non_blocking);

        /// <summary>This tensor, or a copy on another device.</summary>
        public Tensor to(string device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to(new Device(device), copy, disposeAfter, non_blocking);

        /// <summary>This tensor, or a copy on another device.</summary>
        public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to(device.type, device.index, copy, disposeAfter, non_blocking);

        /// <summary>This tensor, or a copy of another's type and on its device.</summary>
        public Tensor to(Tensor other, bool non_blocking = false) => to(other.dtype, other.device, non_blocking: non_blocking);

        /// <summary>This tensor, or a copy of another's type.</summary>
        public Tensor type_as(Tensor tensor) => to_type(tensor.dtype);

        /// <summary>This tensor, or a copy, on the processor.</summary>
        public Tensor cpu() => to(DeviceType.CPU);

        /// <summary>This tensor, or a copy, on a GPU.</summary>
        public Tensor cuda(Device? device = null, bool non_blocking = false) =>
            to(DeviceType.CUDA, device?.index ?? -1, non_blocking: non_blocking);

        /// <summary>As booleans.</summary>
        public Tensor @bool() => to_type(ScalarType.Bool);

        /// <summary>As bytes.</summary>
        public Tensor @byte() => to_type(ScalarType.Byte);

        /// <summary>As 32-bit integers.</summary>
        public Tensor @int() => to_type(ScalarType.Int32);

        /// <summary>As 64-bit integers.</summary>
        public Tensor @long() => to_type(ScalarType.Int64);

        /// <summary>In half precision.</summary>
        public Tensor half() => to_type(ScalarType.Float16);

        /// <summary>As the upper half of single precision.</summary>
        public Tensor bfloat16() => to_type(ScalarType.BFloat16);

        /// <summary>In single precision.</summary>
        public Tensor @float() => to_type(ScalarType.Float32);

        /// <summary>In double precision.</summary>
        public Tensor @double() => to_type(ScalarType.Float64);

        /// <summary>A copy; gradients flow through it.</summary>
        public Tensor clone() => Result(ts_clone(Handle), this);

        /// <summary>The same elements; gradients do not flow through it.</summary>
        public Tensor detach() => Result(ts_detach(Handle), this);

        /// <summary>Takes this tensor out of the record of gradients.</summary>
        public Tensor detach_() => Changed(ts_detach_(Handle), this);

        /// <summary>A tensor of this shape; its elements are whatever was in memory.</summary>
        public Tensor empty_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            empty(shape, dtype ?? this.dtype, device ?? this.device, requires_grad);

        /// <summary>Zeros in this shape.</summary>
        public Tensor zeros_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            zeros(shape, dtype ?? this.dtype, device ?? this.device, requires_grad);

        /// <summary>Ones in this shape.</summary>
        public Tensor ones_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            ones(shape, dtype ?? this.dtype, device ?? this.device, requires_grad);

        /// <summary>One number in this shape.</summary>
        public Tensor full_like(Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            full(shape, value, dtype ?? this.dtype, device ?? this.device, requires_grad);

        private Tensor Converted(nint result, bool disposeAfter)
        {
            var converted = Result(result, this);
            if (disposeAfter)
                Dispose();
            return converted;
        }
    }
}

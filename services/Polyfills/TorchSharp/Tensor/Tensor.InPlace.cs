using TorchSharp.PInvoke;
using static TorchSharp.PInvoke.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>Adds, in place.</summary>
        public Tensor add_(Tensor target) => Changed(ts_add_(Handle, target.Handle, Number.One), this, target);

        /// <summary>Adds target times alpha, in place.</summary>
        public Tensor add_(Tensor target, Scalar alpha) => Changed(ts_add_(Handle, target.Handle, alpha.Value), this, target);

        /// <summary>Adds a number, in place.</summary>
        public Tensor add_(Scalar scalar) => Changed(ts_add_scalar_(Handle, scalar.Value, Number.One), this);

        /// <summary>Subtracts, in place.</summary>
        public Tensor sub_(Tensor target) => Changed(ts_sub_(Handle, target.Handle), this, target);

        /// <summary>Subtracts a number, in place.</summary>
        public Tensor sub_(Scalar target) => Changed(ts_sub_scalar_(Handle, target.Value), this);

        /// <summary>Multiplies, in place.</summary>
        public Tensor mul_(Tensor target) => Changed(ts_mul_(Handle, target.Handle), this, target);

        /// <summary>Multiplies by a number, in place.</summary>
        public Tensor mul_(Scalar target) => Changed(ts_mul_scalar_(Handle, target.Value), this);

        /// <summary>Divides, in place.</summary>
        /// <exception cref="NotSupportedException">Rounding is asked for.</exception>
        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            Changed(ts_div_(Unrounded(rounding_mode), target.Handle), this, target);

        /// <summary>Divides by a number, in place.</summary>
        /// <exception cref="NotSupportedException">Rounding is asked for.</exception>
        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            Changed(ts_div_scalar_(Unrounded(rounding_mode), target.Value), this);

        /// <summary>Raises to a power, in place.</summary>
        public Tensor pow_(Scalar exponent) => Changed(ts_pow_scalar_(Handle, exponent.Value), this);

        /// <summary>Raises what is below min and lowers what is above max, in place.</summary>
        public Tensor clamp_(Scalar? min = null, Scalar? max = null) =>
            Changed(ts_clamp_(Handle, min?.Value ?? Number.None, max?.Value ?? Number.None), this);

        /// <summary>And, as booleans, in place.</summary>
        public Tensor logical_and_(Tensor other) => Changed(ts_logical_and_(Handle, other.Handle), this, other);

        /// <summary>Or, as booleans, in place.</summary>
        public Tensor logical_or_(Tensor other) => Changed(ts_logical_or_(Handle, other.Handle), this, other);

        /// <summary>Adds value times the products of two tensors, in place.</summary>
        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) =>
            Changed(ts_addcmul_(Handle, tensor1.Handle, tensor2.Handle, value.Value), this, tensor1, tensor2);

        /// <summary>Adds value times the quotients of two tensors, in place.</summary>
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) =>
            Changed(ts_addcdiv_(Handle, tensor1.Handle, tensor2.Handle, value.Value), this, tensor1, tensor2);

        /// <summary>Fills with zeros.</summary>
        public Tensor zero_() => Changed(ts_zero_(Handle), this);

        /// <summary>Fills with a number.</summary>
        public Tensor fill_(Scalar value) => Changed(ts_fill_(Handle, value.Value), this);

        /// <summary>Copies the elements of another tensor, converting and repeating them as needed, in place.</summary>
        public Tensor copy_(Tensor source, bool nonBlocking = false) =>
            Changed(ts_copy_(Handle, source.Handle, nonBlocking), this, source);

        /// <summary>Draws each element from a normal distribution, in place.</summary>
        public Tensor normal_(double mean = 0.0, double std = 1.0, Generator? generator = null) =>
            Changed(ts_normal_(Handle, mean, std, generator?.Handle ?? 0), this, generator);

        /// <summary>Draws each element from between two numbers, in place.</summary>
        public Tensor uniform_(double from, double to, Generator? generator = null) =>
            Changed(ts_uniform_(Handle, from, to, generator?.Handle ?? 0), this, generator);

        private nint Unrounded(RoundingMode mode) =>
            mode == RoundingMode.None ? Handle : throw new NotSupportedException("Division in place does not round; use div.");
    }
}

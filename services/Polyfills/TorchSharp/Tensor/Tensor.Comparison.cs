using TorchSharp.PInvoke;
using static TorchSharp.PInvoke.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>Where elements are equal to another's.</summary>
        public Tensor eq(Tensor target) => Result(ts_eq(Handle, target.Handle), this, target);

        /// <summary>Where elements are equal to a number.</summary>
        public Tensor eq(Scalar target) => Result(ts_eq_scalar(Handle, target.Value), this);

        /// <summary>Where elements are different from another's.</summary>
        public Tensor ne(Tensor target) => Result(ts_ne(Handle, target.Handle), this, target);

        /// <summary>Where elements are different from a number.</summary>
        public Tensor ne(Scalar target) => Result(ts_ne_scalar(Handle, target.Value), this);

        /// <summary>Where elements are less than another's.</summary>
        public Tensor lt(Tensor target) => Result(ts_lt(Handle, target.Handle), this, target);

        /// <summary>Where elements are less than a number.</summary>
        public Tensor lt(Scalar target) => Result(ts_lt_scalar(Handle, target.Value), this);

        /// <summary>Where elements are at most another's.</summary>
        public Tensor le(Tensor target) => Result(ts_le(Handle, target.Handle), this, target);

        /// <summary>Where elements are at most a number.</summary>
        public Tensor le(Scalar target) => Result(ts_le_scalar(Handle, target.Value), this);

        /// <summary>Where elements are greater than another's.</summary>
        public Tensor gt(Tensor target) => Result(ts_gt(Handle, target.Handle), this, target);

        /// <summary>Where elements are greater than a number.</summary>
        public Tensor gt(Scalar target) => Result(ts_gt_scalar(Handle, target.Value), this);

        /// <summary>Where elements are at least another's.</summary>
        public Tensor ge(Tensor target) => Result(ts_ge(Handle, target.Handle), this, target);

        /// <summary>Where elements are at least a number.</summary>
        public Tensor ge(Scalar target) => Result(ts_ge_scalar(Handle, target.Value), this);

        /// <summary>Where elements are finite.</summary>
        public Tensor isfinite() => Result(ts_isfinite(Handle), this);

        /// <summary>Where elements are not a number.</summary>
        public Tensor isnan() => Result(ts_isnan(Handle), this);

        /// <summary>Where elements are infinite.</summary>
        public Tensor isinf() => Result(ts_isinf(Handle), this);

        /// <summary>Are all elements close to another tensor's: within atol plus rtol times the other's size?</summary>
        public unsafe bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false)
        {
            bool result;
            Check(ts_allclose(Handle, target.Handle, rtol, atol, equal_nan, &result), this, target);
            return result;
        }

        /// <summary>Where elements are equal to another's.</summary>
        public Tensor equal(Tensor target) => eq(target);

        /// <summary>Has another tensor the same shape and elements?</summary>
        public unsafe bool Equals(Tensor target)
        {
            bool result;
            Check(ts_equal(Handle, target.Handle, &result), this, target);
            return result;
        }

        /// <summary>Has another tensor the same shape and elements?</summary>
        public override bool Equals(object? obj) => obj is Tensor other && Equals(other);

        /// <summary>Of this object, not of its elements.</summary>
        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
    }
}

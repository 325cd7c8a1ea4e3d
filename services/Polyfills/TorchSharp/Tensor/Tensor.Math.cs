using TorchSharp.PInvoke;
using static TorchSharp.PInvoke.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>How a quotient is rounded.</summary>
    public enum RoundingMode
    {
        /// <summary>Not at all.</summary>
        None,

        /// <summary>Towards zero.</summary>
        trunc,

        /// <summary>Down.</summary>
        floor,
    }

    public partial class Tensor
    {
        /// <summary>Absolute values.</summary>
        public Tensor abs() => Result(ts_abs(Handle), this);

        /// <summary>The negatives.</summary>
        public Tensor neg() => Result(ts_neg(Handle), this);

        /// <summary>e to the power of each element.</summary>
        public Tensor exp() => Result(ts_exp(Handle), this);

        /// <summary>Natural logarithms.</summary>
        public Tensor log() => Result(ts_log(Handle), this);

        /// <summary>Square roots.</summary>
        public Tensor sqrt() => Result(ts_sqrt(Handle), this);

        /// <summary>One over the square roots.</summary>
        public Tensor rsqrt() => Result(ts_rsqrt(Handle), this);

        /// <summary>One over each element.</summary>
        public Tensor reciprocal() => Result(ts_reciprocal(Handle), this);

        /// <summary>Sines.</summary>
        public Tensor sin() => Result(ts_sin(Handle), this);

        /// <summary>Cosines.</summary>
        public Tensor cos() => Result(ts_cos(Handle), this);

        /// <summary>Hyperbolic tangents.</summary>
        public Tensor tanh() => Result(ts_tanh(Handle), this);

        /// <summary>1 / (1 + e^-x).</summary>
        public Tensor sigmoid() => Result(ts_sigmoid(Handle), this);

        /// <summary>x / (1 + e^-x).</summary>
        public Tensor silu() => Result(ts_silu(Handle), this);

        /// <summary>Rounded down.</summary>
        public Tensor floor() => Result(ts_floor(Handle), this);

        /// <summary>Rounded up.</summary>
        public Tensor ceil() => Result(ts_ceil(Handle), this);

        /// <summary>Each bit inverted; of booleans, not.</summary>
        public Tensor bitwise_not() => Result(ts_bitwise_not(Handle), this);

        /// <summary>The negatives.</summary>
        public Tensor negative() => neg();

        /// <summary>Rounded to so many decimals; halves to even.</summary>
        public Tensor round(long decimals = 0L) => Result(ts_round(Handle, decimals), this);

        /// <summary>Squares.</summary>
        public Tensor square() => pow(2);

        /// <summary>Negates, in place.</summary>
        public Tensor neg_() => Changed(ts_neg_(Handle), this);

        /// <summary>e to the power of each element, in place.</summary>
        public Tensor exp_() => Changed(ts_exp_(Handle), this);

        /// <summary>Square roots, in place.</summary>
        public Tensor sqrt_() => Changed(ts_sqrt_(Handle), this);

        /// <summary>x / (1 + e^-x), in place.</summary>
        public Tensor silu_() => Changed(ts_silu_(Handle), this);

        /// <summary>The sums.</summary>
        public Tensor add(Tensor target) => Result(ts_add(Handle, target.Handle, Number.One), this, target);

        /// <summary>The sums with target times alpha.</summary>
        public Tensor add(Tensor target, Scalar alpha) => Result(ts_add(Handle, target.Handle, alpha.Value), this, target);

        /// <summary>The sums with a number.</summary>
        public Tensor add(Scalar scalar) => Result(ts_add_scalar(Handle, scalar.Value, Number.One), this);

        /// <summary>The differences.</summary>
        public Tensor sub(Tensor target) => Result(ts_sub(Handle, target.Handle), this, target);

        /// <summary>The differences from a number.</summary>
        public Tensor sub(Scalar target) => Result(ts_sub_scalar(Handle, target.Value), this);

        /// <summary>The product of each pair of elements.</summary>
        public Tensor mul(Tensor target) => Result(ts_mul(Handle, target.Handle), this, target);

        /// <summary>The power of each pair of elements.</summary>
        public Tensor pow(Tensor exponent) => Result(ts_pow(Handle, exponent.Handle), this, exponent);

        /// <summary>The remainder, of the sign of the divisor, of each pair of elements.</summary>
        public Tensor remainder(Tensor target) => Result(ts_remainder(Handle, target.Handle), this, target);

        /// <summary>The larger of each pair of elements.</summary>
        public Tensor maximum(Tensor other) => Result(ts_maximum(Handle, other.Handle), this, other);

        /// <summary>The smaller of each pair of elements.</summary>
        public Tensor minimum(Tensor other) => Result(ts_minimum(Handle, other.Handle), this, other);

        /// <summary>The and, as booleans, of each pair of elements.</summary>
        public Tensor logical_and(Tensor other) => Result(ts_logical_and(Handle, other.Handle), this, other);

        /// <summary>The or, as booleans, of each pair of elements.</summary>
        public Tensor logical_or(Tensor other) => Result(ts_logical_or(Handle, other.Handle), this, other);

        /// <summary>The exclusive or, as booleans, of each pair of elements.</summary>
        public Tensor logical_xor(Tensor other) => Result(ts_logical_xor(Handle, other.Handle), this, other);

        /// <summary>The and, bit by bit, of each pair of elements.</summary>
        public Tensor bitwise_and(Tensor other) => Result(ts_bitwise_and(Handle, other.Handle), this, other);

        /// <summary>The or, bit by bit, of each pair of elements.</summary>
        public Tensor bitwise_or(Tensor other) => Result(ts_bitwise_or(Handle, other.Handle), this, other);

        /// <summary>The exclusive or, bit by bit, of each pair of elements.</summary>
        public Tensor bitwise_xor(Tensor other) => Result(ts_bitwise_xor(Handle, other.Handle), this, other);

        /// <summary>The products with a number.</summary>
        public Tensor mul(Scalar target) => Result(ts_mul_scalar(Handle, target.Value), this);

        /// <summary>The powers to a number.</summary>
        public Tensor pow(Scalar exponent) => Result(ts_pow_scalar(Handle, exponent.Value), this);

        /// <summary>The remainders by a number, of its sign.</summary>
        public Tensor remainder(Scalar scalar) => Result(ts_remainder_scalar(Handle, scalar.Value), this);

        /// <summary>The quotients, rounded as asked.</summary>
        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => Result(
            rounding_mode == RoundingMode.None
                ? ts_div(Handle, target.Handle)
                : ts_div_mode(Handle, target.Handle, rounding_mode == RoundingMode.floor),
            this,
            target);

        /// <summary>The quotients by a number, rounded as asked.</summary>
        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => Result(
            rounding_mode == RoundingMode.None
                ? ts_div_scalar(Handle, target.Value)
                : ts_div_scalar_mode(Handle, target.Value, rounding_mode == RoundingMode.floor),
            this);

        /// <summary>The elements, but none below min or above max.</summary>
        public Tensor clamp(Scalar? min = null, Scalar? max = null) =>
            Result(ts_clamp(Handle, min?.Value ?? Number.None, max?.Value ?? Number.None), this);

        /// <summary>The logical negation of each element.</summary>
        public Tensor logical_not() => Result(ts_logical_not(Handle), this);
    }
}

using static TorchSharp.PInvoke.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>What a loss does with the losses of its elements.</summary>
        public enum Reduction : long
        {
            /// <summary>Nothing.</summary>
            None = 0,

            /// <summary>Their mean.</summary>
            Mean = 1,

            /// <summary>Their sum.</summary>
            Sum = 2,
        }

        /// <summary>Layers and losses as functions.</summary>
        public static partial class functional
        {
            /// <summary>x Wᵀ + b, for x [..., in] and W [out, in].</summary>
            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) =>
                Result(ts_linear(input.Handle, weights.Handle, bias?.Handle ?? 0), input, weights, bias);

            /// <summary>x / (1 + e^-x).</summary>
            public static Tensor silu(Tensor x, bool inplace = false) => inplace ? x.silu_().alias() : x.silu();

            /// <summary>See <see cref="Tensor.softmax"/>.</summary>
            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);

            /// <summary>See <see cref="Tensor.log_softmax"/>.</summary>
            public static Tensor log_softmax(Tensor x, long dim) => x.log_softmax(dim);

            /// <summary>In training, zero with probability p and 1 / (1 - p) times the element otherwise.</summary>
            /// <exception cref="NotSupportedException">In place is asked for.</exception>
            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false) => inplace
                ? throw new NotSupportedException("Dropout in place is not supported.")
                : Result(ts_dropout(input.Handle, p, training), input);

            /// <summary>
            /// The cross entropy of logits [n, classes] and classes [n], or probabilities [n, classes]; a class equal to ignore_index
            /// does not count.
            /// </summary>
            public static Tensor cross_entropy(
                Tensor input,
                Tensor target,
                Tensor? weight = null,
                long ignore_index = -100,
                Reduction reduction = Reduction.Mean,
                double label_smoothing = 0.0) => Result(
                    ts_cross_entropy(input.Handle, target.Handle, weight?.Handle ?? 0, ignore_index, (long)reduction, label_smoothing),
                    input,
                    target,
                    weight);

            /// <summary>The negative logarithm of the probability of classes [n], given logarithms [n, classes].</summary>
            public static Tensor nll_loss(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean) =>
                Result(ts_nll_loss(input.Handle, target.Handle, weight?.Handle ?? 0, (long)reduction), input, target, weight);

            /// <summary>The Kullback-Leibler divergence of target from input, which is of logarithms; target too, if so.</summary>
            public static Tensor kl_div(Tensor input, Tensor target, bool log_target = true, Reduction reduction = Reduction.Mean) =>
                Result(ts_kl_div(input.Handle, target.Handle, (long)reduction, log_target), input, target);

            internal static Tensor Embedded(Tensor input, Tensor weight, long padding) =>
                Result(ts_embedding(weight.Handle, input.Handle, padding, false, false), input, weight);
        }

        /// <summary>Filling tensors with first values.</summary>
        public static class init
        {
            /// <summary>Fills with ones.</summary>
            public static Tensor ones_(Tensor tensor) => constant_(tensor, 1);

            /// <summary>Fills with zeros.</summary>
            public static Tensor zeros_(Tensor tensor) => constant_(tensor, 0);

            /// <summary>Fills with a number.</summary>
            public static Tensor constant_(Tensor tensor, Scalar val)
            {
                using var _ = no_grad();
                return tensor.fill_(val);
            }

            /// <summary>Draws each element from between two numbers.</summary>
            public static Tensor uniform_(Tensor tensor, double low = 0, double high = 1, Generator? generator = null)
            {
                using var _ = no_grad();
                return tensor.uniform_(low, high, generator);
            }

            /// <summary>Draws each element from a normal distribution.</summary>
            public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1, Generator? generator = null)
            {
                using var _ = no_grad();
                return tensor.normal_(mean, std, generator);
            }
        }

        /// <summary>What training needs besides.</summary>
        public static partial class utils
        {
            /// <summary>Scales the gradients, taken together, to a norm of at most max_norm.</summary>
            /// <returns>The norm they had.</returns>
            public static unsafe double clip_grad_norm_(IEnumerable<Modules.Parameter> tensors, double max_norm, double norm_type = 2.0)
            {
                Modules.Parameter[] parameters = [.. tensors];
                double norm;
                fixed (nint* first = Handles(parameters))
                    Check(ts_clip_grad_norm_(new(first, parameters.Length), max_norm, norm_type, &norm), parameters);
                return norm;
            }
        }
    }
}

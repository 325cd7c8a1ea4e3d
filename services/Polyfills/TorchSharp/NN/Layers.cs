using System.Collections;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>y = x Wᵀ + b.</summary>
    public sealed class Linear : nn.Module<Tensor, Tensor>
    {
        internal Linear(Parameter weight, Parameter? bias)
            : base(nameof(Linear))
        {
            this.weight = weight;
            this.bias = bias;
        }

        /// <summary>W: [out, in].</summary>
        public Parameter weight
        {
            get => _internal_params["weight"];
            set => ConditionallyRegisterParameter("weight", value);
        }

        /// <summary>b: [out]; null if there is none.</summary>
        public Parameter? bias
        {
            get => _internal_params.TryGetValue("bias", out var bias) ? bias : null;
            set => ConditionallyRegisterParameter("bias", value);
        }

        /// <summary>[..., in] to [..., out].</summary>
        public override Tensor forward(Tensor tensor) => nn.functional.linear(tensor, weight, bias);
    }

    /// <summary>A vector for each of so many integers.</summary>
    public sealed class Embedding : nn.Module<Tensor, Tensor>
    {
        private readonly long _padding;

        internal Embedding(Parameter weight, long padding)
            : base(nameof(Embedding))
        {
            this.weight = weight;
            _padding = padding;
        }

        /// <summary>The vectors, a row each.</summary>
        public Parameter? weight
        {
            get => _internal_params["weight"];
            set => ConditionallyRegisterParameter("weight", value ?? throw new ArgumentNullException(nameof(weight)));
        }

        /// <summary>[...] to [..., size of a vector].</summary>
        public override Tensor forward(Tensor input) => nn.functional.Embedded(input, weight!, _padding);
    }

    /// <summary>Modules in a row, named by their position.</summary>
    public class ModuleList<T> : nn.Module, IEnumerable<T>
        where T : nn.Module
    {
        private readonly List<T> _modules = [];
        private bool _registered;

        /// <summary>These modules.</summary>
        public ModuleList(params T[] modules)
            : base(nameof(ModuleList<T>)) => _modules.AddRange(modules);

        /// <summary>How many there are.</summary>
        public int Count => _modules.Count;

        /// <summary>The one at a position.</summary>
        public T this[int index] => _modules[index];

        /// <summary>Adds one at the end. The list's own module must not be registered yet: it would not be among its parts.</summary>
        public void Add(T item) => _modules.Add(item);

        /// <inheritdoc/>
        public IEnumerator<T> GetEnumerator() => _modules.GetEnumerator();

        /// <summary>Adds the modules under their positions.</summary>
        protected override void RegisterComponents()
        {
            for (var i = 0; i < _modules.Count && !_registered; i++)
                register_module(i.ToString(), _modules[i]);
            _registered = true;
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>A layer of random weights: y = x Wᵀ + b.</summary>
            public static Linear Linear(
                long inputSize, long outputSize, bool hasBias = true, Device? device = null, ScalarType? dtype = null)
            {
                // As PyTorch: kaiming_uniform_ with a = √5 for the weights, and the same range for the bias.
                var range = 1 / Math.Sqrt(inputSize);
                Parameter Uniform(params long[] sizes) =>
                    new(empty(sizes, dtype, device).uniform_(-range, range));
                return new Linear(Uniform(outputSize, inputSize), hasBias ? Uniform(outputSize) : null);
            }

            /// <summary>A layer of given weights: y = x Wᵀ + b.</summary>
            public static Linear Linear(Parameter weight, Parameter? bias = null) => new(weight, bias);

            /// <summary>A random vector for each of so many integers; for padding_idx zeros, which are not learned.</summary>
            /// <exception cref="NotSupportedException">max_norm, scale_grad_by_freq or sparse are asked for.</exception>
            public static Embedding Embedding(
                long num_embeddings,
                long embedding_dims,
                long? padding_idx = null,
                double? max_norm = null,
                double norm_type = 2.0,
                bool scale_grad_by_freq = false,
                bool sparse = false,
                Device? device = null,
                ScalarType? dtype = null)
            {
                if (max_norm is not null || scale_grad_by_freq || sparse)
                    throw new NotSupportedException("Only a plain embedding, with or without padding, is supported.");
                var weight = empty(num_embeddings, embedding_dims, dtype, device).normal_();
                if (padding_idx is { } padding)
                    weight.select(0, padding).zero_();
                return new Embedding(new Parameter(weight), padding_idx ?? -1);
            }

            /// <summary>Modules in a row.</summary>
            public static ModuleList<T> ModuleList<T>(params T[] modules)
                where T : Module => new(modules);
        }
    }
}

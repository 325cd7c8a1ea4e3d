using TorchSharp.PInvoke;
using static TorchSharp.torch;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class optim
        {
            /// <summary>AdamW: Adam with weight decay apart from the gradients (arXiv 1711.05101).</summary>
            public static Modules.AdamW AdamW(
                IEnumerable<Modules.Parameter> parameters,
                double lr = 1e-3,
                double beta1 = 0.9,
                double beta2 = 0.999,
                double eps = 1e-8,
                double weight_decay = 0,
                bool amsgrad = false,
                bool maximize = false) => new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

            /// <summary>AdamW: Adam with weight decay apart from the gradients (arXiv 1711.05101).</summary>
            public static Modules.AdamW AdamW(
                IEnumerable<(string name, Modules.Parameter parameter)> parameters,
                double lr = 1e-3,
                double beta1 = 0.9,
                double beta2 = 0.999,
                double eps = 1e-8,
                double weight_decay = 0,
                bool amsgrad = false,
                bool maximize = false) =>
                new(parameters.Select(parameter => parameter.parameter), lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

            /// <summary>AdamW: Adam with weight decay apart from the gradients (arXiv 1711.05101).</summary>
            public static Modules.AdamW AdamW(
                IEnumerable<Modules.AdamW.ParamGroup> parameters,
                double lr = 1e-3,
                double beta1 = 0.9,
                double beta2 = 0.999,
                double eps = 1e-8,
                double weight_decay = 0,
                bool amsgrad = false,
                bool maximize = false) => new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);
        }
    }
}

namespace TorchSharp.Modules
{
    /// <summary>
    /// AdamW: Adam with weight decay apart from the gradients (Loshchilov and Hutter, arXiv 1711.05101). A step is one pass over
    /// the memory of each parameter; its result does not depend on the number of threads.
    /// </summary>
    public class AdamW : OptimizerHelper
    {
        /// <summary>One group of parameters.</summary>
        public AdamW(
            IEnumerable<Parameter> parameters,
            double lr = 1e-3,
            double beta1 = 0.9,
            double beta2 = 0.999,
            double eps = 1e-8,
            double weight_decay = 0,
            bool amsgrad = false,
            bool maximize = false)
            : this([new ParamGroup { Parameters = parameters }], lr, beta1, beta2, eps, weight_decay, amsgrad, maximize)
        {
        }

        /// <summary>Groups of parameters; what their options do not say is as given here.</summary>
        /// <exception cref="ArgumentException">A number is out of range.</exception>
        /// <exception cref="NotSupportedException">amsgrad or maximize is asked for.</exception>
        public AdamW(
            IEnumerable<ParamGroup> parameters,
            double lr = 1e-3,
            double beta1 = 0.9,
            double beta2 = 0.999,
            double eps = 1e-8,
            double weight_decay = 0,
            bool amsgrad = false,
            bool maximize = false)
        {
            if (lr < 0)
                throw new ArgumentException($"Invalid learning rate: {lr}");
            if (eps < 0)
                throw new ArgumentException($"Invalid ε: {eps}");
            if (beta1 is < 0 or >= 1)
                throw new ArgumentException($"Invalid beta1: {beta1}");
            if (beta2 is < 0 or >= 1)
                throw new ArgumentException($"Invalid beta2: {beta2}");
            if (weight_decay < 0)
                throw new ArgumentException($"Invalid weight_decay value: {weight_decay}");
            RefuseVariants(amsgrad, maximize);

            _defaults = new Options
            {
                LearningRate = lr,
                InitialLearningRate = lr,
                beta1 = beta1,
                beta2 = beta2,
                eps = eps,
                weight_decay = weight_decay,
            };
            foreach (var group in parameters)
                add_param_group(group);
        }

        /// <inheritdoc/>
        public override void add_param_group(Modules.ParamGroup param_group)
        {
            var defaults = (Options)_defaults;
            var options = (Options)(param_group.Options ??= new Options());
            options.LearningRate ??= defaults.LearningRate;
            options.beta1 ??= defaults.beta1;
            options.beta2 ??= defaults.beta2;
            options.eps ??= defaults.eps;
            options.weight_decay ??= defaults.weight_decay;
            options.InitialLearningRate = options.LearningRate!.Value;
            _parameter_groups.Add(param_group);
            foreach (var parameter in param_group.Parameters)
            {
                var state = new State(parameter);
                state.Initialize(options);
                States.Add(parameter, state);
            }
        }

        /// <inheritdoc/>
        public override unsafe Tensor? step(Func<Tensor>? closure = null)
        {
            Tensor? loss = null;
            if (closure is not null)
            {
                using var _ = enable_grad();
                loss = closure();
            }

            foreach (var group in _parameter_groups)
            {
                var options = (Options)group.Options;
                var native = new AdamWOptions
                {
                    LearningRate = options.LearningRate!.Value,
                    Beta1 = options.beta1!.Value,
                    Beta2 = options.beta2!.Value,
                    Eps = options.eps!.Value,
                    WeightDecay = options.weight_decay!.Value,
                };
                foreach (var parameter in group.Parameters)
                {
                    using var gradient = parameter.grad;
                    if (gradient is null)
                        continue;
                    var state = (State)States[parameter];
                    state.step++;
                    NativeMethods.Check(
                        NativeMethods.ts_adamw_step(parameter.Handle, state.exp_avg.Handle, state.exp_avg_sq.Handle, state.step, &native),
                        parameter,
                        state);
                }
            }

            return loss;
        }

        /// <inheritdoc/>
        protected override void Dispose(bool disposing)
        {
            foreach (var state in States.Values.Cast<State>())
                state.Dispose();
        }

        private static void RefuseVariants(bool amsgrad, bool maximize)
        {
            if (amsgrad || maximize)
                throw new NotSupportedException("Only AdamW without amsgrad and maximize is supported.");
        }

        /// <summary>Running averages of a parameter's gradients.</summary>
        public sealed class State : OptimizerState, IDisposable
        {
#pragma warning disable CA1051 // Fields in the package too.
            /// <summary>How many steps it has seen.</summary>
            public long step;

            /// <summary>The average of the gradients.</summary>
            public Tensor exp_avg = null!;

            /// <summary>The average of their squares.</summary>
            public Tensor exp_avg_sq = null!;
#pragma warning restore CA1051

            /// <summary>The state of a parameter, not initialised.</summary>
            public State(Parameter parameter)
                : base(parameter)
            {
            }

            /// <inheritdoc/>
            public override void Initialize(OptimizerOptions options)
            {
                Dispose();
                step = 0;
                exp_avg = zeros_like(_parameter).DetachFromDisposeScope();
                exp_avg_sq = zeros_like(_parameter).DetachFromDisposeScope();
            }

            /// <inheritdoc/>
            public override void LoadStateDict(OptimizerState source)
            {
                var other = (State)source;
                Dispose();
                step = other.step;
                exp_avg = other.exp_avg.to(_parameter.device, copy: true).DetachFromDisposeScope();
                exp_avg_sq = other.exp_avg_sq.to(_parameter.device, copy: true).DetachFromDisposeScope();
            }

            /// <summary>Disposes of the averages.</summary>
            public void Dispose()
            {
                exp_avg?.Dispose();
                exp_avg_sq?.Dispose();
            }
        }

        /// <summary>The options of a group; what is null is the optimizer's.</summary>
        public class Options : OptimizerOptions
        {
#pragma warning disable CA1051, CS1591 // Fields in the package too, of the names in the paper.
            public double? beta1;
            public double? beta2;
            public double? weight_decay;
            public double? eps;
#pragma warning restore CA1051, CS1591

            /// <inheritdoc/>
            public override void LoadStateDict(OptimizerOptions source)
            {
                base.LoadStateDict(source);
                var other = (Options)source;
                (beta1, beta2, eps, weight_decay) = (other.beta1, other.beta2, other.eps, other.weight_decay);
            }
        }

        /// <summary>Parameters with options of their own.</summary>
        public class ParamGroup : ParamGroup<Options>
        {
            /// <summary>No parameters yet.</summary>
            public ParamGroup()
            {
            }

            /// <summary>These parameters and options.</summary>
            public ParamGroup(IEnumerable<Parameter> parameters, Options options)
                : base(parameters, options)
            {
            }

            /// <summary>These parameters and options.</summary>
            /// <exception cref="NotSupportedException">amsgrad or maximize is asked for.</exception>
            public ParamGroup(
                IEnumerable<Parameter> parameters,
                double lr = 1e-3,
                double beta1 = 0.9,
                double beta2 = 0.999,
                double eps = 1e-8,
                double weight_decay = 0,
                bool amsgrad = false,
                bool maximize = false)
                : base(
                    parameters,
                    new Options { LearningRate = lr, beta1 = beta1, beta2 = beta2, eps = eps, weight_decay = weight_decay }) =>
                RefuseVariants(amsgrad, maximize);
        }
    }
}

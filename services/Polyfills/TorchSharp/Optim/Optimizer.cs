using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp
{
    public static partial class torch
    {
        /// <summary>PyTorch's <c>torch.optim</c>.</summary>
        public static partial class optim
        {
            /// <summary>Changes parameters along their gradients.</summary>
            public abstract partial class Optimizer : IDisposable
            {
                internal Optimizer()
                {
                }

                /// <summary>The groups, each with its own options.</summary>
                protected IList<ParamGroup> _parameter_groups = [];

                /// <summary>The groups, for schedulers.</summary>
                public virtual IEnumerable<ILearningRateController> ParamGroups => _parameter_groups;

                /// <summary>All parameters.</summary>
                public virtual IEnumerable<Parameter> parameters() => _parameter_groups.SelectMany(group => group.Parameters);

                /// <summary>Sets all gradients to zero.</summary>
                public virtual void zero_grad()
                {
                    foreach (var parameter in parameters())
                    {
                        using var gradient = parameter.grad;
                        gradient?.zero_();
                    }
                }

                /// <summary>Adds a group.</summary>
                public abstract void add_param_group(ParamGroup param_group);

                /// <summary>Changes the parameters once.</summary>
                /// <param name="closure">Computes the loss and the gradients first, if given.</param>
                /// <returns>The closure's loss, if any.</returns>
                public abstract Tensor? step(Func<Tensor>? closure = null);

                /// <summary>Disposes of its state; not of the parameters.</summary>
                public void Dispose()
                {
                    Dispose(true);
                    GC.SuppressFinalize(this);
                }

                /// <summary>Disposes of its state; not of the parameters.</summary>
                protected virtual void Dispose(bool disposing)
                {
                }

                /// <summary>The options of each group and the state of each parameter, in the order of the groups.</summary>
                public class StateDictionary
                {
                    internal StateDictionary()
                    {
                    }

                    /// <summary>The options of each group.</summary>
                    public List<OptimizerOptions> Options { get; } = [];

                    /// <summary>The state of each parameter, group after group.</summary>
                    public List<OptimizerState> State { get; } = [];
                }
            }

            /// <summary>Something whose learning rate a scheduler sets.</summary>
            public interface ILearningRateController
            {
                /// <summary>The learning rate now.</summary>
                double LearningRate { get; set; }

                /// <summary>The learning rate at first.</summary>
                double InitialLearningRate { get; set; }
            }
        }
    }
}

namespace TorchSharp.Modules
{
    /// <summary>What all optimizers written in C# share.</summary>
    public abstract class OptimizerHelper : optim.Optimizer
    {
        /// <summary>The options of groups that name none.</summary>
        protected OptimizerOptions _defaults = new();

        internal readonly Dictionary<Parameter, OptimizerState> States = new(ReferenceEqualityComparer.Instance);

        /// <summary>Its state: the objects themselves, not copies.</summary>
        public virtual StateDictionary state_dict()
        {
            var state = new StateDictionary();
            foreach (var group in _parameter_groups)
            {
                state.Options.Add(group.Options);
                state.State.AddRange(group.Parameters.Select(parameter => States[parameter]));
            }

            return state;
        }

        /// <summary>Takes over a copy of another optimizer's state.</summary>
        /// <exception cref="ArgumentException">It is of other groups or parameters.</exception>
        public virtual void load_state_dict(StateDictionary state_dict)
        {
            var own = this.state_dict();
            if (state_dict.Options.Count != own.Options.Count)
                throw new ArgumentException("Invalid optimizer state -- different number of parameter groups.");
            if (state_dict.State.Count != own.State.Count)
                throw new ArgumentException("Invalid optimizer state -- different number of states.");
            foreach (var (mine, theirs) in own.Options.Zip(state_dict.Options).Where(pair => pair.First != pair.Second))
                mine.LoadStateDict(theirs);
            foreach (var (mine, theirs) in own.State.Zip(state_dict.State).Where(pair => pair.First != pair.Second))
                mine.LoadStateDict(theirs);
        }
    }

    /// <summary>The options of a group of parameters.</summary>
    public class OptimizerOptions
    {
        /// <summary>The learning rate now.</summary>
        public double? LearningRate { get; set; }

        /// <summary>The learning rate at first.</summary>
        public double InitialLearningRate { get; set; }

        /// <summary>Copies another group's.</summary>
        public virtual void LoadStateDict(OptimizerOptions source)
        {
            InitialLearningRate = source.InitialLearningRate;
            LearningRate = source.LearningRate;
        }
    }

    /// <summary>What an optimizer keeps of a parameter.</summary>
    public abstract class OptimizerState
    {
        /// <summary>The parameter.</summary>
        protected Parameter _parameter;

        /// <summary>The state of a parameter, not initialised.</summary>
        protected OptimizerState(Parameter parameter) => _parameter = parameter;

        /// <summary>Sets it to what it is before the first step.</summary>
        public abstract void Initialize(OptimizerOptions options);

        /// <summary>Copies another's.</summary>
        public abstract void LoadStateDict(OptimizerState source);
    }

    /// <summary>Parameters with options of their own.</summary>
    public class ParamGroup : optim.ILearningRateController
    {
        /// <summary>The parameters.</summary>
        public IEnumerable<Parameter> Parameters { get; set; } = [];

        /// <summary>The options; null until the group is added, if it has none.</summary>
        public OptimizerOptions Options { get; set; } = null!;

        /// <inheritdoc/>
        public double LearningRate
        {
            get => Options.LearningRate!.Value;
            set => Options.LearningRate = value;
        }

        /// <inheritdoc/>
        public double InitialLearningRate
        {
            get => Options.InitialLearningRate;
            set => Options.InitialLearningRate = value;
        }
    }

    /// <summary>Parameters with an optimizer's own kind of options.</summary>
    public class ParamGroup<TOptions> : ParamGroup
        where TOptions : OptimizerOptions
    {
        /// <summary>No parameters yet.</summary>
        public ParamGroup()
        {
        }

        /// <summary>These parameters and options.</summary>
        public ParamGroup(IEnumerable<Parameter> parameters, TOptions? options = null)
        {
            Parameters = parameters;
            Options = options!;
        }

        /// <summary>The options; null until the group is added, if it has none.</summary>
        public new TOptions Options
        {
            get => (TOptions)base.Options;
            set => base.Options = value;
        }
    }
}

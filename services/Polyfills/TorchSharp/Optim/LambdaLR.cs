namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        /// <summary>Schedules of learning rates.</summary>
        public static partial class lr_scheduler
        {
            /// <summary>Sets the learning rates of an optimizer step by step.</summary>
            public abstract class LRScheduler
            {
                internal readonly Optimizer Wrapped;
                internal int LastEpoch;

                /// <summary>A schedule for an optimizer that starts after last_epoch.</summary>
                protected LRScheduler(Optimizer optimizer, int last_epoch = -1, bool verbose = false)
                {
                    Wrapped = optimizer;
                    LastEpoch = last_epoch;
                }

                /// <summary>Goes one step on.</summary>
                public virtual void step() => step(null);

                /// <summary>Goes one step on, or to a given one.</summary>
                public virtual void step(int? epoch)
                {
                    LastEpoch = epoch ?? LastEpoch + 1;
                    foreach (var (group, rate) in Wrapped.ParamGroups.Zip(get_lr().ToList()))
                        group.LearningRate = rate;
                }

                /// <summary>The learning rates now.</summary>
                public IEnumerable<double> get_last_lr() => Wrapped.ParamGroups.Select(group => group.LearningRate);

                /// <summary>Computes the learning rate of each group.</summary>
                protected abstract IEnumerable<double> get_lr();
            }

            /// <summary>The schedules.</summary>
            public static partial class impl
            {
                /// <summary>The first learning rate times a function of the step.</summary>
                public class LambdaLR : LRScheduler
                {
                    private readonly Func<int, double> _factor;

                    /// <summary>The first learning rates times lr_lambda(step); steps count from zero.</summary>
                    public LambdaLR(Optimizer optimizer, Func<int, double> lr_lambda, int last_epoch = -1, bool verbose = false)
                        : base(optimizer, last_epoch, verbose)
                    {
                        _factor = lr_lambda;
                        step();
                    }

                    /// <inheritdoc/>
                    protected override IEnumerable<double> get_lr() =>
                        Wrapped.ParamGroups.Select(group => group.InitialLearningRate * _factor(LastEpoch));
                }
            }

            /// <summary>The first learning rates times lr_lambda(step); steps count from zero.</summary>
            public static LRScheduler LambdaLR(
                Optimizer optimizer, Func<int, double> lr_lambda, int last_epoch = -1, bool verbose = false) =>
                new impl.LambdaLR(optimizer, lr_lambda, last_epoch, verbose);
        }
    }
}

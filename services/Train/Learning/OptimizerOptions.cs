using System.ComponentModel.DataAnnotations;

namespace StreamDistill.Train;

/// <summary>How the learning rate goes on after its warm-up.</summary>
public enum Schedule
{
    /// <summary>It stays.</summary>
    Constant,

    /// <summary>It falls along half a cosine for DecaySteps.</summary>
    Cosine,

    /// <summary>It stays for StableSteps, then falls on a line for DecaySteps (warm-up, stable, decay; arXiv 2404.06395).</summary>
    WarmupStableDecay,
}

/// <summary>AdamW (arXiv 1711.05101) and the learning rate, a pure function of the step.</summary>
public sealed class OptimizerOptions : IValidatableObject
{
    /// <summary>The highest learning rate. Default 0.0002.</summary>
    [Range(0.0, 1.0, ErrorMessage = "Allowed is a number from 0 to 1.")]
    public double LearningRate { get; init; } = 2e-4;

    /// <summary>How slowly the mean gradient changes. Default 0.9.</summary>
    [Range(0.0, 0.999999, ErrorMessage = "Allowed is a number from 0 to 0.999999.")]
    public double Beta1 { get; init; } = 0.9;

    /// <summary>How slowly the mean squared gradient changes. Default 0.95, as large language models are trained.</summary>
    [Range(0.0, 0.999999, ErrorMessage = "Allowed is a number from 0 to 0.999999.")]
    public double Beta2 { get; init; } = 0.95;

    /// <summary>Added to the divisor. Default 1e-8.</summary>
    [Range(0.0, 1.0, ErrorMessage = "Allowed is a number from 0 to 1.")]
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>The share by which matrices shrink per unit of learning rate; norms and biases do not. Default 0.01.</summary>
    [Range(0.0, 10.0, ErrorMessage = "Allowed is a number from 0 to 10.")]
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>A longer gradient is shortened to this length; 0 shortens none. Default 1.</summary>
    [Range(0.0, 1e9, ErrorMessage = "Allowed is a number from 0 to 1000000000.")]
    public double ClipNorm { get; init; } = 1;

    /// <summary>How the learning rate goes on after its warm-up. Default <see cref="Schedule.Constant"/>.</summary>
    public Schedule Schedule { get; init; } = Schedule.Constant;

    /// <summary>Steps over which the learning rate rises to its height. Default 10.</summary>
    [Range(0, long.MaxValue, ErrorMessage = "Allowed is a whole number from 0.")]
    public long WarmupSteps { get; init; } = 10;

    /// <summary>Steps at the height, where <see cref="Schedule"/> is WarmupStableDecay. Default 0.</summary>
    [Range(0, long.MaxValue, ErrorMessage = "Allowed is a whole number from 0.")]
    public long StableSteps { get; init; }

    /// <summary>Steps over which the learning rate falls, where it does. Default 0: give it with Cosine and WarmupStableDecay.</summary>
    [Range(0, long.MaxValue, ErrorMessage = "Allowed is a whole number from 0.")]
    public long DecaySteps { get; init; }

    /// <summary>The share of the height that is left in the end. Default 0.1.</summary>
    [Range(0.0, 1.0, ErrorMessage = "Allowed is a number from 0 to 1.")]
    public double FinalShare { get; init; } = 0.1;

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Schedule != Schedule.Constant && DecaySteps == 0)
        {
            yield return new ValidationResult($"With Schedule {Schedule}, give the steps over which the learning rate falls.", [nameof(DecaySteps)]);
        }
    }

    /// <summary>The learning rate of a step, the first being 0.</summary>
    public double LearningRateAt(long step)
    {
        if (step < WarmupSteps)
        {
            return LearningRate * (step + 1) / WarmupSteps;
        }

        var stable = Schedule == Schedule.WarmupStableDecay ? StableSteps : 0;
        var fallen = DecaySteps == 0 ? 0 : Math.Clamp((step - WarmupSteps - stable) / (double)DecaySteps, 0, 1);
        var left = Schedule switch
        {
            Schedule.Constant => 1,
            Schedule.Cosine => (1 + Math.Cos(Math.PI * fallen)) / 2,
            _ => 1 - fallen,
        };
        return LearningRate * (FinalShare + ((1 - FinalShare) * left));
    }
}

using System.Diagnostics.Metrics;
using StreamDistill.Pipeline;

namespace StreamDistill.Train;

/// <summary>The figures of the log line as metrics.</summary>
internal sealed class TrainTelemetry(string student)
{
    private static readonly Counter<long> Steps = Telemetry.Meter.CreateCounter<long>("streamdistill.train.steps", "{step}", "Steps of the optimizer");
    private static readonly Counter<long> Examples = Telemetry.Meter.CreateCounter<long>("streamdistill.train.examples", "{example}", "Examples trained, each as often as it was");
    private static readonly Counter<long> Tokens = Telemetry.Meter.CreateCounter<long>("streamdistill.train.tokens", "{token}", "Tokens of examples trained");
    private static readonly Counter<long> Skipped = Telemetry.Meter.CreateCounter<long>("streamdistill.train.skipped_steps", "{step}", "Steps without a finite loss and gradient");
    private static readonly Histogram<double> Duration = Telemetry.Meter.CreateHistogram<double>("streamdistill.train.step.duration", "s", "How long steps took");
    private static readonly Gauge<double> Loss = Telemetry.Meter.CreateGauge<double>("streamdistill.train.loss", "1", "The loss of the last step");
    private static readonly Gauge<double> Divergence = Telemetry.Meter.CreateGauge<double>("streamdistill.train.divergence", "1", "The divergence from the teacher in the last step");
    private static readonly Gauge<double> LearningRate = Telemetry.Meter.CreateGauge<double>("streamdistill.train.learning_rate", "1", "The learning rate of the last step");
    private static readonly Gauge<double> GradientNorm = Telemetry.Meter.CreateGauge<double>("streamdistill.train.gradient_norm", "1", "The gradient's length in the last step");
    private static readonly Gauge<double> PassAt1 = Telemetry.Meter.CreateGauge<double>("streamdistill.train.pass_at_1", "1", "The share of the holdout's prompts that the student answers rightly");

    private readonly KeyValuePair<string, object?> tag = new("student", student);

    /// <summary>A step was done.</summary>
    public void Stepped(StepResult result, TimeSpan elapsed)
    {
        Steps.Add(1, tag);
        Examples.Add(result.Examples, tag);
        Tokens.Add(result.Tokens, tag);
        Skipped.Add(result.IsSkipped ? 1 : 0, tag);
        Duration.Record(elapsed.TotalSeconds, tag);
        Loss.Record(result.Loss, tag);
        Divergence.Record(result.Divergence, tag);
        LearningRate.Record(result.LearningRate, tag);
        GradientNorm.Record(result.GradientNorm, tag);
    }

    /// <summary>The student was judged.</summary>
    public void Evaluated(EvaluationFigures figures) => PassAt1.Record(figures.PassAt1, tag);
}

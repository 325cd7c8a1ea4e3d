using System.Diagnostics;

namespace StreamDistill.Train;

/// <summary>The log line of every few steps.</summary>
internal sealed class TrainingProgress(int everySteps, TrainTelemetry telemetry, ILogger logger)
{
    private readonly long started = Stopwatch.GetTimestamp();
    private long since = Stopwatch.GetTimestamp();
    private long last = Stopwatch.GetTimestamp();
    private long tokens;

    /// <summary>A step begins now: what was done since the last one was no training.</summary>
    public void Begin()
    {
        since += Stopwatch.GetTimestamp() - last;
        last = Stopwatch.GetTimestamp();
    }

    /// <summary>A step was done.</summary>
    public void Report(TrainerState state, StepResult result)
    {
        telemetry.Stepped(result, Stopwatch.GetElapsedTime(last));
        last = Stopwatch.GetTimestamp();
        tokens += result.Tokens;
        if (result.IsSkipped)
        {
            logger.LogWarning("Step {Step} is skipped: its loss is {Loss}, its gradient's length {GradientNorm}", state.Step, result.Loss, result.GradientNorm);
        }

        if (state.Step % everySteps == 0)
        {
            logger.LogInformation(
                "step {Step}  loss {Loss:F4}  kl {Divergence:F4}  {TokensPerSecond:F0} tokens/s  lr {LearningRate:G3}  grad {GradientNorm:F3}  examples {Examples}  elapsed {Elapsed}",
                state.Step, result.Loss, result.Divergence, tokens / Stopwatch.GetElapsedTime(since).TotalSeconds, result.LearningRate, result.GradientNorm,
                state.ExamplesSeen, Stopwatch.GetElapsedTime(started).ToString(@"hh\:mm\:ss"));
            (since, tokens) = (last, 0);
        }
    }
}

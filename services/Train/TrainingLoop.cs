using System.Globalization;
using StreamDistill.Contracts;
using TorchSharp;

namespace StreamDistill.Train;

/// <summary>
/// Trains a student, round after round: wait for new examples, write the round down, train its passes, evaluate, write a
/// checkpoint, promote it if it is better. Everything that decides the next step is in the last checkpoint and the round;
/// so a process that is killed at any moment goes on to the same losses and, on one thread, to the same bytes.
/// </summary>
internal sealed class TrainingLoop(
    TrainOptions options,
    IExampleLog log,
    CheckpointStore checkpoints,
    CheckpointPublisher publisher,
    TimeProvider time,
    ILogger<TrainingLoop> logger)
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);

    private readonly RoundStore rounds = new(checkpoints.Root);
    private readonly Withdrawals withdrawals = new(checkpoints.Root, logger);
    private readonly TrainTelemetry telemetry = new(options.Student);

    /// <summary>Trains until the log's end, which the topic has not, or until told to stop: then a last checkpoint is written.</summary>
    /// <exception cref="StreamDistillException">Training cannot go on; the last checkpoint is whole.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        checkpoints.DeleteLeftovers();
        rounds.DeleteLeftovers();
        var last = checkpoints.Latest();
        using var learner = last is null ? Learner.Begin(options) : Learner.Resume(options, last.Directory);
        var encoder = new ExampleEncoder(learner.Student.Tokenizer, options, Math.Min(options.SequenceLength, learner.Student.Decoder.Config.MaxPositions));
        var evaluator = new Evaluator(options.Evaluation, learner.Student.Tokenizer, encoder, time, logger);
        var incumbent = new Incumbent(options, checkpoints, evaluator);
        using var losses = new LossLog(checkpoints.Root, last?.State.Step ?? 0);
        var progress = new TrainingProgress(options.LogSteps, telemetry, logger);
        var state = last?.State ?? Beginning();
        if (last is not null)
        {
            logger.LogInformation("{Student} goes on from {Checkpoint}", options.Student, last.Directory);
            await PublishAsync(last, stopping);
        }

        var round = last is null ? null : rounds.Read(state.Round) ?? throw new StreamDistillException(
            $"{last.Directory} is of round {state.Round}, which is not in {checkpoints.Root}/rounds. Restore that directory, or begin again with another Train:Output.");
        if (last is null)
        {
            if ((round = await NextRoundAsync(null, encoder, stopping)) is null)
            {
                logger.LogWarning("There is nothing to train: the log has no example for the target {Target} with a weight", options.Target);
                return;
            }

            state = state.At(round.Plan);
            last = await CheckpointAsync(learner, evaluator, incumbent, losses, round, state, isEvaluated: true, stopping);
        }

        while (round is not null)
        {
            for (; state.Pass < round.Plan.Passes; state = state with { Pass = state.Pass + 1, StepInPass = 0 })
            {
                var steps = Packer.Steps(round.InOrderOf(state.Pass), round.Plan);
                var word = $"{round.Plan.Seed}/{round.Plan.Number}/{state.Pass}/draws";
                UseThreads();
                while (state.StepInPass < steps.Count)
                {
                    progress.Begin();
                    var result = learner.Step(steps[state.StepInPass], state.Step, word);
                    state = state.After(result);
                    losses.Add(state.Step, round.Plan.Number, result);
                    progress.Report(state, result);
                    if (state.SkippedInARow >= options.NonFiniteStepsMax)
                    {
                        throw new StreamDistillException(
                            $"The last {state.SkippedInARow} steps had no finite loss and gradient, up to step {state.Step}. Training stops; {last!.Directory} is the last good checkpoint. "
                            + "Lower Train:Optimizer:LearningRate, or look for examples that are out of the ordinary.");
                    }

                    var isEnd = state.Pass == round.Plan.Passes - 1 && state.StepInPass == steps.Count;
                    if (!isEnd && (stopping.IsCancellationRequested || state.Step % options.CheckpointSteps == 0))
                    {
                        last = await CheckpointAsync(learner, evaluator, incumbent, losses, round, state with { Parent = last!.Name }, isEvaluated: false, CancellationToken.None);
                        stopping.ThrowIfCancellationRequested();
                    }
                }
            }

            // A checkpoint at the round's end was written by the process before, if it is the last one.
            if (last!.State.Step < state.Step)
            {
                last = await CheckpointAsync(learner, evaluator, incumbent, losses, round, state with { Parent = last.Name }, isEvaluated: true, stopping);
            }

            if ((round = await NextRoundAsync(round, encoder, stopping)) is not null)
            {
                state = state.At(round.Plan);
            }
        }

        logger.LogInformation("{Student} is trained: {Steps} steps, {Examples} examples; the last checkpoint is {Checkpoint}", options.Student, state.Step, state.ExamplesSeen, last!.Directory);
    }

    /// <summary>The round after one, written down; null where the log ends.</summary>
    private async Task<Round?> NextRoundAsync(Round? round, ExampleEncoder encoder, CancellationToken stopping)
    {
        // A process that was killed may have written it already.
        if (rounds.Read((round?.Plan.Number ?? 0) + 1) is { } written)
        {
            return written;
        }

        while (true)
        {
            try
            {
                var withdrawn = new List<(UInt128 Id, int Round)>();
                var next = await new RoundPlanner(options, log, encoder, time, logger).NextAsync(round, withdrawn, stopping);
                withdrawals.Add(withdrawn, checkpoints.All().Select(checkpoint => (checkpoint.Name, checkpoint.State.Round)));
                if (next is not null)
                {
                    rounds.Write(next);
                }

                return next;
            }
            catch (StreamDistillException error) when (error.IsTransient)
            {
                logger.LogWarning("No examples for now, and tried again in {Pause} s: {Why}", RetryPause.TotalSeconds, error.Message);
                await Task.Delay(RetryPause, time, stopping);
            }
        }
    }

    private async Task<StoredCheckpoint> CheckpointAsync(
        Learner learner, Evaluator evaluator, Incumbent incumbent, LossLog losses, Round round, TrainerState state, bool isEvaluated, CancellationToken stopping)
    {
        UseThreads();
        var result = isEvaluated ? await evaluator.EvaluateAsync(learner.Student.Decoder, round.Holdout, stopping) : null;
        UseThreads();
        var toBeat = result is null || state.Step == 0 ? null : await incumbent.AnswerAsync(round.Holdout, stopping);
        UseThreads();
        var (figures, isBetter) = Judge(state, result, toBeat);
        losses.Sync();
        var checkpoint = checkpoints.Write(
            state with { Evaluation = figures, Promoted = isBetter, CreatedAt = time.GetUtcNow().UtcDateTime },
            result?.Passed,
            round.Examples.Select(example => example.Id),
            learner.Save);
        logger.LogInformation("Checkpoint {Checkpoint} is written", checkpoint.Directory);
        if (figures is not null)
        {
            telemetry.Evaluated(figures);
            logger.LogInformation(
                "step {Step}  pass@1 {PassAt1:P1} of {Answers}  {MeanTokens:F1} tokens per answer  p50 {Latency:F0} ms{P}  {Promotion}",
                state.Step, figures.PassAt1, figures.Answers, figures.MeanTokens, figures.LatencyP50Ms, figures.P is { } p ? string.Create(CultureInfo.InvariantCulture, $"  p {p:G3}") : "", isBetter ? "promoted" : "not promoted");
        }

        if (isEvaluated)
        {
            await PublishAsync(checkpoint, stopping);
        }

        rounds.DeleteBefore(checkpoints.DeleteOld(publisher.ServedUri));
        return checkpoint;
    }

    /// <summary>Whether the student is better than the incumbent; the base can only be promoted by option.</summary>
    private (EvaluationFigures? Figures, bool IsBetter) Judge(TrainerState state, EvaluationResult? result, IReadOnlyDictionary<string, bool>? incumbent)
    {
        if (result is null || incumbent is null)
        {
            return (result?.Figures, state.Step == 0 && options.PromoteBase);
        }

        var p = SignTest.P(result.Passed, incumbent);
        return (result.Figures with { P = p }, p < options.PromotionSignificance);
    }

    /// <summary>Promotes and publishes; a process that was killed before either may have left it to do.</summary>
    private async Task PublishAsync(StoredCheckpoint checkpoint, CancellationToken stopping)
    {
        if (checkpoint.State.Promoted && !(checkpoints.Promoted?.State.Step >= checkpoint.State.Step))
        {
            checkpoints.Promote(checkpoint);
        }

        while (true)
        {
            try
            {
                await publisher.PublishAsync(checkpoint, stopping);
                return;
            }
            catch (StreamDistillException error) when (error.IsTransient)
            {
                logger.LogWarning("Tried again in {Pause} s: {Why}", RetryPause.TotalSeconds, error.Message);
                await Task.Delay(RetryPause, time, stopping);
            }
        }
    }

    private TrainerState Beginning() => new()
    {
        RunId = Guid.NewGuid().ToString("N"),
        Student = options.Student,
        BaseModel = Path.GetFullPath(options.BaseModel),
    };

    /// <summary>libtorch counts threads for each thread of ours, and what follows a wait may be on another.</summary>
    private void UseThreads()
    {
        if (options.Threads > 0)
        {
            torch.set_num_threads(options.Threads);
        }
    }
}

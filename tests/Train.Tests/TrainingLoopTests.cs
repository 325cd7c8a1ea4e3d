using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using streamdistill;
using StreamDistill.Contracts;
using StreamDistill.Train.Tests.Rounds;

namespace StreamDistill.Train.Tests;

public sealed class TrainingLoopTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public TrainingLoopTests() => TinyStudent.Write(directory["base"]);

    [Fact]
    public async Task Each_example_is_trained_once_a_pass_and_the_loss_falls()
    {
        await RunAsync(Options(), Log(60));

        var last = Store().Latest()!;
        var losses = Losses();
        Assert.Equal((120, 2, 0), (last.State.ExamplesSeen, last.State.Pass, last.State.SkippedSteps));
        Assert.Equal(last.State.Step, losses.Count);
        Assert.Equal(Enumerable.Range(1, losses.Count).Select(step => (long)step), losses.Select(loss => loss.Step));
        Assert.True(losses[^1].Loss < losses[0].Loss - 0.3, $"{losses[0].Loss} to {losses[^1].Loss}");
        Assert.Equal(60, File.ReadAllLines(Path.Combine(last.Directory, "examples.ids")).Distinct().Count());
    }

    [Fact]
    public async Task There_is_a_checkpoint_of_the_base_and_one_with_an_evaluation_at_each_round_s_end()
    {
        await RunAsync(Options(roundExamplesMax: 32), Log(60));

        var (first, last) = (Store().Base!, Store().Latest()!);
        Assert.Equal((0, 4, 4), (first.State.Step, first.State.Evaluation!.Answers, first.ReadOutcomes()!.Count));
        Assert.Equal((2, 4), (last.State.Round, last.State.Evaluation!.Answers));
        Assert.NotNull(last.State.Evaluation.P);
        Assert.False(last.State.Promoted);
        Assert.Null(Store().Promoted);
    }

    [Fact]
    public async Task A_log_of_held_out_examples_alone_judges_the_base_model_and_trains_nothing()
    {
        await RunAsync(Options(), Log(0));

        var only = Store().Latest()!;
        Assert.Equal((0, 0, 4), (only.State.Step, only.State.ExamplesSeen, only.State.Evaluation!.Answers));
    }

    [Fact]
    public async Task A_run_that_is_begun_again_after_its_end_does_nothing_more()
    {
        await RunAsync(Options(), Log(60));
        var before = Store().Latest()!;

        await RunAsync(Options(), Log(60));

        Assert.Equal(before.State.Step, Store().Latest()!.State.Step);
        Assert.Equal(before.State.CreatedAt, Store().Latest()!.State.CreatedAt);
    }

    [Fact]
    public async Task The_base_is_promoted_where_that_is_wanted()
    {
        await RunAsync(Options(promoteBase: true), Log(20));

        Assert.Equal(0, Store().Promoted!.State.Step);
    }

    [Fact]
    public async Task A_student_that_answers_what_the_base_did_not_is_promoted()
    {
        // The prompts held out are trained as well: whether the student generalises is not the question here.
        var log = new ListLog();
        log.Add(0, [.. Enumerable.Range(0, 8).SelectMany(number => new[] { Samples.Example(number), Samples.Example(number, Split.HOLDOUT) with { ExampleId = StableId.Of("held", $"{number}") } })]);

        await RunAsync(Options(passes: 100, target: Target.Answer), log);

        var last = Store().Latest()!;
        Assert.Equal(1, last.State.Evaluation!.PassAt1);
        Assert.Equal(1 / 256.0, last.State.Evaluation.P!.Value, 9);
        Assert.Equal(last.Name, Store().Promoted!.Name);
        Assert.True(last.State.Promoted);
    }

    [Fact]
    public async Task A_base_that_was_written_before_anything_was_held_out_still_answers_what_the_student_is_judged_by()
    {
        // One round of examples, then the held-out prompts with a second round of the same texts.
        var log = new ListLog();
        log.Add(0, [
            .. Enumerable.Range(0, 8).Select(number => Samples.Example(number)),
            .. Enumerable.Range(0, 8).Select(number => Samples.Example(number, Split.HOLDOUT) with { ExampleId = StableId.Of("held", $"{number}") }),
            .. Enumerable.Range(0, 8).Select(number => Samples.Example(number) with { ExampleId = StableId.Of("again", $"{number}") }),
        ]);

        await RunAsync(Options(roundExamplesMax: 8, passes: 100, target: Target.Answer), log);

        var last = Store().Latest()!;
        Assert.Equal(1 / 256.0, last.State.Evaluation!.P!.Value, 9);
        Assert.Equal(last.Name, Store().Promoted!.Name);
    }

    [Fact]
    public async Task After_too_many_steps_without_a_finite_loss_training_stops_at_the_last_good_checkpoint()
    {
        var log = new ListLog();
        log.Add(0, [.. Enumerable.Range(0, 40).Select(number => Samples.Example(number, weight: number < 2 ? 1 : float.MaxValue))]);

        var refusal = await Assert.ThrowsAsync<StreamDistillException>(() => RunAsync(Options(), log));

        Assert.StartsWith("The last 3 steps had no finite loss and gradient", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("step-00000000 is the last good checkpoint", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_is_told_to_stop_writes_a_checkpoint_and_goes_on_from_it_to_the_same_losses()
    {
        await RunAsync(Options(), Log(60));
        var (straight, weights) = (File.ReadAllText(Path.Combine(Store().Root, "losses.csv")), File.ReadAllBytes(Path.Combine(Store().Latest()!.Directory, StoredCheckpoint.Weights)));
        Directory.Delete(directory["out"], recursive: true);
        for (var step = 1; ; step += 3)
        {
            // Stops when the log line of that step appears.
            using var stop = new CancellationTokenSource();
            var stopped = step;
            var logger = new ListeningLogger<TrainingLoop>(line =>
            {
                if (line.Contains(string.Create(CultureInfo.InvariantCulture, $"step {stopped} "), StringComparison.Ordinal))
                {
                    stop.Cancel();
                }
            });
            try
            {
                await RunAsync(Options(), Log(60), logger, stop.Token);
                break;
            }
            catch (OperationCanceledException)
            {
                Assert.InRange(Store().Latest()!.State.Step, 0, long.MaxValue);
            }
        }

        Assert.Equal(straight, File.ReadAllText(Path.Combine(Store().Root, "losses.csv")));
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(Store().Latest()!.Directory, StoredCheckpoint.Weights)));
    }

    public void Dispose() => directory.Dispose();

    private TrainOptions Options(int roundExamplesMax = 1000, bool promoteBase = false, int passes = 2, Target target = Target.Teacher) => new()
    {
        Student = "s",
        BaseModel = directory["base"],
        Output = directory["out"],
        Threads = 1,
        SequenceLength = 128,
        TokensPerStep = 256,
        CheckpointSteps = 4,
        LogSteps = 1,
        NonFiniteStepsMax = 3,
        RoundExamplesMax = roundExamplesMax,
        PromoteBase = promoteBase,
        Passes = passes,
        Target = target,
        Optimizer = new OptimizerOptions { LearningRate = 3e-3, WarmupSteps = 3 },
        Evaluation = new EvaluationOptions { MaxTokens = 6, Rows = 3 },
    };

    /// <summary>So many examples to train and four prompts held out, which come early.</summary>
    private static ListLog Log(int examples)
    {
        var log = new ListLog();
        log.Add(0, [.. Enumerable.Range(1000, 4).Select(number => Samples.Example(number, Split.HOLDOUT)), .. Enumerable.Range(0, examples).Select(number => Samples.Example(number))]);
        return log;
    }

    private CheckpointStore Store() => new(directory["out"], "s", 3, NullLogger.Instance);

    private async Task RunAsync(TrainOptions options, IExampleLog log, Microsoft.Extensions.Logging.ILogger<TrainingLoop>? logger = null, CancellationToken stopping = default)
    {
        var store = Store();
        var loop = new TrainingLoop(options, log, store, new CheckpointPublisher(null, store), TimeProvider.System, logger ?? NullLogger<TrainingLoop>.Instance);
        await loop.RunAsync(stopping);
    }

    private List<(long Step, double Loss)> Losses() =>
    [
        .. File.ReadLines(Path.Combine(Store().Root, "losses.csv")).Skip(1).Select(line => line.Split(',')).Select(fields =>
            (long.Parse(fields[0], CultureInfo.InvariantCulture), double.Parse(fields[2], CultureInfo.InvariantCulture))),
    ];
}

using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using streamdistill;
using StreamDistill.Contracts;

namespace StreamDistill.Train.Tests.Rounds;

public sealed class RoundTests
{
    private readonly List<(UInt128 Id, int Round)> withdrawn = [];

    [Fact]
    public async Task A_round_has_the_new_examples_in_their_order_and_a_share_of_earlier_ones()
    {
        var log = new ListLog();
        var options = new TrainOptions { ReplayShare = 0.2 };
        log.Add(0, [.. Range(0, 40)]);
        var first = await NextAsync(options, log, null);
        log.Add(0, [.. Range(40, 40)]);
        var second = await NextAsync(options, log, first);

        Assert.Equal((1, 40, 40), (first!.Plan.Number, first.Plan.NewExamples, first.Examples.Count));
        Assert.Equal(Range(0, 40).Select(IdOf), first.Examples.Select(example => example.Id));
        Assert.Equal((2, 40, 50), (second!.Plan.Number, second.Plan.NewExamples, second.Examples.Count));
        Assert.Equal(Range(40, 40).Select(IdOf), second.Examples.Take(40).Select(example => example.Id));
        Assert.Subset(Range(0, 40).Select(IdOf).ToHashSet(), second.Examples.Skip(40).Select(example => example.Id).ToHashSet());
        Assert.Null(await NextAsync(options, log, second));
    }

    [Fact]
    public async Task The_same_log_gives_the_same_rounds_and_another_seed_another_order()
    {
        var log = new ListLog();
        log.Add(0, [.. Range(0, 60)]);
        log.Add(1, [.. Range(60, 60)]);
        var options = new TrainOptions { RoundExamplesMax = 80, ReplayExamplesMax = 30 };

        var (first, again) = (await AllAsync(options, log), await AllAsync(options, log));
        var other = await AllAsync(new TrainOptions { RoundExamplesMax = 80, ReplayExamplesMax = 30, Seed = 2 }, log);

        Assert.Equal(2, first.Count);
        Assert.Equal(first.SelectMany(Order), again.SelectMany(Order));
        Assert.NotEqual(first.SelectMany(Order), other.SelectMany(Order));
        Assert.NotEqual(first[0].InOrderOf(0).Select(example => example.Id), first[0].InOrderOf(1).Select(example => example.Id));
        Assert.Equal(30, (await ThirdAsync()).Replay.Count);

        async Task<Round> ThirdAsync()
        {
            log.Add(0, [.. Range(200, 1)]);
            return (await NextAsync(options, log, first[^1]))!;
        }
    }

    [Fact]
    public async Task A_round_is_cut_alike_in_every_partition()
    {
        var cut = RoundPlanner.Cut(new Dictionary<int, long> { [0] = 5, [1] = 7 }, new Dictionary<int, long> { [0] = 100, [1] = 7, [2] = 3 }, 20);

        Assert.Equal(new Dictionary<int, long> { [0] = 15, [1] = 7, [2] = 3 }, cut);
        await Task.CompletedTask;
    }

    [Fact]
    public async Task What_is_withdrawn_is_dropped_from_round_replay_and_holdout_and_never_trained_again()
    {
        var log = new ListLog();
        var options = new TrainOptions { ReplayShare = 0.5 };
        log.Add(0, [.. Range(0, 10), Samples.Example(100, Split.HOLDOUT), Samples.Example(101, Split.HOLDOUT)]);
        var first = await NextAsync(options, log, null);
        log.Withdraw(0, Samples.Example(3), Samples.Example(100));
        log.Add(0, [Samples.Example(50), Samples.Example(51), Samples.Example(3)]);
        log.Withdraw(0, Samples.Example(50));
        var second = await NextAsync(options, log, first);

        Assert.Equal(2, first!.Holdout.Count);
        Assert.Equal([Samples.Example(101).ExampleId], second!.Holdout.Select(example => example.ExampleId));
        Assert.Equal([IdOf(Samples.Example(51))], second.Examples.Take(second.Plan.NewExamples).Select(example => example.Id));
        Assert.DoesNotContain(IdOf(Samples.Example(3)), second.Replay.Select(example => example.Id));
        Assert.Equal([(IdOf(Samples.Example(3)), 1)], withdrawn);
    }

    [Fact]
    public async Task An_example_is_new_once_and_a_later_weight_counts_in_its_replay_only()
    {
        var log = new ListLog();
        var options = new TrainOptions { ReplayShare = 0.5 };
        log.Add(0, [Samples.Example(1), Samples.Example(2), Samples.Example(3, weight: 0), Samples.Example(1, weight: 0.25)]);
        var first = await NextAsync(options, log, null);
        log.Add(0, [Samples.Example(1, weight: 0.5), Samples.Example(2, weight: 0), Samples.Example(3), Samples.Example(4)]);
        var second = await NextAsync(options, log, first);

        Assert.Equal([(IdOf(Samples.Example(2)), 1f), (IdOf(Samples.Example(1)), 0.25f)], first!.Examples.Select(example => (example.Id, example.Weight)));
        Assert.Equal(
            [(IdOf(Samples.Example(3)), 1f), (IdOf(Samples.Example(4)), 1f), (IdOf(Samples.Example(1)), 0.5f)],
            second!.Examples.Select(example => (example.Id, example.Weight)));
        Assert.Equal(2, second.Plan.NewExamples);
    }

    [Fact]
    public async Task The_holdout_is_bounded_to_the_smallest_content_hashes()
    {
        var log = new ListLog();
        log.Add(0, [.. Enumerable.Range(0, 20).Select(number => Samples.Example(number, Split.HOLDOUT)), Samples.Example(100)]);

        var round = await NextAsync(new TrainOptions { Evaluation = new EvaluationOptions { HoldoutMax = 5 } }, log, null);

        Assert.Equal(
            Enumerable.Range(0, 20).Select(number => Samples.Example(number).ContentHash).Order(StringComparer.Ordinal).Take(5),
            round!.Holdout.Select(example => example.ContentHash));
    }

    [Fact]
    public async Task A_topic_is_waited_for_until_there_are_enough_examples_or_long_enough()
    {
        var log = new ListLog { IsEndless = true };
        var time = new FakeTimeProvider();
        var options = new TrainOptions { RoundExamplesMin = 5, RoundWait = TimeSpan.FromMinutes(10) };
        log.Add(0, [.. Range(0, 4)]);

        var waiting = Planner(options, log, time).NextAsync(null, withdrawn, CancellationToken.None);
        time.Advance(TimeSpan.FromMinutes(9));
        await Task.Delay(50);
        Assert.False(waiting.IsCompleted);
        log.Add(0, [Samples.Example(9)]);
        for (var i = 0; i < 1000 && !waiting.IsCompleted; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1);
        }

        Assert.Equal(5, (await waiting)!.Plan.NewExamples);
    }

    [Fact]
    public async Task A_round_is_read_from_the_disk_as_it_was()
    {
        using var directory = new TemporaryDirectory();
        var log = new ListLog();
        log.Add(0, [.. Range(0, 10), Samples.Example(100, Split.HOLDOUT)]);
        var first = await NextAsync(new TrainOptions(), log, null);
        log.Add(0, [.. Range(20, 10)]);
        var second = await NextAsync(new TrainOptions(), log, first);
        var soft = Samples.Encoded(77, softLabels: new SoftLabelRun(4, [2, 0, 1], [5, 6, 7], [-1, -2, -0.5f]));
        var round = second! with { Examples = [.. second.Examples, soft] };
        var store = new RoundStore(directory.Path);

        store.Write(round);
        var read = store.Read(2)!;

        Assert.Null(store.Read(3));
        Assert.Equal(round.Plan.To, read.Plan.To);
        Assert.Equal(round.Plan with { From = read.Plan.From, To = read.Plan.To }, read.Plan);
        Assert.Equivalent(round.Examples, read.Examples, strict: true);
        Assert.Equivalent(round.Replay, read.Replay, strict: true);
        Assert.Equal(round.Holdout.Select(example => (example.ExampleId, example.Answer)), read.Holdout.Select(example => (example.ExampleId, example.Answer)));
        Assert.Equal(round.Trained, read.Trained);
    }

    [Fact]
    public async Task A_damaged_round_is_refused_by_name()
    {
        using var directory = new TemporaryDirectory();
        var log = new ListLog();
        log.Add(0, [.. Range(0, 10)]);
        var store = new RoundStore(directory.Path);
        store.Write((await NextAsync(new TrainOptions(), log, null))!);
        File.WriteAllText(Path.Combine(directory.Path, "rounds", "00000001", "examples.safetensors"), "no");

        Assert.Contains("rounds/00000001", Assert.Throws<StreamDistillException>(() => store.Read(1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Withdrawn_examples_are_written_down_once_with_the_checkpoints_that_saw_them()
    {
        using var directory = new TemporaryDirectory();
        var withdrawals = new Withdrawals(directory.Path, NullLogger.Instance);
        (string, int)[] checkpoints = [("step-00000000", 1), ("step-00000010", 1), ("step-00000020", 2)];

        withdrawals.Add([(1, 2)], checkpoints);
        withdrawals.Add([(1, 2), (2, 1)], checkpoints);

        Assert.Equal(
            [
                """{"example_id":"00000000000000000000000000000001","round":2,"checkpoints":["step-00000020"]}""",
                """{"example_id":"00000000000000000000000000000002","round":1,"checkpoints":["step-00000010","step-00000020"]}""",
            ],
            File.ReadAllLines(directory["withdrawn.jsonl"]));
    }

    private static IEnumerable<TrainingExample> Range(int start, int count) => Enumerable.Range(start, count).Select(number => Samples.Example(number));

    private static UInt128 IdOf(TrainingExample example) => StableId.Bits(example.ExampleId);

    private static IEnumerable<UInt128> Order(Round round) => round.InOrderOf(0).Concat(round.Examples).Concat(round.Replay).Select(example => example.Id);

    private static RoundPlanner Planner(TrainOptions options, IExampleLog log, TimeProvider time) =>
        new(options, log, new ExampleEncoder(TinyStudent.Tokenizer, options, 128), time, NullLogger.Instance);

    private Task<Round?> NextAsync(TrainOptions options, IExampleLog log, Round? last) =>
        Planner(options, log, TimeProvider.System).NextAsync(last, withdrawn, CancellationToken.None);

    private async Task<List<Round>> AllAsync(TrainOptions options, IExampleLog log)
    {
        var rounds = new List<Round>();
        while (await NextAsync(options, log, rounds.LastOrDefault()) is { } round)
        {
            rounds.Add(round);
        }

        return rounds;
    }
}

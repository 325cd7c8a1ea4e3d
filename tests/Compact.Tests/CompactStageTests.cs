using streamdistill;
using StreamDistill.Contracts;
using StreamDistill.Pipeline;

namespace StreamDistill.Compact.Tests;

public sealed class CompactStageTests
{
    [Fact]
    public async Task The_shortest_answer_of_a_question_stays_and_the_one_it_replaces_is_withdrawn_with_it()
    {
        var curated = new CuratedMap(new CompactOptions());
        var stage = await curated.StartAsync();
        await curated.FeedAsync(stage, Verdicts.Of("p", "How many?", "It is forty-two."), Verdicts.Of("p", "How many?", "It is 42.", completionId: "c1"));
        var first = Assert.Single(curated.Examples).Value;
        Assert.Equal("It is 42.", first.Answer);

        var outputs = await stage.ProcessAsync([Verdicts.Of("p", "How many?", "42", completionId: "c2")], CancellationToken.None);

        Assert.Equal([first.ExampleId], outputs.Where(output => output.Value is null).Select(output => output.Key));
        Assert.Equal(["42"], outputs.Select(output => output.Value).OfType<TrainingExample>().Select(example => example.Answer));
        Assert.Empty(await stage.ProcessAsync([Verdicts.Of("p", "How many?", "42.0", completionId: "c3")], CancellationToken.None));
    }

    [Fact]
    public async Task Reasoning_counts_for_the_length()
    {
        var curated = new CuratedMap(new CompactOptions());
        var stage = await curated.StartAsync();
        await curated.FeedAsync(stage, Verdicts.Of("p", "q", "42", reasoning: "six times seven"), Verdicts.Of("p", "q", "six times 7", completionId: "c1"));
        Assert.Equal("c1", Assert.Single(curated.Examples).Value.CompletionId);
    }

    [Fact]
    public async Task The_best_k_with_different_contents_stay()
    {
        var curated = new CuratedMap(new CompactOptions { BestOf = 2 });
        var stage = await curated.StartAsync();
        foreach (var (answer, id) in new[] { ("four", "c0"), ("one", "c1"), ("one ", "c2"), ("six", "c3"), ("seven", "c4") })
        {
            await curated.FeedAsync(stage, Verdicts.Of("p", "q", answer, completionId: id));
        }

        Assert.Equal(["c1", "c3"], curated.Examples.Values.Select(example => example.CompletionId).Order());
    }

    [Fact]
    public async Task Prompts_with_the_same_text_are_one_question_of_a_tenant_and_the_smallest_id_represents_a_duplicate()
    {
        var options = new CompactOptions();
        var curated = new CuratedMap(options);
        var stage = await curated.StartAsync();
        Input<Verdict>[] same =
        [
            Verdicts.Of("p2", "How  many\ncafe\u0301s?", "42"),
            Verdicts.Of("p1", " How many caf\u00E9s?", " 42"),
            Verdicts.Of("p3", "How many caf\u00E9s?", "42"),
        ];
        foreach (var verdict in same)
        {
            await curated.FeedAsync(stage, verdict);
        }

        await curated.FeedAsync(stage, Verdicts.Of("p0", "How many caf\u00E9s?", "42", tenant: "other"));

        var smallest = same.Select(verdict => new ExampleMaker(options).Make(verdict).Example).MinBy(example => example.ExampleId, StringComparer.Ordinal)!;
        Assert.Equal([("acme", smallest.PromptId), ("other", "p0")], curated.Examples.Values.Select(example => (example.Tenant, example.PromptId)).Order());
    }

    [Fact]
    public async Task A_verdict_that_is_not_PASS_is_refused_and_nothing_of_its_unit_is_remembered()
    {
        var curated = new CuratedMap(new CompactOptions());
        var stage = await curated.StartAsync();
        var good = Verdicts.Of("p", "q", "42");
        var refusal = await Assert.ThrowsAsync<UnprocessableRecordException>(
            () => stage.ProcessAsync([good, Verdicts.Of("p", "q", "41", outcome: Outcome.FAIL, offset: 7)], CancellationToken.None).AsTask());
        Assert.Equal("not_passed", refusal.ReasonCode);
        Assert.Equal("the verdict on completion c0 at verified [[0]] @7 has outcome FAIL; verified holds only PASS", refusal.Message);
        Assert.Single(await stage.ProcessAsync([good], CancellationToken.None));
    }

    [Fact]
    public async Task Everything_an_analyst_traces_is_carried_into_the_example()
    {
        var input = Verdicts.Of("p", "q", "42", reasoning: "6 * 7", offset: 9);
        input.Value.Completion.SoftLabels = [new SoftLabel { Token = "42", Logprob = -0.5f, Top = [] }];
        var curated = new CuratedMap(new CompactOptions());
        await curated.FeedAsync(await curated.StartAsync(), input);

        var example = Assert.Single(curated.Examples).Value;
        Assert.Equal(new Origin { Topic = "verified", Partition = 0, Offset = 9 }, example.Origin);
        Assert.Equal(["numeric@1"], example.Verifiers);
        Assert.Equal("policy", example.PolicyHash);
        Assert.Equal(("p", "c0", "acme", "chat"), (example.PromptId, example.CompletionId, example.Tenant, example.Task));
        Assert.Equal(("6 * 7", "42", "42"), (example.Reasoning, example.Answer, example.Reference!.Answer));
        Assert.Equal(input.Value.Completion.Teacher, example.Teacher);
        Assert.Equal("42", Assert.Single(example.SoftLabels!).Token);
        Assert.Equal(input.Value.DecidedAt, example.CreatedAt);
        Assert.Equal("q", Assert.Single(example.Messages).Content);
    }

    [Fact]
    public async Task Ids_and_hashes_are_those_of_every_release()
    {
        var curated = new CuratedMap(new CompactOptions());
        await curated.FeedAsync(await curated.StartAsync(), Verdicts.Of("p", "q", "42"));
        var example = Assert.Single(curated.Examples).Value;
        var hash = StableId.Of(StableId.Of("user", "q"), null, "42");
        Assert.Equal((hash, StableId.Of("p", "c0", hash)), (example.ContentHash, example.ExampleId));
    }

    [Theory]
    [InlineData("chat", null, Kind.GENERAL)]
    [InlineData("chat", "  ", Kind.GENERAL)]
    [InlineData("chat", "because", Kind.REASONING)]
    [InlineData("Math", null, Kind.REASONING)]
    [InlineData("poetry", null, Kind.REASONING)]
    public async Task Reasoning_is_what_has_a_trace_or_a_reasoning_task(string task, string? reasoning, Kind kind)
    {
        var curated = new CuratedMap(new CompactOptions { ReasoningTasks = "math, poetry" });
        await curated.FeedAsync(await curated.StartAsync(), Verdicts.Of("p", "q", "42", reasoning, task: task));
        Assert.Equal(kind, Assert.Single(curated.Examples).Value.Kind);
    }

    [Fact]
    public async Task A_question_is_on_one_side_of_the_split_for_all_its_examples_and_tenants()
    {
        var curated = new CuratedMap(new CompactOptions { BestOf = 3, HoldoutShare = 0.2 });
        var stage = await curated.StartAsync();
        for (var question = 0; question < 1000; question++)
        {
            await curated.FeedAsync(stage, Verdicts.Of($"a{question}", $"q{question}", "1"), Verdicts.Of($"a{question}", $"q{question}", "2", completionId: "c1"));
            await curated.FeedAsync(stage, Verdicts.Of($"b{question}", $" q{question}", "3", tenant: "other"));
        }

        var sides = curated.Examples.Values.GroupBy(example => example.Messages[0].Content.Trim(), example => example.Split).ToList();
        Assert.All(sides, question => Assert.Equal(3, question.Count()));
        Assert.All(sides, question => Assert.Single(question.Distinct()));

        // Binomial with n = 1000 and p = 0.2: 200, give or take four standard deviations of 12.6.
        Assert.InRange(sides.Count(question => question.First() == Split.HOLDOUT), 150, 250);
    }

    [Theory]
    [InlineData(0, Split.TRAIN)]
    [InlineData(1, Split.HOLDOUT)]
    public async Task A_share_of_none_or_all_means_that(double share, Split split)
    {
        var curated = new CuratedMap(new CompactOptions { HoldoutShare = share });
        var stage = await curated.StartAsync();
        for (var question = 0; question < 100; question++)
        {
            await curated.FeedAsync(stage, Verdicts.Of($"p{question}", $"q{question}", "1"));
        }

        Assert.All(curated.Examples.Values, example => Assert.Equal(split, example.Split));
    }

    [Fact]
    public async Task Fewer_examples_per_question_hold_from_its_next_verdict_on()
    {
        var before = new CuratedMap(new CompactOptions { BestOf = 3 });
        await before.FeedAsync(
            await before.StartAsync(), Verdicts.Of("p", "q", "1"), Verdicts.Of("p", "q", "22", completionId: "c1"), Verdicts.Of("p", "q", "333", completionId: "c2"));
        var stage = new CompactStage(new CompactOptions(), before, Microsoft.Extensions.Logging.Abstractions.NullLogger<CompactStage>.Instance);
        await stage.OnAssignedAsync([], CancellationToken.None);

        await before.FeedAsync(stage, Verdicts.Of("p", "q", "4444", completionId: "c3"));

        Assert.Equal("1", Assert.Single(before.Examples).Value.Answer);
    }
}

using streamdistill;
using StreamDistill.Pipeline;

namespace StreamDistill.Compact.Tests;

public sealed class BalanceTests
{
    [Theory]
    [InlineData(Balance.Weight, 4, 0.25)]
    [InlineData(Balance.None, 4, 1)]
    public async Task A_GENERAL_example_weighs_what_the_balance_says_and_a_REASONING_one_1(Balance balance, double ratio, double weight)
    {
        var curated = new CuratedMap(new CompactOptions { Balance = balance, Ratio = ratio });
        await curated.FeedAsync(await curated.StartAsync(), General(1), Reasoning(1));
        Assert.Equal([weight, 1], [WeightOf(curated, "g1"), WeightOf(curated, "r1")]);
    }

    [Fact]
    public async Task Without_REASONING_examples_the_cap_lets_all_GENERAL_ones_count_and_the_first_one_brings_it_down()
    {
        var curated = new CuratedMap(new CompactOptions { Balance = Balance.Cap });
        var stage = await curated.StartAsync();
        for (var i = 0; i < 20; i++)
        {
            await curated.FeedAsync(stage, General(i));
        }

        Assert.Equal(20, Counted(curated));
        await curated.FeedAsync(stage, Reasoning(0));
        Assert.Equal(0, Counted(curated));
        Assert.Equal(21, curated.Examples.Count);
    }

    [Fact]
    public async Task Under_the_cap_one_GENERAL_example_counts_for_every_Ratio_REASONING_ones_at_few_rewrites_each()
    {
        var curated = new CuratedMap(new CompactOptions { Balance = Balance.Cap, Ratio = 3 });
        var stage = await curated.StartAsync();
        await curated.FeedAsync(stage, Reasoning(0));
        for (var i = 1; i <= 60; i++)
        {
            foreach (var arrival in new[] { General(i), Reasoning(i) })
            {
                var outputs = await stage.ProcessAsync([arrival], CancellationToken.None);
                Assert.InRange(outputs.Count, 1, 3);
                curated.Commit(outputs);
            }

            Assert.Equal((i + 1) / 3, Counted(curated));
        }
    }

    [Fact]
    public async Task A_REASONING_example_that_a_GENERAL_one_replaces_counts_no_more()
    {
        var curated = new CuratedMap(new CompactOptions { Balance = Balance.Cap, Ratio = 1 });
        var stage = await curated.StartAsync();
        await curated.FeedAsync(stage, General(1));
        await curated.FeedAsync(stage, General(2));
        await curated.FeedAsync(stage, Reasoning(1));
        Assert.Equal(1, Counted(curated));

        await curated.FeedAsync(stage, Verdicts.Of("r1", "reason 1", "1", completionId: "shorter"));

        Assert.Equal(3, Counted(curated));
        Assert.DoesNotContain(curated.Examples.Values, example => example.Kind == Kind.REASONING);
    }

    [Fact]
    public async Task A_cap_turned_on_later_holds_from_the_next_verdict_on()
    {
        var curated = new CuratedMap(new CompactOptions { Balance = Balance.None });
        var stage = await curated.StartAsync();
        for (var i = 0; i < 9; i++)
        {
            await curated.FeedAsync(stage, General(i), Reasoning(i));
        }

        var capped = new CompactStage(
            new CompactOptions { Balance = Balance.Cap }, curated, Microsoft.Extensions.Logging.Abstractions.NullLogger<CompactStage>.Instance);
        await capped.OnAssignedAsync([], CancellationToken.None);
        await curated.FeedAsync(capped, General(0));

        Assert.Equal(3, Counted(curated));
    }

    private static Input<Verdict> General(int i) => Verdicts.Of($"g{i}", $"chat {i}", "1");

    private static Input<Verdict> Reasoning(int i) => Verdicts.Of($"r{i}", $"reason {i}", "1", reasoning: "because");

    private static double WeightOf(CuratedMap curated, string promptId) =>
        curated.Examples.Values.Single(example => example.PromptId == promptId).Weight;

    private static int Counted(CuratedMap curated) => curated.Examples.Values.Count(example => example.Kind == Kind.GENERAL && example.Weight == 1);
}

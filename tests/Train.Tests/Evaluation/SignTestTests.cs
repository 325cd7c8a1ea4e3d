namespace StreamDistill.Train.Tests.Evaluation;

public sealed class SignTestTests
{
    // R: binom.test(wins, wins + losses, alternative = "greater")$p.value
    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(1, 0, 0.5)]
    [InlineData(5, 0, 0.03125)]
    [InlineData(8, 2, 0.0546875)]
    [InlineData(9, 1, 0.0107421875)]
    [InlineData(2, 8, 0.9892578125)]
    [InlineData(60, 40, 0.02844396682)]
    [InlineData(1040, 960, 0.03864)]
    public void The_chance_of_as_many_wins_is_the_binomial_one(int wins, int losses, double p) =>
        Assert.Equal(p, SignTest.P(wins, losses), wins > 1000 ? 4 : 9);

    [Fact]
    public void Only_prompts_that_both_answered_and_on_which_they_differ_count()
    {
        var candidate = new Dictionary<string, bool> { ["a"] = true, ["b"] = true, ["c"] = false, ["d"] = true, ["new"] = true };
        var incumbent = new Dictionary<string, bool> { ["a"] = false, ["b"] = false, ["c"] = false, ["d"] = true, ["old"] = true };

        Assert.Equal(0.25, SignTest.P(candidate, incumbent), 12);
    }
}

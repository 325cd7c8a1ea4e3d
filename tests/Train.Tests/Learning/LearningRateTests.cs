namespace StreamDistill.Train.Tests.Learning;

public sealed class LearningRateTests
{
    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(4, 0.5)]
    [InlineData(9, 1)]
    [InlineData(10, 1)]
    [InlineData(1_000_000, 1)]
    public void A_constant_rate_rises_in_its_warm_up_and_stays(long step, double rate) =>
        Assert.Equal(rate, new OptimizerOptions { LearningRate = 1, WarmupSteps = 10 }.LearningRateAt(step), 12);

    [Theory]
    [InlineData(10, 1)]
    [InlineData(60, 0.6)]
    [InlineData(110, 0.2)]
    [InlineData(500, 0.2)]
    public void A_cosine_falls_to_the_final_share(long step, double rate) => Assert.Equal(
        rate,
        new OptimizerOptions { LearningRate = 1, WarmupSteps = 10, Schedule = Schedule.Cosine, DecaySteps = 100, FinalShare = 0.2 }.LearningRateAt(step),
        12);

    [Theory]
    [InlineData(10, 1)]
    [InlineData(59, 1)]
    [InlineData(60, 1)]
    [InlineData(80, 0.6)]
    [InlineData(100, 0.2)]
    [InlineData(500, 0.2)]
    public void A_stable_rate_stays_before_it_falls_on_a_line(long step, double rate) => Assert.Equal(
        rate,
        new OptimizerOptions { LearningRate = 1, WarmupSteps = 10, Schedule = Schedule.WarmupStableDecay, StableSteps = 50, DecaySteps = 40, FinalShare = 0.2 }.LearningRateAt(step),
        12);
}

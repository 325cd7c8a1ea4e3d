using StreamDistill.Cli.Running;

namespace StreamDistill.Cli.Tests.Running;

public sealed class LatencySummaryTests
{
    [Fact]
    public void Percentiles_are_within_two_percent()
    {
        var summary = new LatencySummary();
        foreach (var milliseconds in Enumerable.Range(1, 10_000).Reverse())
        {
            summary.Add(milliseconds);
        }

        Assert.InRange(summary.Percentile(0.5)!.Value, 4900, 5100);
        Assert.InRange(summary.Percentile(0.99)!.Value, 9700, 10_000);
        Assert.Equal(10_000, summary.Percentile(1));
    }

    [Fact]
    public void Without_a_duration_there_is_no_percentile_and_negative_ones_are_zero()
    {
        var summary = new LatencySummary();
        Assert.Null(summary.Percentile(0.5));

        summary.Add(-5);
        Assert.Equal(0, summary.Percentile(0.5));
    }
}

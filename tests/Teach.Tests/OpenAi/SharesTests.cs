using StreamDistill.Teach.OpenAi;

namespace StreamDistill.Teach.Tests.OpenAi;

public class SharesTests
{
    [Fact]
    public void Shares_follow_the_weights_and_add_up()
    {
        Assert.Equal([25, 75], Shares.Of(100, [1, 3]));
        Assert.Equal([3, 3, 4], Shares.Of(10, [1, 1, 1]));
        Assert.Equal([0, 0], Shares.Of(0, [5, 7]));
    }

    [Fact]
    public void Shares_of_any_total_by_any_weights_add_up_and_are_not_negative()
    {
        var random = new Random(7);
        for (var round = 0; round < 1000; round++)
        {
            var total = random.NextInt64(0, 1L << random.Next(1, 62));
            long[] weights = [.. Enumerable.Range(0, random.Next(1, 20)).Select(_ => random.NextInt64(1, 1L << random.Next(1, 40)))];
            var shares = Shares.Of(total, weights);
            Assert.Equal(total, shares.Sum());
            Assert.All(shares, share => Assert.True(share >= 0));
        }
    }
}

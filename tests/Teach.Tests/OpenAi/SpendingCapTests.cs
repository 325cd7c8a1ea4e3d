using StreamDistill.Teach.OpenAi;

namespace StreamDistill.Teach.Tests.OpenAi;

public class SpendingCapTests
{
    [Fact]
    public async Task Without_a_cap_everything_fits()
    {
        var cap = new SpendingCap(new TeachOptions());
        Assert.True(await cap.ReserveAsync(new Bill(long.MaxValue / 2, long.MaxValue / 2), CancellationToken.None));
    }

    [Fact]
    public async Task A_call_that_could_exceed_the_cap_is_turned_away_and_so_is_every_later_one()
    {
        var cap = new SpendingCap(new TeachOptions { MaxCostMicros = 100 });
        Assert.True(await cap.ReserveAsync(new Bill(90, 0), CancellationToken.None));
        cap.Settle(new Bill(90, 0), new Bill(60, 0));
        Assert.False(await cap.ReserveAsync(new Bill(41, 0), CancellationToken.None));
        Assert.False(await cap.ReserveAsync(new Bill(1, 0), CancellationToken.None));
        Assert.Equal(new Bill(60, 0), cap.Spent);
        Assert.True(cap.IsExhausted);
    }

    [Fact]
    public async Task A_call_waits_while_only_reservations_are_in_its_way()
    {
        var cap = new SpendingCap(new TeachOptions { MaxTokens = 100 });
        Assert.True(await cap.ReserveAsync(new Bill(0, 80), CancellationToken.None));
        var second = cap.ReserveAsync(new Bill(0, 80), CancellationToken.None).AsTask();
        Assert.False(second.IsCompleted);
        cap.Settle(new Bill(0, 80), new Bill(0, 20));
        Assert.True(await second);
    }

    [Fact]
    public async Task Those_who_wait_are_turned_away_when_the_cap_closes()
    {
        var cap = new SpendingCap(new TeachOptions { MaxTokens = 100 });
        Assert.True(await cap.ReserveAsync(new Bill(0, 80), CancellationToken.None));
        var waiting = cap.ReserveAsync(new Bill(0, 50), CancellationToken.None).AsTask();
        Assert.False(await cap.ReserveAsync(new Bill(0, 101), CancellationToken.None));
        Assert.False(await waiting);
    }

    [Fact]
    public async Task However_calls_overlap_the_cap_holds()
    {
        var cap = new SpendingCap(new TeachOptions { MaxCostMicros = 1000 });
        await Parallel.ForAsync(0, 500, async (index, cancellationToken) =>
        {
            if (await cap.ReserveAsync(new Bill(10, 0), cancellationToken))
            {
                await Task.Yield();
                cap.Settle(new Bill(10, 0), new Bill(index % 11, 0));
            }
        });
        Assert.InRange(cap.Spent.CostMicros, 991, 1000);
    }
}

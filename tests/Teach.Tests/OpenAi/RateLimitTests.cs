using Microsoft.Extensions.Time.Testing;
using StreamDistill.Teach.OpenAi;

namespace StreamDistill.Teach.Tests.OpenAi;

public class RateLimitTests
{
    private readonly FakeTimeProvider clock = new();

    [Fact]
    public void No_limit_never_waits() =>
        Assert.True(new RateLimit(null, clock).WaitAsync(1e9, CancellationToken.None).IsCompletedSuccessfully);

    [Fact]
    public async Task Sixty_a_minute_is_one_a_second()
    {
        var limit = new RateLimit(60, clock);
        await limit.WaitAsync(1, CancellationToken.None);
        var granted = new List<double>();
        var callers = Enumerable.Range(0, 10).Select(async _ =>
        {
            await limit.WaitAsync(1, CancellationToken.None);
            lock (granted)
            {
                granted.Add((clock.GetUtcNow() - clock.Start).TotalSeconds);
            }
        }).ToList();
        while (callers.Exists(caller => !caller.IsCompleted))
        {
            clock.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        Assert.All(granted.Order().Select((at, index) => (at, index)), grant => Assert.True(grant.at >= grant.index + 1, $"grant {grant.index} came at {grant.at} s"));
    }

    [Fact]
    public async Task What_was_taken_on_credit_is_waited_for_by_the_next()
    {
        var limit = new RateLimit(6000, clock);
        await limit.WaitAsync(600, CancellationToken.None);
        var next = limit.WaitAsync(1, CancellationToken.None);
        clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(next.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.2));
        await next;
    }

    [Fact]
    public async Task What_is_given_back_shortens_the_wait()
    {
        var limit = new RateLimit(6000, clock);
        await limit.WaitAsync(600, CancellationToken.None);
        limit.Take(-600);
        Assert.True(limit.WaitAsync(1, CancellationToken.None).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_caller_that_gives_up_does_not_block_the_next()
    {
        var limit = new RateLimit(60, clock);
        await limit.WaitAsync(1, CancellationToken.None);
        using var impatience = new CancellationTokenSource();
        var first = limit.WaitAsync(1, impatience.Token);
        var second = limit.WaitAsync(1, CancellationToken.None);
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        while (!second.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await second;
    }
}

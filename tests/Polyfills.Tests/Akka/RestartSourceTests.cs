using System.Threading.Channels;
using Akka;
using Akka.Streams;
using Akka.Streams.Dsl;

namespace Polyfills.Tests.AkkaStreams;

public sealed class RestartSourceTests : StreamTest
{
    private static readonly InvalidOperationException Boom = new("boom");

    private static readonly RestartSettings Soon =
        RestartSettings.Create(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(5), randomFactor: 0.2);

    [Fact]
    public async Task A_source_that_fails_is_started_again_and_elements_come_in_order()
    {
        var starts = 0;
        var restarting = RestartSource.WithBackoff(() => Source.From(OneThenFail(Interlocked.Increment(ref starts))), Soon);

        Assert.Equal([1, 2, 3, 4], await End(restarting.Take(4).RunWith(Sink.Seq<int>(), Materializer)));
        Assert.Equal(4, starts);
    }

    [Fact]
    public async Task A_source_that_completes_is_started_again_until_downstream_cancels()
    {
        var restarting = RestartSource.WithBackoff(() => Source.From(["a", "b"]), Soon);

        Assert.Equal(["a", "b", "a", "b", "a"], await End(restarting.Take(5).RunWith(Sink.Seq<string>(), Materializer)));
    }

    [Fact]
    public async Task OnFailures_does_not_start_a_source_again_that_completes()
    {
        var starts = 0;
        var restarting = RestartSource.OnFailuresWithBackoff(
            () => Interlocked.Increment(ref starts) < 3 ? Source.Failed<int>(Boom) : Source.From([1, 2]), Soon);

        Assert.Equal([1, 2], await End(restarting.RunWith(Sink.Seq<int>(), Materializer)));
        Assert.Equal(3, starts);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task After_the_last_restart_the_failure_is_passed_on(int maxRestarts)
    {
        var starts = 0;
        var restarting = RestartSource.WithBackoff(
            () =>
            {
                Interlocked.Increment(ref starts);
                return Source.Failed<int>(Boom);
            },
            Soon.WithMaxRestarts(maxRestarts, TimeSpan.FromMinutes(10)));

        Assert.Same(Boom, await Failure(restarting.RunWith(Sink.Ignore<int>(), Materializer)));
        Assert.Equal(maxRestarts + 1, starts);
    }

    [Fact]
    public async Task After_the_last_restart_completion_is_passed_on()
    {
        var restarting = RestartSource.WithBackoff(() => Source.Single(1), Soon.WithMaxRestarts(2, TimeSpan.FromMinutes(10)));

        Assert.Equal([1, 1, 1], await End(restarting.RunWith(Sink.Seq<int>(), Materializer)));
    }

    [Fact]
    public async Task A_start_that_lasts_resets_the_count_of_restarts()
    {
        var starts = 0;
        var restarting = RestartSource.WithBackoff(
            () => Source.Single(Interlocked.Increment(ref starts)).SelectAsync(1, async n =>
            {
                await Task.Delay(100);
                return n;
            }),
            Soon.WithMaxRestarts(1, TimeSpan.FromMilliseconds(1)));

        Assert.Equal([1, 2, 3, 4], await End(restarting.Take(4).RunWith(Sink.Seq<int>(), Materializer)));
    }

    [Fact]
    public async Task Cancelling_ends_the_inner_source_which_is_not_started_again()
    {
        var starts = 0;
        Task<Done>? inner = null;
        var channel = Channel.CreateUnbounded<int>();
        var (killSwitch, end) = RestartSource.WithBackoff(
                () =>
                {
                    Interlocked.Increment(ref starts);
                    return ChannelSource.FromReader(channel.Reader).WatchTermination((_, ended) =>
                    {
                        inner = ended;
                        return NotUsed.Instance;
                    });
                },
                Soon)
            .ViaMaterialized(KillSwitches.Single<int>(), Keep.Right)
            .ToMaterialized(Sink.Ignore<int>(), Keep.Both)
            .Run(Materializer);
        await Until(() => Volatile.Read(ref inner) is not null);

        killSwitch.Shutdown();

        await End(end);
        await End(inner!);
        Assert.Equal(1, starts);
    }

    [Fact]
    public async Task Cancelling_while_it_waits_ends_it()
    {
        var starts = 0;
        var (killSwitch, end) = RestartSource.WithBackoff(
                () =>
                {
                    Interlocked.Increment(ref starts);
                    return Source.Failed<int>(Boom);
                },
                RestartSettings.Create(TimeSpan.FromHours(1), TimeSpan.FromHours(1), 0))
            .ViaMaterialized(KillSwitches.Single<int>(), Keep.Right)
            .ToMaterialized(Sink.Ignore<int>(), Keep.Both)
            .Run(Materializer);
        await Until(() => Volatile.Read(ref starts) == 1);

        killSwitch.Shutdown();

        await End(end);
        Assert.Equal(1, starts);
    }

    [Fact]
    public async Task An_exception_of_the_factory_fails_the_stream()
    {
        var restarting = RestartSource.WithBackoff(Source<int, NotUsed> () => throw Boom, Soon);

        Assert.Same(Boom, await Failure(restarting.RunWith(Sink.Ignore<int>(), Materializer)));
    }

    [Fact]
    public void Settings_keep_what_they_were_given_and_limit_nothing_by_default()
    {
        var settings = RestartSettings.Create(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), 0.2);
        var limited = settings.WithMaxRestarts(5, TimeSpan.FromMinutes(1));

        Assert.Equal(int.MaxValue, settings.MaxRestarts);
        Assert.Equal(TimeSpan.FromSeconds(1), settings.MaxRestartsWithin);
        Assert.Equal(5, limited.MaxRestarts);
        Assert.Equal(TimeSpan.FromMinutes(1), limited.MaxRestartsWithin);
        Assert.Equal(TimeSpan.FromSeconds(1), limited.MinBackoff);
        Assert.Equal(TimeSpan.FromSeconds(30), limited.MaxBackoff);
        Assert.Equal(0.2, limited.RandomFactor);
    }

    private static IEnumerable<int> OneThenFail(int element)
    {
        yield return element;
        throw Boom;
    }
}

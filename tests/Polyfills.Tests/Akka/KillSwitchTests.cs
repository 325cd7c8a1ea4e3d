using System.Threading.Channels;
using Akka.Streams;
using Akka.Streams.Dsl;

namespace Polyfills.Tests.AkkaStreams;

public sealed class KillSwitchTests : StreamTest
{
    private readonly Channel<int> _channel = Channel.CreateUnbounded<int>();

    [Fact]
    public async Task Shutdown_completes_downstream_and_cancels_upstream()
    {
        var ((upstream, killSwitch), elements) = ChannelSource.FromReader(_channel.Reader)
            .WatchTermination(Keep.Right)
            .ViaMaterialized(KillSwitches.Single<int>(), Keep.Both)
            .ToMaterialized(Sink.Seq<int>(), Keep.Both)
            .Run(Materializer);
        _channel.Writer.TryWrite(1);
        await Until(() => _channel.Reader.Count == 0);

        killSwitch.Shutdown();

        Assert.InRange((await End(elements)).Count, 0, 1);
        await End(upstream);
    }

    [Fact]
    public async Task Shutdown_lets_downstream_finish_what_it_has_and_takes_nothing_more()
    {
        var gate = new TaskCompletionSource();
        var started = 0;
        var (killSwitch, results) = ChannelSource.FromReader(_channel.Reader)
            .ViaMaterialized(KillSwitches.Single<int>(), Keep.Right)
            .SelectAsync(8, async n =>
            {
                Interlocked.Increment(ref started);
                await gate.Task;
                return n;
            })
            .GroupedWithin(100, TimeSpan.FromHours(1))
            .ToMaterialized(Sink.Seq<IEnumerable<int>>(), Keep.Both)
            .Run(Materializer);
        for (var n = 1; n <= 4; n++)
        {
            _channel.Writer.TryWrite(n);
        }

        await Until(() => Volatile.Read(ref started) == 4);
        killSwitch.Shutdown();
        gate.SetResult();

        Assert.Equal([1, 2, 3, 4], Assert.Single(await End(results)));
        _channel.Writer.TryWrite(5);
        Assert.Equal(1, _channel.Reader.Count);
    }

    [Fact]
    public async Task Abort_fails_downstream_and_cancels_upstream()
    {
        var boom = new InvalidOperationException("boom");
        var ((upstream, killSwitch), end) = ChannelSource.FromReader(_channel.Reader)
            .WatchTermination(Keep.Right)
            .ViaMaterialized(KillSwitches.Single<int>(), Keep.Both)
            .ToMaterialized(Sink.Ignore<int>(), Keep.Both)
            .Run(Materializer);

        killSwitch.Abort(boom);

        Assert.Same(boom, await Failure(end));
        Assert.Same(boom, await Failure(upstream));
    }

    [Fact]
    public async Task Only_the_first_command_counts()
    {
        var (killSwitch, end) = ChannelSource.FromReader(_channel.Reader)
            .ViaMaterialized(KillSwitches.Single<int>(), Keep.Right)
            .ToMaterialized(Sink.Ignore<int>(), Keep.Both)
            .Run(Materializer);

        killSwitch.Shutdown();
        killSwitch.Abort(new InvalidOperationException("too late"));
        killSwitch.Shutdown();

        await End(end);
    }

    [Fact]
    public async Task A_switch_ends_only_the_stream_it_was_materialised_with()
    {
        var graph = Source.From(OperatorTests.Naturals())
            .ViaMaterialized(KillSwitches.Single<int>(), Keep.Right)
            .ToMaterialized(Sink.Ignore<int>(), Keep.Both);
        var (firstSwitch, first) = graph.Run(Materializer);
        var (secondSwitch, second) = graph.Run(Materializer);

        firstSwitch.Shutdown();
        await End(first);

        Assert.NotSame(firstSwitch, secondSwitch);
        Assert.False(second.IsCompleted);
        secondSwitch.Shutdown();
        await End(second);
    }

    [Fact]
    public async Task A_shared_switch_ends_all_its_streams_and_those_started_later()
    {
        var killSwitch = KillSwitches.Shared("all");
        Task Run() => ChannelSource.FromReader(_channel.Reader).Via(killSwitch.Flow<int>()).RunWith(Sink.Ignore<int>(), Materializer);
        var first = Run();
        var second = Run();

        killSwitch.Shutdown();

        await End(first);
        await End(second);
        await End(Run());
        Assert.Equal("KillSwitch(all)", killSwitch.ToString());
    }

    [Fact]
    public async Task A_shared_switch_aborts_with_the_cause_and_is_its_flows_materialised_value()
    {
        var boom = new InvalidOperationException("boom");
        var killSwitch = KillSwitches.Shared("all");
        var (materialised, end) = ChannelSource.FromReader(_channel.Reader)
            .ViaMaterialized(killSwitch.Flow<int>(), Keep.Right)
            .ToMaterialized(Sink.Ignore<int>(), Keep.Both)
            .Run(Materializer);

        killSwitch.Abort(boom);

        Assert.Same(killSwitch, materialised);
        Assert.Same(boom, await Failure(end));
    }

    [Fact]
    public async Task Either_switch_can_be_used_as_an_IKillSwitch()
    {
        IGraph<FlowShape<int, int>, IKillSwitch> flow = KillSwitches.Single<int>();
        var (killSwitch, end) = ChannelSource.FromReader(_channel.Reader)
            .ViaMaterialized(flow, Keep.Right)
            .ToMaterialized(Sink.Ignore<int>(), Keep.Both)
            .Run(Materializer);

        killSwitch.Shutdown();

        await End(end);
    }
}

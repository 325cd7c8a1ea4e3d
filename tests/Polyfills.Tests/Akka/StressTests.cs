using System.Threading.Channels;
using Akka.Streams;
using Akka.Streams.Dsl;

namespace Polyfills.Tests.AkkaStreams;

public sealed class StressTests : StreamTest
{
    [Fact]
    public async Task A_million_elements_pass_a_transacting_stream_once_and_in_order()
    {
        const int Count = 1_000_000;
        var channel = Channel.CreateBounded<int>(1024);
        var writing = Task.Run(async () =>
        {
            for (var n = 1; n <= Count; n++)
            {
                await channel.Writer.WriteAsync(n);
            }

            channel.Writer.Complete();
        });
        var next = 1;
        var outOfOrder = 0;
        await End(ChannelSource.FromReader(channel.Reader)
            .ViaMaterialized(KillSwitches.Single<int>(), Keep.Right)
            .SelectAsync(16, async n =>
            {
                if (n % 64 == 0)
                {
                    await Task.Yield();
                }

                return n;
            })
            .GroupedWithin(100, TimeSpan.FromMilliseconds(20))
            .SelectAsync(1, async group =>
            {
                await Task.Yield();
                foreach (var n in group)
                {
                    outOfOrder += n == next ? 0 : 1;
                    next = n + 1;
                }

                return next;
            })
            .RunWith(Sink.Ignore<int>(), Materializer));
        await End(writing);

        Assert.Equal(0, outOfOrder);
        Assert.Equal(Count + 1, next);
    }

    [Fact]
    public async Task Streams_that_are_switched_off_at_any_moment_end_and_lose_nothing_they_took()
    {
        for (var round = 0; round < 200; round++)
        {
            var channel = Channel.CreateUnbounded<int>();
            var random = new Random(round);
            for (var n = 1; n <= 50; n++)
            {
                channel.Writer.TryWrite(n);
            }

            var mapped = 0;
            var (killSwitch, results) = ChannelSource.FromReader(channel.Reader)
                .ViaMaterialized(KillSwitches.Single<int>(), Keep.Right)
                .SelectAsync(4, async n =>
                {
                    Interlocked.Increment(ref mapped);
                    await Task.Yield();
                    return n;
                })
                .GroupedWithin(random.Next(1, 10), TimeSpan.FromMilliseconds(1))
                .ToMaterialized(Sink.Seq<IEnumerable<int>>(), Keep.Both)
                .Run(Materializer);
            Thread.SpinWait(random.Next(20_000));
            killSwitch.Shutdown();

            var elements = (await End(results)).SelectMany(group => group).ToArray();
            Assert.Equal(Enumerable.Range(1, mapped), elements);
        }
    }

    [Fact]
    public async Task Many_streams_run_side_by_side()
    {
        var runs = Enumerable.Range(1, 100).Select(stream => Source.From(Enumerable.Range(stream, 500))
            .SelectAsync(3, async n =>
            {
                await Task.Yield();
                return n;
            })
            .RunWith(Sink.Seq<int>(), Materializer));

        var results = await End(Task.WhenAll(runs));

        for (var stream = 1; stream <= 100; stream++)
        {
            Assert.Equal(Enumerable.Range(stream, 500), results[stream - 1]);
        }
    }
}

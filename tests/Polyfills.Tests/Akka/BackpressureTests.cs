using System.Threading.Channels;
using Akka.Streams;
using Akka.Streams.Dsl;

namespace Polyfills.Tests.AkkaStreams;

public sealed class BackpressureTests : StreamTest
{
    // What a source may have produced beyond what its direct consumer has taken: one element prepared, one under way.
    private const int SourceAhead = 2;

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task A_fast_source_runs_no_further_ahead_of_SelectAsync_than_its_parallelism(int parallelism)
    {
        var ahead = new AheadCounter();
        await End(Source.From(ahead.Produce(500))
            .SelectAsync(parallelism, async n =>
            {
                await Task.Yield();
                return n;
            })
            .RunForeach(ahead.Consume, Materializer));

        Assert.InRange(ahead.Most, 1, parallelism + SourceAhead);
        Assert.Equal(500, ahead.Consumed);
    }

    [Fact]
    public async Task SelectAsync_runs_up_to_its_parallelism_and_never_more()
    {
        var running = 0;
        var most = 0;
        await End(Source.From(Enumerable.Range(1, 200))
            .SelectAsync(8, async n =>
            {
                var now = Interlocked.Increment(ref running);
                most = Math.Max(most, now);
                await Task.Delay(1);
                Interlocked.Decrement(ref running);
                return n;
            })
            .RunWith(Sink.Ignore<int>(), Materializer));

        Assert.InRange(most, 2, 8);
    }

    [Fact]
    public async Task ForEachAsync_runs_no_more_actions_than_its_parallelism()
    {
        var running = 0;
        var most = 0;
        await End(Source.From(Enumerable.Range(1, 200)).RunWith(
            Sink.ForEachAsync<int>(3, async _ =>
            {
                var now = Interlocked.Increment(ref running);
                lock (this)
                {
                    most = Math.Max(most, now);
                }

                await Task.Yield();
                Interlocked.Decrement(ref running);
            }),
            Materializer));

        Assert.InRange(most, 1, 3);
    }

    [Fact]
    public async Task A_buffer_fills_while_downstream_is_busy_and_takes_no_more_than_its_size()
    {
        var gate = new TaskCompletionSource();
        var ahead = new AheadCounter();
        var end = Source.From(ahead.Produce(200))
            .Buffer(16, OverflowStrategy.Backpressure)
            .SelectAsync(1, async n =>
            {
                await gate.Task;
                return n;
            })
            .RunForeach(ahead.Consume, Materializer);

        await Until(() => ahead.Produced >= 16);
        gate.SetResult();
        await End(end);

        Assert.InRange(ahead.Most, 16, 16 + 1 + SourceAhead);
    }

    [Fact]
    public async Task A_blocked_stream_takes_no_more_from_its_channel_than_it_has_room_for()
    {
        var channel = Channel.CreateUnbounded<int>();
        for (var n = 1; n <= 100; n++)
        {
            channel.Writer.TryWrite(n);
        }

        channel.Writer.Complete();
        var gate = new TaskCompletionSource();
        var started = 0;
        var inChannelWhenLastStarted = 0;
        var results = ChannelSource.FromReader(channel.Reader)
            .SelectAsync(4, async n =>
            {
                if (Interlocked.Increment(ref started) == 4)
                {
                    inChannelWhenLastStarted = channel.Reader.Count;
                }

                await gate.Task;
                return n;
            })
            .RunWith(Sink.Seq<int>(), Materializer);

        await Until(() => Volatile.Read(ref started) == 4);
        Assert.Equal(96, channel.Reader.Count);
        Assert.Equal(96, inChannelWhenLastStarted);
        gate.SetResult();

        Assert.Equal(Enumerable.Range(1, 100), await End(results));
    }

    [Fact]
    public async Task GroupedWithin_gathers_no_more_than_a_group_and_one_element_while_downstream_is_busy()
    {
        var gate = new TaskCompletionSource();
        var ahead = new AheadCounter();
        var end = Source.From(ahead.Produce(100))
            .GroupedWithin(10, TimeSpan.FromHours(1))
            .SelectAsync(1, async group =>
            {
                await gate.Task;
                return group;
            })
            .SelectMany(group => group)
            .RunForeach(ahead.Consume, Materializer);

        await Until(() => ahead.Produced >= 20);
        gate.SetResult();
        await End(end);

        Assert.InRange(ahead.Most, 20, 10 + 10 + 10 + 1 + SourceAhead);
    }

    [Fact]
    public async Task A_capacity_below_one_fails_the_stream()
    {
        var one = Source.Single(1);

        Assert.IsType<ArgumentException>(
            await Failure(one.Buffer(0, OverflowStrategy.Backpressure).RunWith(Sink.Ignore<int>(), Materializer)));
        Assert.IsType<ArgumentException>(await Failure(one.SelectAsync(0, Task.FromResult).RunWith(Sink.Ignore<int>(), Materializer)));
        Assert.IsType<ArgumentException>(
            await Failure(one.SelectAsyncUnordered(0, Task.FromResult).RunWith(Sink.Ignore<int>(), Materializer)));
    }

    private sealed class AheadCounter
    {
        private int _produced;

        public int Consumed { get; private set; }

        public int Most { get; private set; }

        public int Produced => Volatile.Read(ref _produced);

        public IEnumerable<int> Produce(int count)
        {
            for (var n = 1; n <= count; n++)
            {
                Most = Math.Max(Most, Interlocked.Increment(ref _produced) - Consumed);
                yield return n;
            }
        }

        public void Consume(int element) => Consumed++;
    }
}

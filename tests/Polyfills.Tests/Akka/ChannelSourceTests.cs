using System.Threading.Channels;
using Akka.Streams.Dsl;

namespace Polyfills.Tests.AkkaStreams;

public sealed class ChannelSourceTests : StreamTest
{
    [Fact]
    public async Task Elements_written_before_and_after_the_start_come_in_order_until_the_channel_completes()
    {
        var channel = Channel.CreateUnbounded<int>();
        channel.Writer.TryWrite(1);
        channel.Writer.TryWrite(2);
        var second = new TaskCompletionSource();
        var elements = ChannelSource.FromReader(channel.Reader)
            .Select(n =>
            {
                if (n == 2)
                {
                    second.SetResult();
                }

                return n;
            })
            .RunWith(Sink.Seq<int>(), Materializer);

        await End(second.Task);
        channel.Writer.TryWrite(3);
        channel.Writer.Complete();

        Assert.Equal([1, 2, 3], await End(elements));
    }

    [Fact]
    public async Task A_channel_that_is_complete_from_the_start_gives_its_elements_and_completes()
    {
        var channel = Channel.CreateUnbounded<int>();
        channel.Writer.TryWrite(1);
        channel.Writer.Complete();

        Assert.Equal([1], await End(ChannelSource.FromReader(channel.Reader).RunWith(Sink.Seq<int>(), Materializer)));
        Assert.Empty(await End(ChannelSource.FromReader(channel.Reader).RunWith(Sink.Seq<int>(), Materializer)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_failure_of_the_channel_fails_the_stream_after_its_elements(bool beforeStart)
    {
        var boom = new InvalidOperationException("boom");
        var channel = Channel.CreateUnbounded<int>();
        channel.Writer.TryWrite(1);
        if (beforeStart)
        {
            channel.Writer.Complete(boom);
        }

        var first = new TaskCompletionSource<int>();
        var end = ChannelSource.FromReader(channel.Reader).RunForeach(n => first.SetResult(n), Materializer);
        Assert.Equal(1, await End(first.Task));
        channel.Writer.TryComplete(boom);

        Assert.Same(boom, await Failure(end));
    }

    [Fact]
    public async Task After_cancellation_the_rest_stays_in_the_channel_for_another_reader()
    {
        var channel = Channel.CreateUnbounded<int>();
        for (var n = 1; n <= 10; n++)
        {
            channel.Writer.TryWrite(n);
        }

        channel.Writer.Complete();

        Assert.Equal([1, 2, 3], await End(ChannelSource.FromReader(channel.Reader).Take(3).RunWith(Sink.Seq<int>(), Materializer)));
        Assert.Equal([4, 5, 6, 7, 8, 9, 10], await End(ChannelSource.FromReader(channel.Reader).RunWith(Sink.Seq<int>(), Materializer)));
    }

    [Fact]
    public async Task A_bounded_channel_holds_its_writer_back()
    {
        var channel = Channel.CreateBounded<int>(4);
        var writing = Task.Run(async () =>
        {
            for (var n = 1; n <= 1000; n++)
            {
                await channel.Writer.WriteAsync(n);
            }

            channel.Writer.Complete();
        });

        var elements = await End(ChannelSource.FromReader(channel.Reader).RunWith(Sink.Seq<int>(), Materializer));
        await End(writing);

        Assert.Equal(Enumerable.Range(1, 1000), elements);
    }

    [Fact]
    public void A_reader_is_required() =>
        Assert.Throws<ArgumentNullException>(() => ChannelSource.FromReader<int>(null!));
}

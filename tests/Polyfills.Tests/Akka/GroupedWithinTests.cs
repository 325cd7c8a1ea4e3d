using System.Threading.Channels;
using Akka.Streams.Dsl;

namespace Polyfills.Tests.AkkaStreams;

public sealed class GroupedWithinTests : StreamTest
{
    [Theory]
    [InlineData(1, 4)]
    [InlineData(4, 4)]
    [InlineData(4, 11)]
    [InlineData(100, 7)]
    public async Task Full_groups_are_emitted_and_the_rest_at_the_end(int size, int count)
    {
        var elements = Enumerable.Range(1, count).ToArray();
        var groups = await End(
            Source.From(elements).GroupedWithin(size, TimeSpan.FromHours(1)).RunWith(Sink.Seq<IEnumerable<int>>(), Materializer));

        Assert.Equal(elements.Chunk(size), groups);
    }

    [Fact]
    public async Task A_group_is_emitted_when_the_time_has_passed()
    {
        var channel = Channel.CreateUnbounded<string>();
        var emitted = new TaskCompletionSource<IEnumerable<string>>();
        var end = ChannelSource.FromReader(channel.Reader)
            .GroupedWithin(1000, TimeSpan.FromMilliseconds(50))
            .RunForeach(group => emitted.TrySetResult(group), Materializer);

        channel.Writer.TryWrite("only");

        Assert.Equal(["only"], await End(emitted.Task));
        channel.Writer.Complete();
        await End(end);
    }

    [Fact]
    public async Task No_empty_group_is_ever_emitted()
    {
        var channel = Channel.CreateUnbounded<string>();
        var groups = ChannelSource.FromReader(channel.Reader)
            .GroupedWithin(1000, TimeSpan.FromMilliseconds(1))
            .RunWith(Sink.Seq<IEnumerable<string>>(), Materializer);

        for (var i = 0; i < 20; i++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
            channel.Writer.TryWrite($"{i}");
        }

        channel.Writer.Complete();

        Assert.All(await End(groups), group => Assert.NotEmpty(group));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i}"), (await groups).SelectMany(group => group));
    }

    [Fact]
    public async Task Groups_already_emitted_do_not_change()
    {
        var groups = await End(
            Source.From(OperatorTests.Naturals()).Take(100).GroupedWithin(10, TimeSpan.FromMilliseconds(1))
                .RunWith(Sink.Seq<IEnumerable<int>>(), Materializer));

        Assert.Equal(Enumerable.Range(1, 100), groups.SelectMany(group => group));
    }

    [Fact]
    public async Task While_downstream_is_busy_no_group_grows_beyond_its_size()
    {
        var groups = await End(Source.From(Enumerable.Range(1, 500))
            .GroupedWithin(7, TimeSpan.FromMilliseconds(1))
            .SelectAsync(1, async group =>
            {
                await Task.Delay(1);
                return group;
            })
            .RunWith(Sink.Seq<IEnumerable<int>>(), Materializer));

        Assert.Equal(Enumerable.Range(1, 500), groups.SelectMany(group => group));
        Assert.All(groups, group => Assert.InRange(group.Count(), 1, 7));
    }

    [Fact]
    public void Size_and_time_must_be_positive()
    {
        Assert.Throws<ArgumentException>(() => Source.Single(1).GroupedWithin(0, TimeSpan.FromSeconds(1)));
        Assert.Throws<ArgumentException>(() => Flow.Create<int>().GroupedWithin(1, TimeSpan.Zero));
    }
}

using System.Threading.Channels;
using Akka.Streams.Dsl;

namespace Polyfills.Tests.AkkaStreams;

public sealed class FailureTests : StreamTest
{
    private static readonly InvalidOperationException Boom = new("boom");

    [Fact]
    public async Task An_exception_in_a_function_fails_the_stream_with_that_exception()
    {
        var source = Source.From(Enumerable.Range(1, 3));

        Assert.Same(Boom, await Failure(source.Select(int (_) => throw Boom).RunWith(Sink.Ignore<int>(), Materializer)));
        Assert.Same(Boom, await Failure(source.Where(_ => throw Boom).RunWith(Sink.Seq<int>(), Materializer)));
        Assert.Same(Boom, await Failure(source.SelectMany(IEnumerable<int> (_) => throw Boom).RunWith(Sink.Seq<int>(), Materializer)));
        Assert.Same(Boom, await Failure(source.SelectAsync(2, Task<int> (_) => throw Boom).RunWith(Sink.Seq<int>(), Materializer)));
        Assert.Same(Boom, await Failure(source.RunForeach(_ => throw Boom, Materializer)));
        Assert.Same(Boom, await Failure(source.RunWith(Sink.ForEachAsync<int>(2, _ => throw Boom), Materializer)));
    }

    [Fact]
    public async Task A_failed_source_fails_the_stream()
    {
        Assert.Same(Boom, await Failure(Source.Failed<int>(Boom).RunWith(Sink.Seq<int>(), Materializer)));
        Assert.Same(Boom, await Failure(Source.From(Broken()).RunWith(Sink.Seq<int>(), Materializer)));
    }

    [Fact]
    public async Task Elements_before_the_failure_are_delivered()
    {
        var seen = new List<int>();

        Assert.Same(Boom, await Failure(Source.From(Broken()).RunForeach(seen.Add, Materializer)));
        Assert.Equal([1, 2], seen);
    }

    [Fact]
    public async Task A_failed_task_fails_the_stream()
    {
        var source = Source.From(Enumerable.Range(1, 3));

        Assert.Same(Boom, await Failure(source.SelectAsync(2, Later).RunWith(Sink.Ignore<int>(), Materializer)));
        Assert.Same(
            Boom, await Failure(source.SelectAsync(2, _ => Task.FromException<int>(Boom)).RunWith(Sink.Ignore<int>(), Materializer)));
        Assert.Same(Boom, await Failure(source.SelectAsyncUnordered(2, Later).RunWith(Sink.Ignore<int>(), Materializer)));
        Assert.Same(Boom, await Failure(source.RunWith(Sink.ForEachAsync<int>(2, Later), Materializer)));

        static async Task<int> Later(int n)
        {
            await Task.Yield();
            throw Boom;
        }
    }

    [Fact]
    public async Task A_failed_task_fails_the_stream_while_tasks_of_earlier_elements_still_run()
    {
        var never = new TaskCompletionSource<int>();
        var failing = new TaskCompletionSource<int>();
        var end = Source.From([never, failing]).SelectAsync(2, source => source.Task).RunWith(Sink.Ignore<int>(), Materializer);

        failing.SetException(Boom);

        Assert.Same(Boom, await Failure(end));
    }

    [Fact]
    public async Task A_cancelled_task_fails_the_stream()
    {
        var end = Source.Single("element")
            .SelectAsync(2, _ => Task.FromCanceled<string>(new CancellationToken(canceled: true)))
            .RunWith(Sink.Ignore<string>(), Materializer);

        Assert.NotNull(await Failure(end));
    }

    [Fact]
    public async Task Null_is_no_element()
    {
        var source = Source.From(Enumerable.Range(1, 3));
        var ignore = Sink.Ignore<string>();

        Assert.Throws<ArgumentNullException>(() => Source.Single<string>(null!));
        Assert.IsType<ArgumentNullException>(await Failure(source.Select(_ => (string)null!).RunWith(ignore, Materializer)));
        Assert.IsType<ArgumentNullException>(
            await Failure(source.SelectAsync(2, _ => Task.FromResult<string>(null!)).RunWith(ignore, Materializer)));
        Assert.IsType<ArgumentNullException>(
            await Failure(source.SelectAsyncUnordered(2, _ => Task.FromResult<string>(null!)).RunWith(ignore, Materializer)));
    }

    [Fact]
    public async Task A_failure_drops_what_a_group_has_gathered()
    {
        var groups = new List<IEnumerable<int>>();
        var end = Source.From(Broken()).GroupedWithin(10, TimeSpan.FromHours(1)).RunForeach(groups.Add, Materializer);

        Assert.Same(Boom, await Failure(end));
        Assert.Empty(groups);
    }

    [Fact]
    public async Task After_a_failure_nothing_more_is_taken_from_the_source()
    {
        var channel = Channel.CreateUnbounded<int>();
        for (var n = 1; n <= 10; n++)
        {
            channel.Writer.TryWrite(n);
        }

        var end = ChannelSource.FromReader(channel.Reader).Select(n => n == 3 ? throw Boom : n).RunWith(Sink.Ignore<int>(), Materializer);

        Assert.Same(Boom, await Failure(end));
        Assert.Equal(7, channel.Reader.Count);
    }

    private static IEnumerable<int> Broken()
    {
        yield return 1;
        yield return 2;
        throw Boom;
    }
}

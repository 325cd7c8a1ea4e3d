using Akka;
using Akka.Streams;
using Akka.Streams.Dsl;

namespace Polyfills.Tests.AkkaStreams;

public sealed class OperatorTests : StreamTest
{
    private static readonly int[] OneToFive = [1, 2, 3, 4, 5];

    [Fact]
    public async Task A_source_emits_its_elements_in_order_and_completes()
    {
        Assert.Equal(OneToFive, await End(Source.From(OneToFive).RunWith(Sink.Seq<int>(), Materializer)));
        Assert.Equal([7], await End(Source.Single(7).RunWith(Sink.Seq<int>(), Materializer)));
        Assert.Empty(await End(Source.Empty<int>().RunWith(Sink.Seq<int>(), Materializer)));
        Assert.Empty(await End(Source.From(Array.Empty<int>()).RunWith(Sink.Seq<int>(), Materializer)));
    }

    [Fact]
    public async Task Select_and_Where_apply_to_each_element_in_order()
    {
        var odd = Source.From(OneToFive).Where(n => n % 2 == 1).Select(n => $"#{n}");

        Assert.Equal(["#1", "#3", "#5"], await End(odd.RunWith(Sink.Seq<string>(), Materializer)));
    }

    [Fact]
    public async Task SelectMany_emits_what_each_element_gives_which_may_be_nothing()
    {
        var repeated = Source.From([2, 0, 0, 3, 0]).SelectMany(n => Enumerable.Repeat(n, n));

        Assert.Equal([2, 2, 3, 3, 3], await End(repeated.RunWith(Sink.Seq<int>(), Materializer)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(9)]
    public async Task Take_completes_after_so_many_elements(int count)
    {
        var taken = Source.From(OneToFive).Take(count);

        Assert.Equal(OneToFive.Take(count), await End(taken.RunWith(Sink.Seq<int>(), Materializer)));
    }

    [Fact]
    public async Task Take_ends_a_source_that_never_does()
    {
        var endless = Source.From(Naturals()).Take(3);

        Assert.Equal([1, 2, 3], await End(endless.RunWith(Sink.Seq<int>(), Materializer)));
    }

    [Fact]
    public async Task SelectAsync_emits_results_in_the_order_of_the_elements()
    {
        var tasks = OneToFive.ToDictionary(n => n, _ => new TaskCompletionSource<string>());
        var results = Source.From(OneToFive).SelectAsync(5, n => tasks[n].Task).RunWith(Sink.Seq<string>(), Materializer);

        foreach (var n in OneToFive.Reverse())
        {
            tasks[n].SetResult($"#{n}");
        }

        Assert.Equal(["#1", "#2", "#3", "#4", "#5"], await End(results));
    }

    [Fact]
    public async Task SelectAsync_emits_the_first_result_while_later_tasks_run()
    {
        var first = new TaskCompletionSource<string>();
        var second = new TaskCompletionSource<string>();
        var emitted = new TaskCompletionSource<string>();
        var end = Source.From([first, second]).SelectAsync(2, source => source.Task)
            .RunForeach(result => emitted.TrySetResult(result), Materializer);

        first.SetResult("first");

        Assert.Equal("first", await End(emitted.Task));
        Assert.False(end.IsCompleted);
        second.SetResult("second");
        await End(end);
    }

    [Fact]
    public async Task SelectAsyncUnordered_emits_a_result_before_that_of_an_earlier_element()
    {
        var first = new TaskCompletionSource<string>();
        var second = new TaskCompletionSource<string>();
        var emitted = new TaskCompletionSource<string>();
        var results = Source.From([first, second]).SelectAsyncUnordered(2, source => source.Task)
            .Select(result =>
            {
                emitted.TrySetResult(result);
                return result;
            })
            .RunWith(Sink.Seq<string>(), Materializer);

        second.SetResult("second");
        Assert.Equal("second", await End(emitted.Task));
        first.SetResult("first");

        Assert.Equal(["second", "first"], await End(results));
    }

    [Fact]
    public async Task Completion_waits_for_tasks_and_buffers()
    {
        var gate = new TaskCompletionSource();
        var results = Source.From(OneToFive)
            .Buffer(2, OverflowStrategy.Backpressure)
            .SelectAsync(3, async n =>
            {
                await gate.Task;
                return n;
            })
            .SelectAsyncUnordered(1, async n =>
            {
                await Task.Yield();
                return n;
            })
            .Buffer(2, OverflowStrategy.Backpressure)
            .RunWith(Sink.Seq<int>(), Materializer);

        Assert.False(results.IsCompleted);
        gate.SetResult();

        Assert.Equal(OneToFive, await End(results));
    }

    [Fact]
    public async Task ForEach_and_ForEachAsync_see_every_element_before_they_complete()
    {
        var seen = new List<int>();
        Assert.Same(Done.Instance, await End(Source.From(OneToFive).RunWith(Sink.ForEach<int>(seen.Add), Materializer)));
        Assert.Equal(OneToFive, seen);

        var sum = 0;
        Assert.Same(Done.Instance, await End(Source.From(OneToFive).RunWith(
            Sink.ForEachAsync<int>(2, async n =>
            {
                await Task.Yield();
                Interlocked.Add(ref sum, n);
            }),
            Materializer)));
        Assert.Equal(15, sum);
    }

    [Fact]
    public async Task Flows_apply_every_operator_as_sources_do()
    {
        var flow = Flow.Create<int>()
            .Select(n => n * 10)
            .Where(n => n != 20)
            .SelectMany(n => new[] { n, n + 1 })
            .SelectAsync(2, n => Task.FromResult(n))
            .SelectAsyncUnordered(1, n => Task.FromResult(n))
            .Buffer(3, OverflowStrategy.Backpressure)
            .Take(7)
            .GroupedWithin(3, TimeSpan.FromHours(1));

        var groups = await End(Source.From(OneToFive).Via(flow).RunWith(Sink.Seq<IEnumerable<int>>(), Materializer));

        Assert.Equal([[10, 11, 30], [31, 40, 41], [50]], groups);
    }

    [Fact]
    public async Task Any_chain_of_operators_does_what_the_same_chain_of_LINQ_does()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var elements = Enumerable.Range(1, random.Next(200)).Select(n => $"{n}").ToArray();
            var source = Source.From(elements);
            IEnumerable<string> expected = elements;
            for (var operators = random.Next(8); operators > 0; operators--)
            {
                (source, expected) = Extend(source, expected, random);
            }

            Assert.Equal(expected.ToArray(), await End(source.RunWith(Sink.Seq<string>(), Materializer)));
        }
    }

    private static (Source<string, NotUsed> Source, IEnumerable<string> Expected) Extend(
        Source<string, NotUsed> source, IEnumerable<string> expected, Random random)
    {
        var n = random.Next(1, 20);
        return random.Next(8) switch
        {
            0 => (source.Select(s => s + "a"), expected.Select(s => s + "a")),
            1 => (source.Where(s => s.Length % 3 != 0), expected.Where(s => s.Length % 3 != 0)),
            2 => (source.SelectMany(s => s.Length % 2 == 0 ? [s, s] : Array.Empty<string>()),
                expected.SelectMany(s => s.Length % 2 == 0 ? [s, s] : Array.Empty<string>())),
            3 => (source.SelectAsync(n, Task.FromResult), expected),
            4 => (source.SelectAsync(n, SometimesLater), expected),
            5 => (source.Buffer(n, OverflowStrategy.Backpressure), expected),
            6 => (source.GroupedWithin(n, TimeSpan.FromHours(1)).SelectMany(group => group), expected),
            _ => (source.Take(n * 10), expected.Take(n * 10)),
        };
    }

    private static async Task<string> SometimesLater(string element)
    {
        if (element.Length % 2 == 0)
        {
            await Task.Yield();
        }

        return element;
    }

    internal static IEnumerable<int> Naturals()
    {
        for (var n = 1; ; n++)
        {
            yield return n;
        }
    }
}

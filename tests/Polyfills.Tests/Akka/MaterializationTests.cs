using System.Threading.Channels;
using Akka;
using Akka.Actor;
using Akka.Pattern;
using Akka.Streams;
using Akka.Streams.Dsl;

namespace Polyfills.Tests.AkkaStreams;

public sealed class MaterializationTests : StreamTest
{
    [Fact]
    public async Task Keep_chooses_among_the_materialised_values()
    {
        var source = Source.Single(1).MapMaterializedValue(_ => "source");
        var flow = Flow.Create<int>().MapMaterializedValue(_ => "flow");
        var sink = Sink.Ignore<int>().MapMaterializedValue(_ => "sink");

        Assert.Equal("source", source.Via(flow).To(sink).Run(Materializer));
        Assert.Equal("flow", source.ViaMaterialized(flow, Keep.Right).To(sink).Run(Materializer));
        Assert.Equal("sink", source.RunWith(sink, Materializer));
        Assert.Equal(("source", "sink"), source.ToMaterialized(sink, Keep.Both).Run(Materializer));
        Assert.Same(NotUsed.Instance, source.ToMaterialized(sink, Keep.None).Run(Materializer));
        Assert.Equal("flow", source.RunWith(flow.To(sink), Materializer));
        Assert.Equal(("flow", "sink"), source.RunWith(flow.Select(n => n).ToMaterialized(sink, Keep.Both), Materializer));
        Assert.Equal(("flow", "second"), source.ViaMaterialized(
            flow.Select(n => n).ViaMaterialized(Flow.Create<int>().MapMaterializedValue(_ => "second"), Keep.Both), Keep.Right)
            .To(sink).Run(Materializer));
        Assert.Equal("flow", source.ViaMaterialized(flow.Via(Flow.Create<int>().Select(n => n)), Keep.Right).To(sink).Run(Materializer));
        Assert.Equal("mapped source", source.To(sink).MapMaterializedValue(value => $"mapped {value}").Run(Materializer));
        Assert.Equal("()", Source.Single(1).To(Sink.Seq<int>()).Run(Materializer).ToString());
        Assert.Equal([1], await End(source.RunWith(Sink.Seq<int>(), Materializer)));
    }

    [Fact]
    public async Task A_graph_runs_afresh_each_time_it_is_materialised()
    {
        var graph = Source.From(Enumerable.Range(1, 100)).Select(n => n + 1).Buffer(5, OverflowStrategy.Backpressure)
            .ToMaterialized(Sink.Seq<int>(), Keep.Right);

        var runs = await End(Task.WhenAll(Enumerable.Range(0, 20).Select(_ => graph.Run(Materializer))));

        Assert.All(runs, run => Assert.Equal(Enumerable.Range(2, 100), run));
    }

    [Fact]
    public async Task WatchTermination_completes_with_the_stream_or_its_cancellation()
    {
        var (ended, elements) = Source.From([1, 2]).WatchTermination((_, task) => task).ToMaterialized(Sink.Seq<int>(), Keep.Both)
            .Run(Materializer);
        Assert.Same(Done.Instance, await End(ended));
        Assert.Equal([1, 2], await End(elements));

        Assert.Same(Done.Instance, await End(
            Source.From(OperatorTests.Naturals()).WatchTermination(Keep.Right).Take(1).To(Sink.Ignore<int>()).Run(Materializer)));
    }

    [Fact]
    public async Task WatchTermination_fails_with_a_failure_of_either_side()
    {
        var boom = new InvalidOperationException("boom");
        var watching = Flow.Create<int>().WatchTermination(Keep.Right);

        Assert.Same(boom, await Failure(
            Source.Failed<int>(boom).ViaMaterialized(watching, Keep.Right).To(Sink.Ignore<int>()).Run(Materializer)));
        Assert.Same(boom, await Failure(
            Source.From([1, 2]).ViaMaterialized(watching, Keep.Right).Select(int (_) => throw boom).To(Sink.Ignore<int>())
                .Run(Materializer)));
    }

    [Fact]
    public async Task Termination_of_the_system_stops_its_streams_abruptly()
    {
        var channel = Channel.CreateUnbounded<int>();
        var (ended, elements) = ChannelSource.FromReader(channel.Reader).WatchTermination(Keep.Right)
            .ToMaterialized(Sink.Seq<int>(), Keep.Both).Run(Materializer);
        channel.Writer.TryWrite(1);
        await Until(() => channel.Reader.Count == 0);

        await End(System.Terminate());

        Assert.True(System.WhenTerminated.IsCompletedSuccessfully);
        Assert.IsType<AbruptStageTerminationException>(await Failure(ended));
        Assert.IsType<AbruptStageTerminationException>(await Failure(elements));
        channel.Writer.TryWrite(2);
        Assert.Equal(1, channel.Reader.Count);
    }

    [Fact]
    public async Task After_termination_no_stream_starts_another_task()
    {
        var gate = new TaskCompletionSource();
        var started = 0;
        var ended = Source.From(OperatorTests.Naturals())
            .SelectAsync(4, async n =>
            {
                Interlocked.Increment(ref started);
                await gate.Task;
                return n;
            })
            .WatchTermination(Keep.Right)
            .To(Sink.Ignore<int>())
            .Run(Materializer);
        await Until(() => Volatile.Read(ref started) == 4);

        await End(System.Terminate());
        gate.SetResult();

        Assert.IsType<AbruptStageTerminationException>(await Failure(ended));
        Assert.Equal(4, Volatile.Read(ref started));
    }

    [Fact]
    public async Task Shutting_the_materializer_down_stops_its_streams_and_starts_no_more()
    {
        var materializer = System.Materializer();
        var ended = Source.From(OperatorTests.Naturals()).WatchTermination(Keep.Right).To(Sink.Ignore<int>()).Run(materializer);
        Assert.False(materializer.IsShutdown);

        materializer.Shutdown();
        materializer.Dispose();

        Assert.True(materializer.IsShutdown);
        Assert.IsType<AbruptStageTerminationException>(await Failure(ended));
        Assert.Throws<IllegalStateException>(() => Source.Single(1).To(Sink.Ignore<int>()).Run(materializer));
    }

    [Fact]
    public void A_system_has_one_materializer_and_a_valid_name()
    {
        Assert.Equal("contract-tests", System.Name);
        Assert.Same(System.Materializer(), System.Materializer());
        Assert.Same(System, System.Materializer().System);
        Assert.Throws<ArgumentException>(() => ActorSystem.Create("not valid"));
        Assert.Throws<ArgumentException>(() => ActorSystem.Create("-leading"));
        Assert.Throws<ArgumentNullException>(() => ActorMaterializerExtensions.Materializer(null!));
    }

    [Fact]
    public async Task A_system_terminates_when_disposed_and_only_once()
    {
        var system = ActorSystem.Create("disposed");
        var end = Source.From([1]).RunWith(Sink.Seq<int>(), system.Materializer());
        await End(end);

        system.Dispose();
        system.Dispose();

        await End(system.Terminate());
        Assert.True(system.WhenTerminated.IsCompletedSuccessfully);
    }
}

using System.Collections.Immutable;
using Akka.Streams.Internal;

namespace Akka.Streams.Dsl;

/// <summary>A part of a stream with one input.</summary>
public sealed class Sink<TIn, TMat> : IGraph<SinkShape<TIn>, TMat>, ISinkGraph<TIn, TMat>
{
    private readonly Func<Island, Connection<TIn>, TMat> _build;

    internal Sink(Func<Island, Connection<TIn>, TMat> build) => _build = build;

    /// <summary>Returns the same sink, with its materialised value passed through the function.</summary>
    public Sink<TIn, TMat2> MapMaterializedValue<TMat2>(Func<TMat, TMat2> fn) => new((island, input) => fn(_build(island, input)));

    TMat ISinkGraph<TIn, TMat>.Build(Island island, Connection<TIn> input) => _build(island, input);
}

/// <summary>Makes sinks.</summary>
public static class Sink
{
    /// <summary>
    /// Returns a sink that drops every element. Its task completes, or fails, as the stream does, and stays pending when the
    /// materializer or the actor system ends first: see <see cref="SourceOperations.WatchTermination"/>.
    /// </summary>
    public static Sink<TIn, Task<Done>> Ignore<TIn>() => new((island, input) => new IgnoreStage<TIn>(island, input).Completion);

    /// <summary>Returns a sink that calls the action with each element. Its task completes, or fails, as the stream does.</summary>
    public static Sink<TIn, Task<Done>> ForEach<TIn>(Action<TIn> action) => Flow.Create<TIn>()
        .Select(element =>
        {
            action(element);
            return NotUsed.Instance;
        })
        .ToMaterialized(Ignore<NotUsed>(), Keep.Right);

    /// <summary>
    /// Returns a sink that starts the action with each element, at most <paramref name="parallelism"/> at a time. Its task
    /// completes when the stream and every action have, and fails with the first of them that does.
    /// </summary>
    public static Sink<TIn, Task<Done>> ForEachAsync<TIn>(int parallelism, Func<TIn, Task> action) => Flow.Create<TIn>()
        .SelectAsyncUnordered(parallelism, async element =>
        {
            await action(element).ConfigureAwait(false);
            return NotUsed.Instance;
        })
        .ToMaterialized(Ignore<NotUsed>(), Keep.Right);

    /// <summary>Returns a sink that collects every element. Its task gives them, in order, when the stream completes.</summary>
    public static Sink<TIn, Task<IImmutableList<TIn>>> Seq<TIn>() =>
        new((island, input) => new SeqStage<TIn>(island, input).Completion);
}

using Akka.Streams.Internal;

namespace Akka.Streams.Dsl;

/// <summary>A part of a stream with one output.</summary>
public sealed class Source<TOut, TMat> : IGraph<SourceShape<TOut>, TMat>, ISourceGraph<TOut, TMat>
{
    private readonly Func<Island, (Connection<TOut> Output, TMat Value)> _build;

    internal Source(Func<Island, (Connection<TOut> Output, TMat Value)> build) => _build = build;

    /// <summary>Returns this source followed by the flow, with this source's materialised value.</summary>
    public Source<T2, TMat> Via<T2, TMat2>(IGraph<FlowShape<TOut, T2>, TMat2> flow) => ViaMaterialized(flow, Keep.Left);

    /// <summary>Returns this source followed by the flow, with the two materialised values combined.</summary>
    public Source<TOut2, TMat3> ViaMaterialized<TOut2, TMat2, TMat3>(
        IGraph<FlowShape<TOut, TOut2>, TMat2> flow, Func<TMat, TMat2, TMat3> combine) => new(island =>
        {
            var (output, left) = _build(island);
            var right = ((IFlowGraph<TOut, TOut2, TMat2>)flow).Build(island, output, out var next);
            return (next, combine(left, right));
        });

    /// <summary>Returns the whole stream from this source to the sink, with this source's materialised value.</summary>
    public IRunnableGraph<TMat> To<TMat2>(IGraph<SinkShape<TOut>, TMat2> sink) => ToMaterialized(sink, Keep.Left);

    /// <summary>Returns the whole stream from this source to the sink, with the two materialised values combined.</summary>
    public IRunnableGraph<TMat3> ToMaterialized<TMat2, TMat3>(
        IGraph<SinkShape<TOut>, TMat2> sink, Func<TMat, TMat2, TMat3> combine) => new RunnableGraph<TMat3>(island =>
        {
            var (output, left) = _build(island);
            return combine(left, ((ISinkGraph<TOut, TMat2>)sink).Build(island, output));
        });

    /// <summary>Returns the same source, with its materialised value passed through the function.</summary>
    public Source<TOut, TMat2> MapMaterializedValue<TMat2>(Func<TMat, TMat2> mapFunc) => new(island =>
    {
        var (output, value) = _build(island);
        return (output, mapFunc(value));
    });

    /// <summary>Runs this source into the sink and returns the sink's materialised value.</summary>
    public TMat2 RunWith<TMat2>(IGraph<SinkShape<TOut>, TMat2> sink, IMaterializer materializer) =>
        ToMaterialized(sink, Keep.Right).Run(materializer);

    /// <summary>Calls the action with each element. The task completes, or fails, as the stream does.</summary>
    public Task RunForeach(Action<TOut> action, IMaterializer materializer) => RunWith(Sink.ForEach(action), materializer);

    TMat ISourceGraph<TOut, TMat>.Build(Island island, out Connection<TOut> output)
    {
        (output, var value) = _build(island);
        return value;
    }
}

/// <summary>Makes sources.</summary>
public static class Source
{
    /// <summary>Returns a source of the elements, enumerated anew for each run.</summary>
    public static Source<T, NotUsed> From<T>(IEnumerable<T> enumerable) => Single(enumerable).SelectMany(elements => elements);

    /// <summary>Returns a source of one element.</summary>
    /// <exception cref="ArgumentNullException">The element is null.</exception>
    public static Source<T, NotUsed> Single<T>(T element)
    {
        if (element is null)
        {
            throw Connection<T>.NullElement();
        }

        return new(island => (new SingleStage<T>(island, element).Out, NotUsed.Instance));
    }

    /// <summary>Returns a source that completes at once.</summary>
    public static Source<T, NotUsed> Empty<T>() => new(island => (new EndedStage<T>(island, null).Out, NotUsed.Instance));

    /// <summary>Returns a source that fails at once.</summary>
    public static Source<T, NotUsed> Failed<T>(Exception cause) =>
        new(island => (new EndedStage<T>(island, cause).Out, NotUsed.Instance));
}

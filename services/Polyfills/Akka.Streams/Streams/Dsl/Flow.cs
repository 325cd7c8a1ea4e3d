using Akka.Streams.Internal;

namespace Akka.Streams.Dsl;

/// <summary>A part of a stream with one input and one output.</summary>
public sealed class Flow<TIn, TOut, TMat> : IGraph<FlowShape<TIn, TOut>, TMat>, IFlowGraph<TIn, TOut, TMat>
{
    private readonly Func<Island, Connection<TIn>, (Connection<TOut> Output, TMat Value)> _build;

    internal Flow(Func<Island, Connection<TIn>, (Connection<TOut> Output, TMat Value)> build) => _build = build;

    /// <summary>Returns this flow followed by the other, with this flow's materialised value.</summary>
    public Flow<TIn, T2, TMat> Via<T2, TMat2>(IGraph<FlowShape<TOut, T2>, TMat2> flow) => ViaMaterialized(flow, Keep.Left);

    /// <summary>Returns this flow followed by the other, with the two materialised values combined.</summary>
    public Flow<TIn, TOut2, TMat3> ViaMaterialized<TOut2, TMat2, TMat3>(
        IGraph<FlowShape<TOut, TOut2>, TMat2> flow, Func<TMat, TMat2, TMat3> combine) => new((island, input) =>
        {
            var (output, left) = _build(island, input);
            var right = ((IFlowGraph<TOut, TOut2, TMat2>)flow).Build(island, output, out var next);
            return (next, combine(left, right));
        });

    /// <summary>Returns a sink: this flow followed by the sink, with this flow's materialised value.</summary>
    public Sink<TIn, TMat> To<TMat2>(IGraph<SinkShape<TOut>, TMat2> sink) => ToMaterialized(sink, Keep.Left);

    /// <summary>Returns a sink: this flow followed by the sink, with the two materialised values combined.</summary>
    public Sink<TIn, TMat3> ToMaterialized<TMat2, TMat3>(
        IGraph<SinkShape<TOut>, TMat2> sink, Func<TMat, TMat2, TMat3> combine) => new((island, input) =>
        {
            var (output, left) = _build(island, input);
            return combine(left, ((ISinkGraph<TOut, TMat2>)sink).Build(island, output));
        });

    /// <summary>Returns the same flow, with its materialised value passed through the function.</summary>
    public Flow<TIn, TOut, TMat2> MapMaterializedValue<TMat2>(Func<TMat, TMat2> mapFunc) => new((island, input) =>
    {
        var (output, value) = _build(island, input);
        return (output, mapFunc(value));
    });

    TMat IFlowGraph<TIn, TOut, TMat>.Build(Island island, Connection<TIn> input, out Connection<TOut> output)
    {
        (output, var value) = _build(island, input);
        return value;
    }
}

/// <summary>Makes flows.</summary>
public static class Flow
{
    /// <summary>Returns a flow that passes every element on, to build others from.</summary>
    public static Flow<T, T, NotUsed> Create<T>() => new((_, input) => (input, NotUsed.Instance));
}

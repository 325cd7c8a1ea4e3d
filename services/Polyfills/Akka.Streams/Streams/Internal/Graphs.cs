namespace Akka.Streams.Internal;

// What each IGraph of this assembly really is: it builds its stages into an island. The interfaces are covariant in TMat
// as IGraph is, so that a graph seen through a base type of its materialised value still builds.

internal interface ISourceGraph<T, out TMat>
{
    TMat Build(Island island, out Connection<T> output);
}

internal interface IFlowGraph<TIn, TOut, out TMat>
{
    TMat Build(Island island, Connection<TIn> input, out Connection<TOut> output);
}

internal interface ISinkGraph<T, out TMat>
{
    TMat Build(Island island, Connection<T> input);
}

internal interface IClosedGraph<out TMat>
{
    TMat Build(Island island);
}

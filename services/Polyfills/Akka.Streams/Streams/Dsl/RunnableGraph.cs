using Akka.Streams.Internal;

namespace Akka.Streams.Dsl;

/// <summary>A whole stream, which can be run any number of times.</summary>
public interface IRunnableGraph<out TMat> : IGraph<ClosedShape, TMat>
{
    /// <summary>Returns the same graph, with its materialised value passed through the function.</summary>
    IRunnableGraph<TMat2> MapMaterializedValue<TMat2>(Func<TMat, TMat2> func);

    /// <summary>Starts the stream and returns its materialised value.</summary>
    TMat Run(IMaterializer materializer);
}

internal sealed class RunnableGraph<TMat>(Func<Island, TMat> build) : IRunnableGraph<TMat>, IClosedGraph<TMat>
{
    public IRunnableGraph<TMat2> MapMaterializedValue<TMat2>(Func<TMat, TMat2> func) =>
        new RunnableGraph<TMat2>(island => func(build(island)));

    public TMat Run(IMaterializer materializer) => materializer.Materialize(this);

    TMat IClosedGraph<TMat>.Build(Island island) => build(island);
}

using Akka.Actor;
using Akka.Pattern;

namespace Akka.Streams;

/// <summary>Turns graphs into running streams.</summary>
public interface IMaterializer
{
    /// <summary>Starts the graph and returns its materialised value.</summary>
    /// <exception cref="IllegalStateException">The materializer has been shut down.</exception>
    TMat Materialize<TMat>(IGraph<ClosedShape, TMat> runnable);
}

/// <summary>The materializer of an <see cref="ActorSystem"/>.</summary>
public abstract class ActorMaterializer : IMaterializer, IDisposable
{
    internal ActorMaterializer()
    {
    }

    /// <summary>Whether <see cref="Shutdown"/> was called; nothing can be materialised any more.</summary>
    public abstract bool IsShutdown { get; }

    /// <summary>The system whose materializer this is.</summary>
    public abstract ActorSystem System { get; }

    /// <inheritdoc/>
    public abstract TMat Materialize<TMat>(IGraph<ClosedShape, TMat> runnable);

    /// <summary>Stops every stream it has started, abruptly; returns before they have stopped.</summary>
    public abstract void Shutdown();

    /// <summary>The same as <see cref="Shutdown"/>.</summary>
    public void Dispose()
    {
        Shutdown();
        GC.SuppressFinalize(this);
    }
}

/// <summary>Gives an actor system's materializer.</summary>
public static class ActorMaterializerExtensions
{
    /// <summary>Returns the system's materializer, always the same one.</summary>
    public static ActorMaterializer Materializer(this IActorRefFactory context) => context switch
    {
        ActorSystem system => system.DefaultMaterializer,
        null => throw new ArgumentNullException(nameof(context), "IActorRefFactory must be defined"),
        _ => throw new ArgumentException($"ActorRefFactory context must be an ActorSystem, got [{context.GetType()}]", nameof(context)),
    };
}

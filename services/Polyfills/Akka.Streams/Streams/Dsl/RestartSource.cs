using Akka.Streams.Internal;

namespace Akka.Streams.Dsl;

/// <summary>Makes sources that start another source again when it ends.</summary>
public static class RestartSource
{
    /// <summary>Returns a source that restarts the factory's source whenever it ends, until cancelled or out of restarts.</summary>
    public static Source<T, NotUsed> WithBackoff<T, TMat>(Func<Source<T, TMat>> sourceFactory, RestartSettings settings) =>
        Restarting(sourceFactory, settings, onlyOnFailures: false);

    /// <summary>Returns a source that restarts the factory's source when it fails, and completes when it completes.</summary>
    public static Source<T, NotUsed> OnFailuresWithBackoff<T, TMat>(Func<Source<T, TMat>> sourceFactory, RestartSettings settings) =>
        Restarting(sourceFactory, settings, onlyOnFailures: true);

    private static Source<T, NotUsed> Restarting<T, TMat>(
        Func<Source<T, TMat>> sourceFactory, RestartSettings settings, bool onlyOnFailures) =>
        new(island => (new RestartStage<T, TMat>(island, sourceFactory, settings, onlyOnFailures).Out, NotUsed.Instance));
}

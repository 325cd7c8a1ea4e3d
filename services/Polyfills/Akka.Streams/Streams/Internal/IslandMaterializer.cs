using Akka.Actor;
using Akka.Pattern;

namespace Akka.Streams.Internal;

internal sealed class IslandMaterializer(ActorSystem system) : ActorMaterializer
{
    private readonly Lock _gate = new();
    private readonly HashSet<Island> _running = [];
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _shutdown;

    public override bool IsShutdown
    {
        get
        {
            lock (_gate)
            {
                return _shutdown;
            }
        }
    }

    public override ActorSystem System => system;

    /// <summary>Completes when it has been shut down and no stream runs any more.</summary>
    internal Task WhenStopped => _stopped.Task;

    public override TMat Materialize<TMat>(IGraph<ClosedShape, TMat> runnable)
    {
        var island = new Island(this);
        var value = ((IClosedGraph<TMat>)runnable).Build(island);
        lock (_gate)
        {
            if (_shutdown)
            {
                throw new IllegalStateException("Attempted to call Materialize() after the ActorMaterializer has been shut down.");
            }

            _running.Add(island);
        }

        island.Start();
        return value;
    }

    public override void Shutdown()
    {
        Island[] running;
        lock (_gate)
        {
            if (_shutdown)
            {
                return;
            }

            _shutdown = true;
            running = [.. _running];
        }

        foreach (var island in running)
        {
            island.Abort();
        }

        if (running.Length == 0)
        {
            _stopped.SetResult();
        }
    }

    internal void Stopped(Island island)
    {
        lock (_gate)
        {
            if (_running.Remove(island) && _shutdown && _running.Count == 0)
            {
                _stopped.SetResult();
            }
        }
    }
}

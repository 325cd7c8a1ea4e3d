namespace Akka.Streams.Internal;

/// <summary>
/// One running stream: its stages share one event loop on the thread pool, which delivers the signals on their connections
/// in order, one at a time. Other threads reach the stages only through <see cref="Run"/>.
/// </summary>
internal sealed class Island(IslandMaterializer materializer) : IThreadPoolWorkItem
{
    // After so many signals the loop goes to the back of the thread pool's queue, so that a stream that never waits starves no other.
    private const int SignalsPerTurn = 1000;

    private readonly Lock _gate = new();
    private readonly HashSet<Stage> _live = [];
    private readonly Queue<Stage> _starting = new();
    private readonly Queue<Stage> _stopping = new();
    private readonly Queue<Connection> _signals = new();
    private List<(Stage Stage, Action Action)> _inbox = [];
    private List<(Stage Stage, Action Action)> _turn = [];
    private bool _scheduled = true;
    private volatile bool _aborting;

    /// <summary>Begins to run the stages that were added. Until then the island belongs to the thread that builds it.</summary>
    internal void Start() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    internal void Abort()
    {
        _aborting = true;
        Schedule();
    }

    /// <summary>Has the action run among the handlers; the only member that any thread may call.</summary>
    internal void Run(Stage stage, Action action)
    {
        lock (_gate)
        {
            _inbox.Add((stage, action));
            if (_scheduled)
            {
                return;
            }

            _scheduled = true;
        }

        Start();
    }

    internal void Add(Stage stage)
    {
        _live.Add(stage);
        _starting.Enqueue(stage);
    }

    internal void StopAfterHandler(Stage stage) => _stopping.Enqueue(stage);

    internal void Queue(Connection connection) => _signals.Enqueue(connection);

    void IThreadPoolWorkItem.Execute()
    {
        var budget = SignalsPerTurn;
        do
        {
            StartStages();
            RunInbox();
            while (budget > 0 && !_aborting && RunSignals(ref budget))
            {
                StartStages();
            }

            if (_aborting)
            {
                StopAll();
            }
            else if (budget <= 0)
            {
                Start();
                return;
            }
        }
        while (!TryRest());
    }

    private void Schedule()
    {
        lock (_gate)
        {
            if (_scheduled)
            {
                return;
            }

            _scheduled = true;
        }

        Start();
    }

    // Leaves the loop, unless something has come in meanwhile.
    private bool TryRest()
    {
        if (_live.Count == 0)
        {
            materializer.Stopped(this);
        }

        lock (_gate)
        {
            if (_inbox.Count > 0 || (_aborting && _live.Count > 0))
            {
                return false;
            }

            _scheduled = false;
            return true;
        }
    }

    private void StartStages()
    {
        while (_starting.TryDequeue(out var stage))
        {
            RunHandler(stage, stage.PreStart);
        }
    }

    private void RunInbox()
    {
        lock (_gate)
        {
            (_inbox, _turn) = (_turn, _inbox);
        }

        foreach (var (stage, action) in _turn)
        {
            if (!stage.IsStopped)
            {
                RunHandler(stage, action);
            }
        }

        _turn.Clear();
    }

    private void RunHandler(Stage stage, Action handler)
    {
        try
        {
            handler();
        }
        catch (Exception failure)
        {
            stage.FailStage(failure);
        }

        StopStages();
    }

    // Returns whether there may be more to do. One try block serves many signals.
    private bool RunSignals(ref int budget)
    {
        Connection? current = null;
        try
        {
            while (budget > 0 && _starting.Count == 0 && !_aborting)
            {
                if (!_signals.TryDequeue(out current))
                {
                    return false;
                }

                budget--;
                current.Deliver();
                StopStages();
            }
        }
        catch (Exception failure)
        {
            current!.Running!.FailStage(failure);
            StopStages();
        }

        return true;
    }

    private void StopStages()
    {
        while (_stopping.TryDequeue(out var stage))
        {
            _live.Remove(stage);
            stage.Stop();
        }
    }

    private void StopAll()
    {
        _signals.Clear();
        _starting.Clear();
        foreach (var stage in _live)
        {
            stage.Stop();
        }

        _live.Clear();
    }
}

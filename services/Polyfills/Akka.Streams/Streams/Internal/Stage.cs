namespace Akka.Streams.Internal;

/// <summary>
/// A step of a running stream. Its island calls one handler of one of its stages at a time, so a stage needs no locks.
/// A handler that throws fails its stage.
/// </summary>
internal abstract class Stage
{
    private int _openPorts;

    protected Stage(Island island, int ports)
    {
        Island = island;
        _openPorts = ports;
        island.Add(this);
    }

    internal bool IsStopped { get; private set; }

    protected Island Island { get; }

    internal virtual void PreStart()
    {
    }

    /// <summary>Runs once: after all ports have closed, or when the island is aborted.</summary>
    internal virtual void PostStop()
    {
    }

    internal virtual void OnPull() => throw new InvalidOperationException($"{this} has no output.");

    internal virtual void OnDownstreamFinish(Exception? cause) => throw new InvalidOperationException($"{this} has no output.");

    /// <summary>Completes the output and cancels the input.</summary>
    internal abstract void CompleteStage();

    /// <summary>Fails the output and cancels the input with the failure.</summary>
    internal abstract void FailStage(Exception failure);

    // Called within a handler of this stage, which the rest of the handler outlives: stopping waits until it has returned.
    internal void PortClosed()
    {
        if (--_openPorts == 0)
        {
            Island.StopAfterHandler(this);
        }
    }

    internal void Stop()
    {
        if (!IsStopped)
        {
            IsStopped = true;
            PostStop();
        }
    }

    public override string ToString()
    {
        var name = GetType().Name;
        var generics = name.IndexOf('`', StringComparison.Ordinal);
        return generics < 0 ? name : name[..generics];
    }

    /// <summary>As in Akka, a wrong capacity is found when the stage starts, and fails its stream.</summary>
    protected static void RequirePositive(int capacity)
    {
        if (capacity < 1)
        {
            throw new ArgumentException("buffer size must be positive");
        }
    }

    /// <summary>Has the island run the action, from any thread; nothing happens when the stage has stopped by then.</summary>
    protected void RunInIsland(Action action) => Island.Run(this, action);
}

internal abstract class InStage<TIn> : Stage
{
    protected InStage(Island island, int ports, Connection<TIn> input) : base(island, ports)
    {
        In = input;
        input.ConnectTo(this);
    }

    protected Connection<TIn> In { get; }

    internal abstract void OnPush(TIn element);

    internal virtual void OnUpstreamFinish() => CompleteStage();

    internal virtual void OnUpstreamFailure(Exception failure) => FailStage(failure);
}

internal abstract class SourceStage<TOut> : Stage
{
    protected SourceStage(Island island) : base(island, ports: 1) => Out = new Connection<TOut>(island, this);

    internal Connection<TOut> Out { get; }

    internal override void OnDownstreamFinish(Exception? cause)
    {
    }

    internal override void CompleteStage() => Out.Finish(null);

    internal override void FailStage(Exception failure) => Out.Finish(failure);
}

internal abstract class FlowStage<TIn, TOut> : InStage<TIn>
{
    protected FlowStage(Island island, Connection<TIn> input) : base(island, ports: 2, input) => Out = new Connection<TOut>(island, this);

    internal Connection<TOut> Out { get; }

    internal override void OnPull() => In.Pull();

    internal override void OnDownstreamFinish(Exception? cause) => In.Cancel(cause);

    internal override void CompleteStage()
    {
        Out.Finish(null);
        In.Cancel(null);
    }

    internal override void FailStage(Exception failure)
    {
        Out.Finish(failure);
        In.Cancel(failure);
    }
}

internal abstract class SinkStage<TIn> : InStage<TIn>
{
    protected SinkStage(Island island, Connection<TIn> input) : base(island, ports: 1, input)
    {
    }

    internal override void PreStart() => In.Pull();

    internal override void CompleteStage() => In.Cancel(null);

    internal override void FailStage(Exception failure) => In.Cancel(failure);
}

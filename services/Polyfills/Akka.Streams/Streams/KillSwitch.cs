using Akka.Streams.Dsl;
using Akka.Streams.Internal;

namespace Akka.Streams;

/// <summary>Ends streams from outside.</summary>
public interface IKillSwitch
{
    /// <summary>Completes downstream and cancels upstream. Only the first command to a switch counts.</summary>
    void Shutdown();

    /// <summary>Fails downstream with the cause and cancels upstream. Only the first command to a switch counts.</summary>
    void Abort(Exception cause);
}

/// <summary>Makes kill switches.</summary>
public static class KillSwitches
{
    /// <summary>Returns a switch that ends every stream its flows are in.</summary>
    public static SharedKillSwitch Shared(string name) => new(name);

    /// <summary>Returns a flow that passes elements on and gives a switch of its own to each materialisation.</summary>
    public static IGraph<FlowShape<T, T>, UniqueKillSwitch> Single<T>() => new Flow<T, T, UniqueKillSwitch>((island, input) =>
    {
        var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return (new KillSwitchStage<T>(island, input, signal.Task).Out, new UniqueKillSwitch(signal));
    });
}

/// <summary>Ends the one stream that it was materialised with.</summary>
public sealed class UniqueKillSwitch : IKillSwitch
{
    private readonly TaskCompletionSource _signal;

    internal UniqueKillSwitch(TaskCompletionSource signal) => _signal = signal;

    /// <inheritdoc/>
    public void Shutdown() => _signal.TrySetResult();

    /// <inheritdoc/>
    public void Abort(Exception cause) => _signal.TrySetException(cause);
}

/// <summary>Ends every stream that one of its flows is in, and those that are materialised later.</summary>
public sealed class SharedKillSwitch : IKillSwitch
{
    private readonly TaskCompletionSource _signal = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _name;

    internal SharedKillSwitch(string name) => _name = name;

    /// <summary>Returns a flow that passes elements on until the switch is used.</summary>
    public IGraph<FlowShape<T, T>, SharedKillSwitch> Flow<T>() =>
        new Flow<T, T, SharedKillSwitch>((island, input) => (new KillSwitchStage<T>(island, input, _signal.Task).Out, this));

    /// <inheritdoc/>
    public void Shutdown() => _signal.TrySetResult();

    /// <inheritdoc/>
    public void Abort(Exception cause) => _signal.TrySetException(cause);

    /// <summary>Returns the switch's name.</summary>
    public override string ToString() => $"KillSwitch({_name})";
}

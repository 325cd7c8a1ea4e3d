using StreamDistill.Embedded.Broker.Log;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>Wakes a Fetch that waits: when one of its logs has got on, when its time is over, or when its client has gone.</summary>
internal sealed class AdvanceSignal : IDisposable
{
    private readonly List<IDisposable> registrations;
    private TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool isOver;

    public AdvanceSignal(IEnumerable<PartitionLog> logs, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        registrations = [.. logs.Select(log => log.OnAdvance(Signal))];
        registrations.Add(time.CreateTimer(static state => ((AdvanceSignal)state!).End(), this, timeout, Timeout.InfiniteTimeSpan));
        registrations.Add(cancellationToken.UnsafeRegister(static state => ((AdvanceSignal)state!).End(), this));
    }

    /// <summary>Returns when there is news since the last call; true when it is the end.</summary>
    public async ValueTask<bool> WaitAsync()
    {
        await Volatile.Read(ref next).Task.ConfigureAwait(false);
        Interlocked.Exchange(ref next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        return isOver;
    }

    public void Dispose() => registrations.ForEach(registration => registration.Dispose());

    private void End()
    {
        isOver = true;
        Signal();
    }

    private void Signal() => Volatile.Read(ref next).TrySetResult();
}

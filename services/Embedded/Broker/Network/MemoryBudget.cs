namespace StreamDistill.Embedded.Broker.Network;

/// <summary>
/// Bytes that all connections share. Who wants more than are left waits, first come first served: a broker that is behind
/// stops reading from its sockets, and TCP tells the clients.
/// </summary>
internal sealed class MemoryBudget
{
    private readonly long bytesMax;
    private readonly Lock gate = new();
    private readonly LinkedList<Waiter> waiters = new();
    private long left;

    /// <param name="bytesMax">All of them.</param>
    public MemoryBudget(long bytesMax) => this.bytesMax = left = bytesMax;

    /// <summary>Bytes nobody has.</summary>
    public long Available
    {
        get
        {
            lock (gate)
            {
                return left;
            }
        }
    }

    /// <summary>Waits until the bytes are there, and takes them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are never so many.</exception>
    public async ValueTask TakeAsync(int bytes, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, bytesMax);
        Waiter waiter;
        lock (gate)
        {
            if (waiters.Count == 0 && left >= bytes)
            {
                left -= bytes;
                return;
            }

            waiter = new Waiter(bytes);
            waiters.AddLast(waiter);
        }

        using var registration = cancellationToken.UnsafeRegister(_ => GiveUp(waiter, cancellationToken), null);
        await waiter.Turn.Task.ConfigureAwait(false);
    }

    /// <summary>Takes bytes that are in use already, whether or not they are left.</summary>
    public void TakeAnyway(int bytes)
    {
        lock (gate)
        {
            left -= bytes;
        }
    }

    /// <summary>Gives bytes back.</summary>
    public void Return(int bytes)
    {
        lock (gate)
        {
            left += bytes;
            Serve();
        }
    }

    private void GiveUp(Waiter waiter, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (waiters.Remove(waiter))
            {
                waiter.Turn.SetCanceled(cancellationToken);
                Serve();
            }
        }
    }

    private void Serve()
    {
        while (waiters.First is { Value: var next } && left >= next.Bytes)
        {
            waiters.RemoveFirst();
            left -= next.Bytes;
            next.Turn.SetResult();
        }
    }

    private sealed class Waiter(int bytes)
    {
        public int Bytes { get; } = bytes;

        public TaskCompletionSource Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

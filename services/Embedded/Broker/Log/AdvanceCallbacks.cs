namespace StreamDistill.Embedded.Broker.Log;

/// <summary>Who wants to know that a log has got on. Any thread may add, end and call.</summary>
internal sealed class AdvanceCallbacks
{
    private readonly Lock gate = new();
    private volatile Action[] callbacks = [];

    /// <summary>Dispose to end it.</summary>
    public IDisposable Add(Action callback)
    {
        lock (gate)
        {
            callbacks = [.. callbacks, callback];
        }

        return new Subscription(this, callback);
    }

    /// <summary>Calls back, on this thread.</summary>
    public void Call()
    {
        foreach (var callback in callbacks)
        {
            callback();
        }
    }

    private void Remove(Action callback)
    {
        lock (gate)
        {
            var index = Array.IndexOf(callbacks, callback);
            if (index >= 0)
            {
                callbacks = [.. callbacks[..index], .. callbacks[(index + 1)..]];
            }
        }
    }

    private sealed class Subscription(AdvanceCallbacks owner, Action callback) : IDisposable
    {
        public void Dispose() => owner.Remove(callback);
    }
}

namespace StreamDistill.Embedded.Broker.Log;

/// <summary>
/// Callers at the same time share one fsync: who comes while none runs does it, on its own thread; who comes while one runs waits
/// for the next one, since the running one may have begun before its bytes were there.
/// </summary>
internal sealed class GroupCommit(Action flush)
{
    private readonly Lock gate = new();
    private TaskCompletionSource? waiting;
    private bool isRunning;

    public ValueTask FlushAsync()
    {
        lock (gate)
        {
            if (isRunning)
            {
                waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return new ValueTask(waiting.Task);
            }

            isRunning = true;
        }

        try
        {
            flush();
        }
        finally
        {
            GoOn();
        }

        return ValueTask.CompletedTask;
    }

    private void GoOn()
    {
        TaskCompletionSource next;
        lock (gate)
        {
            if (waiting is null)
            {
                isRunning = false;
                return;
            }

            next = waiting;
            waiting = null;
        }

        ThreadPool.UnsafeQueueUserWorkItem(FlushFor, next, preferLocal: false);
    }

    private void FlushFor(TaskCompletionSource callers)
    {
        try
        {
            flush();
            callers.SetResult();
        }
        catch (Exception exception) when (exception is IOException or LogOfflineException)
        {
            callers.SetException(exception);
        }

        GoOn();
    }
}

/// <summary>The log takes no more writes until the broker starts again: what is on disk is not known for sure.</summary>
internal sealed class LogOfflineException(string message, Exception? inner = null) : IOException(message, inner);

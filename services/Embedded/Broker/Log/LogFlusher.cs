using Microsoft.Extensions.Logging;

namespace StreamDistill.Embedded.Broker.Log;

/// <summary>
/// Flushes a set of logs twice in an interval, from a thread of its own, so that a power cut takes no more than the last interval of
/// plain produces. Where the disk does not keep up, so that something written an interval ago may not be flushed yet,
/// <see cref="WaitForRoomAsync" /> makes producers wait: no more is taken until the flush that runs is done.
/// </summary>
internal sealed class LogFlusher : IDisposable
{
    private readonly Func<IEnumerable<PartitionLog>> logs;
    private readonly TimeSpan interval;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Thread thread;
    private readonly ManualResetEventSlim stop = new();
    private readonly Lock gate = new();
    private TaskCompletionSource flushed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long flushedUpTo;

    /// <summary>Starts at once.</summary>
    /// <param name="logs">The logs there are now.</param>
    /// <param name="interval">The age at which what is not flushed makes producers wait.</param>
    /// <param name="time">Tells ages.</param>
    /// <param name="logger">Gets what fails.</param>
    public LogFlusher(Func<IEnumerable<PartitionLog>> logs, TimeSpan interval, TimeProvider time, ILogger logger)
    {
        (this.logs, this.interval, this.time, this.logger) = (logs, interval, time, logger);
        flushedUpTo = time.GetTimestamp();
        thread = new Thread(Run) { IsBackground = true, Name = "log flusher" };
        thread.Start();
    }

    /// <summary>Done at once unless the disk is behind.</summary>
    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) =>
        IsBehind ? new ValueTask(WaitAsync(cancellationToken)) : ValueTask.CompletedTask;

    /// <summary>Everything that was written before this time is flushed.</summary>
    private bool IsBehind => time.GetElapsedTime(Volatile.Read(ref flushedUpTo)) > interval;

    /// <summary>Ends the thread. The logs flush themselves when they are closed.</summary>
    public void Dispose()
    {
        stop.Set();
        thread.Join();
        lock (gate)
        {
            flushed.TrySetResult();
        }
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        while (IsBehind && !stop.IsSet)
        {
            Task next;
            lock (gate)
            {
                next = flushed.Task;
            }

            // Looked at again: the flush may have ended before its task was taken.
            if (IsBehind)
            {
                await next.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private void Run()
    {
        var period = interval / 2;
        var pause = period;
        while (!stop.Wait(pause))
        {
            var start = time.GetTimestamp();
            foreach (var log in logs())
            {
                Flush(log);
            }

            Volatile.Write(ref flushedUpTo, start);
            TaskCompletionSource done;
            lock (gate)
            {
                done = flushed;
                flushed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            done.SetResult();
            var rest = period - time.GetElapsedTime(start);
            pause = rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
        }
    }

    private void Flush(PartitionLog log)
    {
        try
        {
            log.FlushIfDirty();
        }
        catch (IOException exception)
        {
            // The log has taken itself offline; the others go on.
            logger.LogDebug(exception, "{Log} could not be flushed.", log.Name);
        }
    }
}

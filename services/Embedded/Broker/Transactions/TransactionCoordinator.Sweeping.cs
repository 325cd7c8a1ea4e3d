using Microsoft.Extensions.Logging;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Transactions;

/// <summary>What happens without a request: timeouts, ends that could not be finished, transactional ids nobody uses.</summary>
internal sealed partial class TransactionCoordinator
{
    /// <summary>After so long without use a transactional id is removed.</summary>
    public static readonly TimeSpan IdleMax = TimeSpan.FromDays(7);

    private static readonly TimeSpan SweepInterval = TimeSpan.FromMilliseconds(500);

    private readonly Lock sweepGate = new();
    private Task sweep = Task.CompletedTask;
    private ITimer? sweepTimer;

    /// <summary>Sweeps twice a second from now on. Called once, after <see cref="RecoverAsync" />.</summary>
    public void Start() => sweepTimer = time.CreateTimer(_ => BeginSweep(), null, SweepInterval, SweepInterval);

    /// <summary>Aborts transactions that took too long, finishes those that could not be finished, removes ids that are not used.</summary>
    public async Task SweepAsync()
    {
        foreach (var transaction in transactions.Values)
        {
            var (prepared, wasPrepared) = Sweep(transaction);
            if (prepared is not null)
            {
                await FinishAsync(transaction, prepared, onlyWhereOpen: wasPrepared).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Ends the sweeps. Transactions stay as they are, for the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        if (sweepTimer is not null)
        {
            await sweepTimer.DisposeAsync().ConfigureAwait(false);
        }

        Task running;
        lock (sweepGate)
        {
            running = sweep;
        }

        await running.ConfigureAwait(false);
    }

    private void BeginSweep()
    {
        lock (sweepGate)
        {
            // One that takes long (a disk that is full) is not overtaken by the next.
            if (sweep.IsCompleted)
            {
                sweep = SweepAndLogAsync();
            }
        }
    }

    private async Task SweepAndLogAsync()
    {
        try
        {
            await SweepAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogSweepFailed(e);
        }
    }

    /// <summary>What the caller is to finish, and whether it was prepared before.</summary>
    private (TransactionData? Prepared, bool WasPrepared) Sweep(Transaction transaction)
    {
        lock (transaction.Gate)
        {
            if (transaction.Data is not { } data || transaction.IsFinishing)
            {
                return default;
            }

            if (data.IsPrepared)
            {
                transaction.IsFinishing = true;
                return (data, true);
            }

            if (data.State == TransactionState.Ongoing && NowMs - data.StartedMs > data.TimeoutMs)
            {
                LogTimedOut(data.Id, data.ProducerId, data.TimeoutMs);
                return Fence(transaction, data) == ErrorCode.None ? (transaction.Data, false) : default;
            }

            if (data.IsIdle && NowMs - data.UpdatedMs > IdleMax.TotalMilliseconds)
            {
                Remove(transaction, data);
            }

            return default;
        }
    }

    private ErrorCode Fence(Transaction transaction, TransactionData data)
    {
        var error = Move(transaction, data.Fence(null, NowMs));
        transaction.IsFinishing = error == ErrorCode.None;
        return error;
    }

    private void Remove(Transaction transaction, TransactionData data)
    {
        if (log.AppendRemoval(data.Id) == ErrorCode.None)
        {
            transaction.IsRemoved = true;
            transaction.Data = null;
            transactions.TryRemove(data.Id, out _);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The transaction of {Id} (producer {ProducerId}) has taken more than its {TimeoutMs} ms: it is aborted, and its producer fenced.")]
    private partial void LogTimedOut(string id, long producerId, int timeoutMs);

    [LoggerMessage(LogLevel.Error, "Looking for transactions that took too long failed; it is tried again.")]
    private partial void LogSweepFailed(Exception e);
}

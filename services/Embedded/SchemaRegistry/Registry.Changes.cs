using StreamDistill.Embedded.SchemaRegistry.Storage;

namespace StreamDistill.Embedded.SchemaRegistry;

/// <content>How a change is made.</content>
internal sealed partial class Registry
{
    /// <summary>How often a change is decided on anew because another registry came between.</summary>
    private const int AttemptsMax = 3;

    private readonly SemaphoreSlim changing = new(1, 1);
    private bool isOpen;

    /// <summary>Reads the log. Until it returns, nothing is to be asked.</summary>
    /// <exception cref="StoreException">The log cannot be read now.</exception>
    public Task OpenAsync(CancellationToken cancellationToken) =>
        ChangeAsync("Open", readFirst: false, cancellationToken, _ => true);

    public async ValueTask DisposeAsync()
    {
        await log.DisposeAsync();
        changing.Dispose();
    }

    /// <summary>
    /// Makes a change. It is decided on from a state that holds everything in the log, and nothing changes between that and
    /// the writing; a write that fails is settled by reading the log again, before the next change.
    /// </summary>
    /// <param name="operation">Its name in messages.</param>
    /// <param name="readFirst">Whether to look first, without the log and its delays, if there is anything to change.</param>
    /// <param name="cancellationToken">Gives up while nothing has been written.</param>
    /// <param name="decide">Names the changes and returns the answer, or refuses.</param>
    private async Task<T> ChangeAsync<T>(string operation, bool readFirst, CancellationToken cancellationToken, Func<List<Change>, T> decide)
    {
        if (readFirst && Decide(decide) is (var known, []))
        {
            return known;
        }

        if (!await changing.WaitAsync(patience, cancellationToken))
        {
            throw StoreException.TimedOut(operation, "an earlier change still waits for Kafka; nothing was changed.");
        }

        try
        {
            for (var attempt = 1; ; attempt++)
            {
                await CatchUpAsync(cancellationToken);
                var (answer, changes) = Decide(decide);
                if (changes.Count == 0 || await TryWriteAsync(changes, isLastAttempt: attempt == AttemptsMax))
                {
                    return answer;
                }
            }
        }
        finally
        {
            changing.Release();
        }
    }

    private (T Answer, List<Change> Changes) Decide<T>(Func<List<Change>, T> decide)
    {
        lock (gate)
        {
            var changes = new List<Change>();
            return (decide(changes), changes);
        }
    }

    private async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        if (isOpen)
        {
            return;
        }

        var read = await log.OpenAsync(cancellationToken);
        lock (gate)
        {
            store = read;
        }

        isOpen = true;
    }

    /// <summary>Whether the changes were written, and not another registry's instead.</summary>
    private async Task<bool> TryWriteAsync(List<Change> changes, bool isLastAttempt)
    {
        isOpen = false;
        try
        {
            await log.WriteAsync(changes);
        }
        catch (SupersededException) when (!isLastAttempt)
        {
            return false;
        }

        lock (gate)
        {
            changes.ForEach(store.Apply);
        }

        isOpen = true;
        return true;
    }
}

using System.Collections.Concurrent;

namespace StreamDistill.Embedded.SchemaRegistry.Storage;

/// <summary>A thread of its own for calls that block, made one after the other.</summary>
internal sealed class BlockingThread : IAsyncDisposable
{
    private readonly BlockingCollection<Action> calls = new(boundedCapacity: 16);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public BlockingThread(string name) => new Thread(Run) { Name = name, IsBackground = true }.Start();

    /// <summary>Returns with what the call returns or throws.</summary>
    public Task<T> RunAsync<T>(Func<T> call)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        calls.Add(() =>
        {
            try
            {
                done.SetResult(call());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task;
    }

    /// <summary>Returns when the calls that were asked for are done.</summary>
    public async ValueTask DisposeAsync()
    {
        calls.CompleteAdding();
        await ended.Task;
        calls.Dispose();
    }

    private void Run()
    {
        foreach (var call in calls.GetConsumingEnumerable())
        {
            call();
        }

        ended.SetResult();
    }
}

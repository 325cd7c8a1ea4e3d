using Akka.Actor;
using Akka.Streams;

namespace Polyfills.Tests.AkkaStreams;

/// <summary>
/// What our services rely on in Akka.Streams, written against its documented behaviour: the tests hold for the package and for the
/// polyfill. Where versions of the package differ (some wrap a task's failure in an AggregateException, some do not), only what
/// is common to them is asserted.
/// </summary>
public abstract class StreamTest : IDisposable
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(60);

    protected ActorSystem System { get; } = ActorSystem.Create("contract-tests");

    protected IMaterializer Materializer => System.Materializer();

    public void Dispose()
    {
        System.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Awaits the task; a stream that hangs fails the test instead of stopping the run.</summary>
    protected static Task<T> End<T>(Task<T> task) => task.WaitAsync(HangGuard, TestContext.Current.CancellationToken);

    protected static Task End(Task task) => task.WaitAsync(HangGuard, TestContext.Current.CancellationToken);

    /// <summary>Awaits the task's failure and returns the exception at its root.</summary>
    protected static async Task<Exception> Failure(Task task)
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => End(task));
        Assert.IsNotType<TimeoutException>(failure);
        return failure.GetBaseException();
    }

    protected static async Task Until(Func<bool> condition)
    {
        using var guard = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        guard.CancelAfter(HangGuard);
        while (!condition())
        {
            await Task.Delay(5, guard.Token);
        }
    }
}

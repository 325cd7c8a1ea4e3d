namespace StreamDistill.Embedded.Tests.Broker.Transactions;

internal static class Eventually
{
    /// <summary>Waits until something holds, and fails after twenty seconds without.</summary>
    public static async Task TrueAsync(Func<bool> holds)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!holds())
        {
            await Task.Delay(10, deadline.Token);
        }
    }
}

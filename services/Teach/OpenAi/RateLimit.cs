namespace StreamDistill.Teach.OpenAi;

/// <summary>
/// A token bucket that holds one second's worth. A caller waits until the bucket is not empty and then takes what it
/// needs, if need be on credit; what was taken on a guess is corrected later with <see cref="Take"/>.
/// </summary>
/// <param name="perMinute">How much flows in; null is no limit.</param>
/// <param name="time">The clock.</param>
internal sealed class RateLimit(int? perMinute, TimeProvider time)
{
    private readonly SemaphoreSlim turn = new(1);
    private readonly Lock gate = new();
    private readonly double perSecond = (perMinute ?? 0) / 60.0;
    private double level = Math.Max(1, (perMinute ?? 0) / 60.0);
    private long filledAt = time.GetTimestamp();

    /// <summary>Waits in line until there is something in the bucket, then takes the amount.</summary>
    public async Task WaitAsync(double amount, CancellationToken cancellationToken)
    {
        if (perMinute is null)
        {
            return;
        }

        await turn.WaitAsync(cancellationToken);
        try
        {
            while (Level() is var now && now < 1)
            {
                // A clock that rounds down must not wake us before the bucket is filled.
                await Task.Delay(TimeSpan.FromSeconds((1 - now) / perSecond) + TimeSpan.FromMilliseconds(1), time, cancellationToken);
            }

            Take(amount);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Takes an amount without waiting; a negative one gives back.</summary>
    public void Take(double amount)
    {
        lock (gate)
        {
            level -= amount;
        }
    }

    private double Level()
    {
        lock (gate)
        {
            var now = time.GetTimestamp();
            level = Math.Min(Math.Max(1, perSecond), level + (perSecond * time.GetElapsedTime(filledAt, now).TotalSeconds));
            filledAt = now;
            return level;
        }
    }
}

namespace Akka.Streams;

/// <summary>How a <see cref="Dsl.RestartSource"/> waits between restarts, and how many it makes.</summary>
public class RestartSettings
{
    private RestartSettings(TimeSpan minBackoff, TimeSpan maxBackoff, double randomFactor, int maxRestarts, TimeSpan maxRestartsWithin)
    {
        MinBackoff = minBackoff;
        MaxBackoff = maxBackoff;
        RandomFactor = randomFactor;
        MaxRestarts = maxRestarts;
        MaxRestartsWithin = maxRestartsWithin;
    }

    /// <summary>The wait before the first restart; each further one doubles it.</summary>
    public TimeSpan MinBackoff { get; }

    /// <summary>The longest wait, before the random part is added.</summary>
    public TimeSpan MaxBackoff { get; }

    /// <summary>The largest random part, as a fraction of the wait: 0.2 adds up to 20 %.</summary>
    public double RandomFactor { get; }

    /// <summary>How many restarts are made within <see cref="MaxRestartsWithin"/>; default: no limit.</summary>
    public int MaxRestarts { get; }

    /// <summary>A start that lasts longer than this resets the count of restarts and the wait; default: <see cref="MinBackoff"/>.</summary>
    public TimeSpan MaxRestartsWithin { get; }

    /// <summary>Returns settings without a limit on the number of restarts.</summary>
    public static RestartSettings Create(TimeSpan minBackoff, TimeSpan maxBackoff, double randomFactor) =>
        new(minBackoff, maxBackoff, randomFactor, int.MaxValue, minBackoff);

    /// <summary>Returns the same settings with at most <paramref name="count"/> restarts within that time.</summary>
    public RestartSettings WithMaxRestarts(int count, TimeSpan within) => new(MinBackoff, MaxBackoff, RandomFactor, count, within);
}

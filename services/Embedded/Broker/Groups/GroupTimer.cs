namespace StreamDistill.Embedded.Broker.Groups;

/// <summary>
/// One timer for all that a group waits for. Deadlines mostly move away (every heartbeat moves one), so it is set anew only
/// when the next one comes closer; where it fires too early, it is set again. Used under the coordinator's lock.
/// </summary>
internal sealed class GroupTimer : IDisposable
{
    private readonly ITimer timer;
    private long? firesAtMs;

    public GroupTimer(TimeProvider time, Action fired)
    {
        timer = time.CreateTimer(_ => fired(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Arm(long? deadlineMs, long nowMs)
    {
        if (deadlineMs is { } deadline && (firesAtMs is null || deadline < firesAtMs))
        {
            firesAtMs = deadline;
            timer.Change(TimeSpan.FromMilliseconds(Math.Max(1, deadline - nowMs)), Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>To be called by what it fires.</summary>
    public void HasFired() => firesAtMs = null;

    public void Dispose() => timer.Dispose();
}

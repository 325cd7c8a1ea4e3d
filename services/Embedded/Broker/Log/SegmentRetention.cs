namespace StreamDistill.Embedded.Broker.Log;

/// <summary>Which closed segments are over their time or size. Always the oldest ones, none with records that are not stable.</summary>
internal static class SegmentRetention
{
    /// <summary>How many of the first segments go.</summary>
    public static int Due(Segment[] all, LogOptions options, LogState state, long nowMs)
    {
        var size = all.Sum(segment => segment.Size);
        var due = 0;
        foreach (var segment in all[..^1])
        {
            if (segment.EndOffset > state.LastStableOffset || !IsDue(segment, options, state, nowMs, size))
            {
                break;
            }

            size -= segment.Size;
            due++;
        }

        return due;
    }

    /// <summary>Whether everything in the segment that is written has expired: it is closed then, to be deleted as a whole.</summary>
    public static bool HasExpired(Segment segment, LogOptions options, long nowMs) =>
        options.Deletes && options.RetentionMs >= 0 && segment.Size > 0 && nowMs - segment.MaxTimestamp > options.RetentionMs;

    private static bool IsDue(Segment segment, LogOptions options, LogState state, long nowMs, long size) =>
        segment.EndOffset <= state.StartOffset
        || HasExpired(segment, options, nowMs)
        || (options.Deletes && options.RetentionBytes >= 0 && size - segment.Size >= options.RetentionBytes);
}

using Microsoft.Extensions.Logging;

namespace StreamDistill.Embedded.Broker.Log;

/// <summary>
/// What a log needs from time to time: producers and segments that are over their time go, and compaction. The lock that guards it
/// comes before the flush's and the log's own.
/// </summary>
/// <param name="files">The file system.</param>
/// <param name="directory">The partition's directory.</param>
/// <param name="name">The partition's name.</param>
/// <param name="segments">The log's segments.</param>
/// <param name="state">What the log knows.</param>
/// <param name="gate">The log's lock, which guards the two.</param>
/// <param name="durability">Learns of files that come and go.</param>
/// <param name="roll">Closes the segment that is written; called with the log's lock.</param>
/// <param name="flush">Flushes the log; throws where it is offline.</param>
/// <param name="logger">Gets what is done.</param>
internal sealed class LogMaintenance(
    IFileSystem files, string directory, string name, SegmentList segments, LogState state, Lock gate, Durability durability, Action roll, Action flush, ILogger logger)
    : IDisposable
{
    /// <summary>
    /// A compacted topic's segment is closed at this size at the latest, or a topic with few keys that change often would keep a whole
    /// segment of what is overwritten.
    /// </summary>
    private const long CompactedSegmentBytes = 16 << 20;

    private readonly Lock maintenance = new();
    private readonly CancellationTokenSource closing = new();
    private readonly Compactor compactor = new(files, directory, name, segments, state, gate, durability, flush, logger);

    /// <inheritdoc cref="Compactor.Swaps" />
    public int Swaps => compactor.Swaps;

    /// <exception cref="IOException">The disk refuses; nothing is lost.</exception>
    public void Run(LogOptions options, long nowMs)
    {
        lock (maintenance)
        {
            if (closing.IsCancellationRequested)
            {
                return;
            }

            lock (gate)
            {
                state.Producers.Expire(nowMs);
                if (segments.Active.Size > 0 && IsRollDue(options, nowMs))
                {
                    roll();
                }
            }

            DeleteDue(options, nowMs);
            if (options.Compacts && compactor.IsDue(options, nowMs))
            {
                Compact(options, nowMs, KeyMap.DefaultCountMax);
            }
        }
    }

    /// <summary>Compacts all there is, due or not.</summary>
    public void CompactAll(LogOptions options, long nowMs, int keysMax)
    {
        lock (maintenance)
        {
            lock (gate)
            {
                if (segments.Active.Size > 0)
                {
                    roll();
                }
            }

            Compact(options, nowMs, keysMax);
        }
    }

    /// <summary>Deletes segments that are due, now or, where maintenance runs, with the next one.</summary>
    public void DeleteSoon(LogOptions options, long nowMs)
    {
        if (maintenance.TryEnter())
        {
            try
            {
                DeleteDue(options, nowMs);
            }
            finally
            {
                maintenance.Exit();
            }
        }
    }

    /// <summary>Ends what runs.</summary>
    public void Dispose()
    {
        closing.Cancel();
        lock (maintenance)
        {
        }
    }

    private void Compact(LogOptions options, long nowMs, int keysMax)
    {
        try
        {
            compactor.Compact(options, nowMs, keysMax, closing.Token);
        }
        catch (OperationCanceledException)
        {
            logger.LogInformation("{Log} is closed before its compaction is done.", name);
        }
    }

    private bool IsRollDue(LogOptions options, long nowMs) =>
        SegmentRetention.HasExpired(segments.Active, options, nowMs)
        || (options.Compacts && (segments.Active.Size >= CompactedSegmentBytes || nowMs - segments.Active.FirstTimestamp > options.SegmentMs));

    private void DeleteDue(LogOptions options, long nowMs)
    {
        lock (durability.Gate)
        {
            List<Segment> due;
            lock (gate)
            {
                due = [.. segments.All[..SegmentRetention.Due(segments.All, options, state, nowMs)]];
                if (due.Count == 0)
                {
                    return;
                }

                segments.Replace(0, due.Count, []);
                state.StartOffset = Math.Max(state.StartOffset, segments.All[0].BaseOffset);
                state.Transactions.RemoveBefore(state.StartOffset);
            }

            foreach (var segment in due)
            {
                logger.LogInformation("{Log}: {File} is deleted; the log begins at offset {Offset}.", name, segment.Path, state.StartOffset);
                segment.Release();
                files.Delete(segment.Path);
                files.Delete(Segment.PathOf(directory, segment.BaseOffset, SegmentIndexFile.Extension));
            }

            durability.DirectoryChanged();
        }
    }
}

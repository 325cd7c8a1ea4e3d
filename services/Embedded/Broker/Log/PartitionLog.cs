using Microsoft.Extensions.Logging;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Log;

/// <summary>A partition's records on disk. Its members may be called by several threads.</summary>
internal sealed partial class PartitionLog : IDisposable
{
    // Held for appends and whatever changes the segments or the state; never during an fsync.
    private readonly Lock gate = new();
    private readonly IFileSystem files;
    private readonly string directory;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly SegmentList segments;
    private readonly LogState state;
    private readonly LogReader reader;
    private readonly Durability durability;
    private readonly GroupCommit commit;
    private readonly LogMaintenance maintenance;
    private readonly AdvanceCallbacks advances = new();
    private volatile string? offline;
    private long startOffset;
    private long endOffset;
    private long lastStableOffset;
    private bool isDisposed;

    private PartitionLog(IFileSystem files, string directory, string name, LogOptions options, TimeProvider time, ILogger logger)
    {
        (this.files, this.directory, this.time, this.logger) = (files, directory, time, logger);
        Name = name;
        Options = options;
        (segments, state) = new Recovery(files, directory, name, options, logger).Run();
        reader = new LogReader(segments);
        durability = new Durability(files, directory, segments, state, gate, logger);
        commit = new GroupCommit(Flush);
        maintenance = new LogMaintenance(files, directory, name, segments, state, gate, durability, Roll, Flush, logger);
        activeSinceMs = Math.Min(NowMs, segments.Active.FirstTimestamp);
        Publish();
    }

    /// <summary>topic-partition, for messages.</summary>
    public string Name { get; }

    /// <summary>The topic's settings; setting them takes effect with the next segment, retention or compaction.</summary>
    public LogOptions Options { get; set; }

    /// <summary>The first offset that can be read.</summary>
    public long StartOffset => Volatile.Read(ref startOffset);

    /// <summary>The offset the next record gets; the high watermark too, as there is one replica.</summary>
    public long EndOffset => Volatile.Read(ref endOffset);

    /// <summary>The first offset of the oldest open transaction, or the end.</summary>
    public long LastStableOffset => Volatile.Read(ref lastStableOffset);

    /// <summary>Bytes on disk.</summary>
    public long SizeBytes => segments.SizeBytes;

    /// <summary>Producers whose state is kept.</summary>
    public IReadOnlyList<ProducerState> Producers
    {
        get
        {
            lock (gate)
            {
                return [.. state.Producers.All.Select(entry => new ProducerState(
                    entry.ProducerId, entry.Epoch, entry.LastSequence, entry.LastTimestampMs, entry.CoordinatorEpoch, entry.OpenFromOffset))];
            }
        }
    }

    private long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Opens a partition, or makes a new one, and recovers it.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="directory">The partition's own directory.</param>
    /// <param name="name">topic-partition, for messages.</param>
    /// <param name="options">The topic's settings.</param>
    /// <param name="time">For append times and retention.</param>
    /// <param name="logger">Gets what recovery found.</param>
    public static PartitionLog Open(IFileSystem files, string directory, string name, LogOptions options, TimeProvider time, ILogger logger) =>
        new(files, directory, name, options, time, logger);

    /// <summary>
    /// Copies whole batches as stored to <paramref name="into" />: from the batch with <paramref name="offset" /> on, up to the end
    /// or, for committed readers, the last stable offset; at most <paramref name="maxBytes" />, except that the first batch comes
    /// whole however large it is when <paramref name="atLeastOne" /> is set. Each batch's CRC is checked.
    /// </summary>
    public ReadResult Read(long offset, int maxBytes, bool atLeastOne, IsolationLevel isolation, KafkaWriter into)
    {
        var end = EndOffset;
        var limit = isolation == IsolationLevel.ReadCommitted ? LastStableOffset : end;
        if (offset < StartOffset || offset > end)
        {
            return new ReadResult(ErrorCode.OffsetOutOfRange, 0);
        }

        if (offset >= limit || (maxBytes <= 0 && !atLeastOne))
        {
            return new ReadResult(ErrorCode.None, 0);
        }

        var length = into.Length;
        try
        {
            return reader.Read(offset, limit, maxBytes, atLeastOne, into);
        }
        catch (IOException exception)
        {
            into.TruncateTo(length);
            logger.LogError(exception, "{Log}: offset {Offset} cannot be read.", Name, offset);
            return new ReadResult(ErrorCode.KafkaStorageError, 0, exception.Message);
        }
    }

    /// <summary>
    /// Changes whenever compaction puts segments in the place of others: batches read before and aborted transactions asked for after
    /// do not go together.
    /// </summary>
    public int Generation => maintenance.Swaps;

    /// <summary>The aborted transactions with records in [from, to), by first offset.</summary>
    public IReadOnlyList<AbortedTransaction> AbortedTransactions(long from, long to)
    {
        lock (gate)
        {
            return state.Transactions.Find(from, to);
        }
    }

    /// <summary>The first record with this time or a later one.</summary>
    public OffsetAndTime OffsetForTime(long timestampMs) => TimeLookup.First(segments, timestampMs, StartOffset);

    /// <summary>The record with the greatest time.</summary>
    public OffsetAndTime OffsetOfMaxTime() => TimeLookup.Greatest(segments, StartOffset);

    /// <summary>Makes everything up to now survive a power cut. Calls at the same time share one fsync.</summary>
    /// <exception cref="IOException">It may not survive one; the log takes no more writes until it is opened again.</exception>
    public ValueTask FlushAsync() => commit.FlushAsync();

    /// <summary>Flushes, on this thread, what is not flushed yet; does nothing where all is or where the log is offline.</summary>
    /// <exception cref="IOException">As <see cref="FlushAsync" />.</exception>
    public void FlushIfDirty()
    {
        if (durability.IsDirty && offline is null)
        {
            Flush();
        }
    }

    /// <summary>Calls back, on the appending thread, whenever the end or the last stable offset moves. Dispose to end it.</summary>
    public IDisposable OnAdvance(Action callback) => advances.Add(callback);

    /// <summary>Hides everything before an offset (DeleteRecords); segments wholly before it go.</summary>
    /// <returns>The start offset now, or OffsetOutOfRange.</returns>
    public AppendResult DeleteRecordsBefore(long offset)
    {
        lock (gate)
        {
            if (offset < 0 || offset > state.EndOffset)
            {
                return new AppendResult(ErrorCode.OffsetOutOfRange, -1, -1);
            }

            state.StartOffset = Math.Max(state.StartOffset, offset);
            Publish();
        }

        maintenance.DeleteSoon(Options, NowMs);
        durability.WantCheckpoint();
        FlushIfDirty();
        return new AppendResult(ErrorCode.None, StartOffset, -1);
    }

    /// <summary>Deletes and compacts what the options say is due. Called from time to time.</summary>
    /// <exception cref="IOException">The disk refuses; nothing is lost.</exception>
    public void Maintain()
    {
        maintenance.Run(Options, NowMs);
        lock (gate)
        {
            Publish();
        }
    }

    /// <summary>Compacts all there is but what is not stable, due or not.</summary>
    /// <param name="keysMax">The most keys of one pass.</param>
    public void Compact(int keysMax = KeyMap.DefaultCountMax) => maintenance.CompactAll(Options, NowMs, keysMax);

    /// <summary>Flushes, writes what makes the next start quick, and closes.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (isDisposed)
            {
                return;
            }

            isDisposed = true;
        }

        maintenance.Dispose();
        if (offline is null)
        {
            durability.WantCheckpoint();
            FlushOnClose();
        }

        offline ??= $"{Name} is closed.";
        foreach (var segment in segments.All)
        {
            segment.Release();
        }
    }

    private void FlushOnClose()
    {
        try
        {
            Flush();
        }
        catch (IOException exception)
        {
            logger.LogError(exception, "{Log} could not be flushed when it was closed.", Name);
        }
    }

    /// <summary>May be called by several at once: one flushes, the others find that little is left.</summary>
    private void Flush()
    {
        if (offline is { } reason)
        {
            throw new LogOfflineException(reason);
        }

        try
        {
            durability.Flush();
        }
        catch (IOException exception)
        {
            // What the failed fsync should have kept may be gone though a second one succeeds.
            GoOffline($"{Name} could not be flushed and takes no writes until the broker starts again: {exception.Message}");
            throw new LogOfflineException(offline!, exception);
        }
    }

    private void GoOffline(string reason)
    {
        offline = reason;
        logger.LogCritical("{Reason}", reason);
    }

    private void Publish()
    {
        Volatile.Write(ref startOffset, state.StartOffset);
        Volatile.Write(ref endOffset, state.EndOffset);
        Volatile.Write(ref lastStableOffset, state.LastStableOffset);
    }
}

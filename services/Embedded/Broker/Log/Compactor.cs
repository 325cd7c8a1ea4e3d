using System.Buffers;
using Microsoft.Extensions.Logging;

namespace StreamDistill.Embedded.Broker.Log;

/// <summary>
/// Keeps the last value of each key in the closed segments before the last stable offset. A pass reads what was not compacted yet
/// into a map of keys, as many as fit, and then writes all segments from the start on anew without what is overwritten, aborted or
/// an old tombstone. Kept records keep their offsets and become plain ones, so markers go too; the log's end does not move.
/// </summary>
/// <param name="files">The file system.</param>
/// <param name="directory">The partition's directory.</param>
/// <param name="name">The partition's name.</param>
/// <param name="segments">The log's segments.</param>
/// <param name="state">What the log knows.</param>
/// <param name="gate">The log's lock, which guards the two.</param>
/// <param name="durability">Keeps flushes from coming in between when segments are put in place.</param>
/// <param name="flush">Flushes the log; throws where it is offline.</param>
/// <param name="logger">Gets what cannot be compacted.</param>
internal sealed class Compactor(
    IFileSystem files, string directory, string name, SegmentList segments, LogState state, Lock gate, Durability durability, Action flush, ILogger logger)
{
    private const int WindowBytes = 1 << 20;
    private const int BatchBytes = 64 << 10;

    private int swaps;

    /// <summary>How often a segment took the place of others: what is said of transactions before and after does not go together.</summary>
    public int Swaps => Volatile.Read(ref swaps);

    /// <summary>Whether enough of what may be compacted is not yet.</summary>
    public bool IsDue(LogOptions options, long nowMs)
    {
        var cleanable = Cleanable(options, nowMs);
        var dirty = cleanable.Where(segment => segment.EndOffset > state.CompactedOffset).Sum(segment => segment.Size);
        return dirty > 0 && dirty >= options.MinCleanableDirtyRatio * cleanable.Sum(segment => segment.Size);
    }

    /// <summary>Compacts all that can be, in as many passes as the map of keys needs. One caller at a time.</summary>
    /// <exception cref="IOException">The disk refuses; nothing is lost.</exception>
    public void Compact(LogOptions options, long nowMs, int keysMax, CancellationToken cancellationToken)
    {
        try
        {
            while (CompactOnce(options, nowMs, keysMax, cancellationToken))
            {
            }
        }
        catch (InvalidDataException exception)
        {
            logger.LogError("{Log} is not compacted: {Reason}", name, exception.Message);
        }
    }

    /// <summary>Whether there is more to do.</summary>
    private bool CompactOnce(LogOptions options, long nowMs, int keysMax, CancellationToken cancellationToken)
    {
        AbortedRanges aborted;
        lock (gate)
        {
            aborted = new AbortedRanges(state.Transactions.Aborted.Select(entry => entry.Transaction).ToList());
        }

        var cleanable = Cleanable(options, nowMs);

        // There are no more keys than offsets: a map of that many is not too large for a small log, and never has to grow.
        var offsets = cleanable.Count == 0 ? 0 : cleanable[^1].EndOffset - Math.Max(state.CompactedOffset, cleanable[0].BaseOffset);
        var keys = new KeyMap((int)Math.Clamp(offsets, 0, keysMax));

        // One for all batches of the pass: of new ones, large as they are, every few would cost a full garbage collection.
        var buffer = new ArrayBufferWriter<byte>();
        var end = MapKeys(cleanable, keys, aborted, buffer, cancellationToken);
        if (end <= state.CompactedOffset)
        {
            return false;
        }

        // What is removed was flushed, it may be: then so must be what overwrites it and what decided its transaction, before it goes. And
        // the checkpoint must not speak of a segment that will be another.
        flush();
        foreach (var group in Groups(cleanable.TakeWhile(segment => segment.BaseOffset < end), options.SegmentBytes))
        {
            Rewrite(group, new RecordFilter(keys, end, aborted, nowMs, nowMs + options.DeleteRetentionMs, buffer), cancellationToken);
        }

        lock (gate)
        {
            state.CompactedOffset = end;
        }

        durability.WantCheckpoint();
        return end < (cleanable.Count == 0 ? 0 : cleanable[^1].EndOffset);
    }

    private List<Segment> Cleanable(LogOptions options, long nowMs)
    {
        lock (gate)
        {
            var stable = state.LastStableOffset;
            return [.. segments.All[..^1].TakeWhile(segment =>
                segment.EndOffset <= stable && (options.MinCompactionLagMs <= 0 || nowMs - segment.MaxTimestamp >= options.MinCompactionLagMs))];
        }
    }

    /// <summary>Takes the keys of what was not compacted yet.</summary>
    /// <returns>The offset up to which all are in the map.</returns>
    private long MapKeys(List<Segment> cleanable, KeyMap keys, AbortedRanges aborted, ArrayBufferWriter<byte> buffer, CancellationToken cancellationToken)
    {
        var end = state.CompactedOffset;
        foreach (var segment in cleanable.Where(segment => segment.EndOffset > state.CompactedOffset))
        {
            foreach (var scanner in Batches(segment, cancellationToken))
            {
                var header = scanner.Header;
                if (header.LastOffset < state.CompactedOffset || header.IsControl || aborted.Contain(header))
                {
                    end = Math.Max(end, header.LastOffset + 1);
                    continue;
                }

                if (!TryMap(scanner, keys, buffer))
                {
                    return end;
                }

                end = header.LastOffset + 1;
            }
        }

        return end;
    }

    /// <summary>False where the batch's keys do not all fit.</summary>
    private static bool TryMap(BatchScanner scanner, KeyMap keys, ArrayBufferWriter<byte> buffer)
    {
        if (!BatchRecords.TryOpen(scanner.BatchMemory, scanner.Header, buffer, out var body))
        {
            return true;
        }

        var reader = new RecordReader(body.Span);
        while (reader.TryRead(out var record))
        {
            if (record.KeyLength >= 0 && !keys.TryPut(reader.Key(record), scanner.Header.BaseOffset + record.OffsetDelta))
            {
                return false;
            }
        }

        return true;
    }

    private void Rewrite(List<Segment> group, RecordFilter filter, CancellationToken cancellationToken)
    {
        var (baseOffset, endOffset) = (group[0].BaseOffset, group[^1].EndOffset);
        var cleanedPath = Segment.PathOf(directory, baseOffset, SegmentSwap.CleanedExtension);
        files.Delete(cleanedPath);
        var cleaned = new Segment(baseOffset, directory, files.Open(cleanedPath));
        try
        {
            var output = new CompactedSegment(cleaned, BatchBytes);
            foreach (var scanner in group.SelectMany(segment => Batches(segment, cancellationToken)))
            {
                filter.Copy(scanner.BatchMemory, scanner.Header, output, logger, name);
            }

            output.Finish(endOffset);
            if (group.Count == 1 && !filter.HasChanged)
            {
                cleaned.Release();
                files.Delete(cleanedPath);
                return;
            }

            cleaned.Flush();
            cleaned.FlushedSize = cleaned.Size;
            cleaned.IsIndexStored = true;
            cleaned.Index.Trim();
        }
        catch
        {
            cleaned.Release();
            files.Delete(cleanedPath);
            throw;
        }

        PutInPlace(group, cleaned, endOffset, Math.Min(endOffset, filter.End));
    }

    private void PutInPlace(List<Segment> group, Segment cleaned, long endOffset, long stableEnd)
    {
        lock (durability.Gate)
        {
            if (cleaned.Size > 0)
            {
                List<TransactionIndex.Entry> aborted;
                lock (gate)
                {
                    aborted = [.. state.Transactions.Aborted.Where(entry => entry.Transaction.LastOffset >= stableEnd)];
                }

                ChecksummedFile.Store(
                    files, Segment.PathOf(directory, cleaned.BaseOffset, SegmentSwap.CleanedIndexExtension), SegmentIndexFile.Build(cleaned, aborted));
                SegmentSwap.Commit(files, directory, cleaned.BaseOffset, endOffset);
            }

            lock (gate)
            {
                segments.Replace(Array.IndexOf(segments.All, group[0]), group.Count, cleaned.Size > 0 ? [cleaned] : []);
                state.Transactions.RemoveBefore(stableEnd);
                Volatile.Write(ref swaps, swaps + 1);
            }

            if (cleaned.Size > 0)
            {
                SegmentSwap.Complete(files, directory, cleaned.BaseOffset, endOffset);
            }
            else
            {
                cleaned.Release();
                files.Delete(Segment.PathOf(directory, cleaned.BaseOffset, SegmentSwap.CleanedExtension));
                DeleteInOrder(group);
            }
        }

        group.ForEach(segment => segment.Release());
    }

    /// <summary>The oldest first: a tombstone must not go before what it deletes.</summary>
    private void DeleteInOrder(List<Segment> group)
    {
        foreach (var segment in group)
        {
            files.Delete(segment.Path);
            files.SyncDirectory(directory);
            files.Delete(Segment.PathOf(directory, segment.BaseOffset, SegmentIndexFile.Extension));
        }

        durability.DirectoryChanged();
    }

    private static IEnumerable<List<Segment>> Groups(IEnumerable<Segment> cleanable, long segmentBytes)
    {
        var group = new List<Segment>();
        foreach (var segment in cleanable)
        {
            if (group.Count > 0 && (group.Sum(one => one.Size) + segment.Size > segmentBytes || segment.EndOffset - group[0].BaseOffset > int.MaxValue))
            {
                yield return group;
                group = [];
            }

            group.Add(segment);
        }

        if (group.Count > 0)
        {
            yield return group;
        }
    }

    /// <exception cref="InvalidDataException">The segment is damaged: compacting would hide that.</exception>
    private static IEnumerable<BatchScanner> Batches(Segment segment, CancellationToken cancellationToken)
    {
        using var scanner = segment.Scan(0, segment.BaseOffset, WindowBytes);
        for (var step = scanner.MoveNext(); step != ScanStep.End; step = scanner.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (step != ScanStep.Batch)
            {
                throw new InvalidDataException($"{segment.Path} is damaged at byte {scanner.Position}.");
            }

            yield return scanner;
        }
    }
}

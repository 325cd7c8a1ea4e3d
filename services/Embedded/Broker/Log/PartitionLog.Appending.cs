using System.Buffers.Binary;
using Microsoft.Extensions.Logging;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Log;

/// <content>How batches get in: checked, numbered and written, one at a time.</content>
internal sealed partial class PartitionLog
{
    private long activeSinceMs;

    /// <summary>
    /// Checks one record batch from a client (magic 2, CRC, sizes, producer epoch and sequence), gives it its offsets (written into
    /// <paramref name="batch" />) and writes it. When it returns, a kill loses nothing; a power cut may until <see cref="FlushAsync" />.
    /// </summary>
    public AppendResult Append(Memory<byte> batch) => Append(batch.Span, isInternal: false);

    /// <summary>
    /// As <see cref="Append(Memory{byte})" /> for a batch that the broker made itself (committed offsets, transaction states): a
    /// producer's epoch counts, sequences do not.
    /// </summary>
    public AppendResult AppendInternal(Memory<byte> batch) => Append(batch.Span, isInternal: true);

    /// <summary>Ends a producer's transaction with a control marker. Checks the producer's epoch. A marker for a producer with nothing open is written all the same.</summary>
    public AppendResult AppendMarker(long producerId, short producerEpoch, bool isCommit, int coordinatorEpoch)
    {
        var marker = ControlBatch.BuildMarker(producerId, producerEpoch, isCommit, coordinatorEpoch, NowMs);
        AppendResult result;
        lock (gate)
        {
            var error = state.Producers.CheckMarker(producerId, producerEpoch, coordinatorEpoch);
            result = error == ErrorCode.None ? Write(marker, new BatchHeader(marker)) : new AppendResult(error, -1, -1);
        }

        Signal(result);
        return result;
    }

    private AppendResult Append(Span<byte> batch, bool isInternal)
    {
        var options = Options;
        var (error, message) = BatchValidator.Check(batch, options, isInternal, out var header);
        if (error != ErrorCode.None)
        {
            return new AppendResult(error, -1, -1, message);
        }

        AppendResult result;
        lock (gate)
        {
            result = AppendChecked(batch, header, options, isInternal);
        }

        Signal(result);
        return result;
    }

    private AppendResult AppendChecked(Span<byte> batch, BatchHeader header, LogOptions options, bool isInternal)
    {
        if (header.HasProducer)
        {
            var error = state.Producers.Check(header, !isInternal, out var duplicateOf);
            if (error != ErrorCode.None || duplicateOf >= 0)
            {
                return new AppendResult(error, duplicateOf, -1);
            }
        }

        if (options.UsesLogAppendTime && !isInternal)
        {
            BatchValidator.SetAppendTime(batch, NowMs);
        }

        var result = Write(batch, new BatchHeader(batch));
        return header.UsesLogAppendTime || options.UsesLogAppendTime ? result with { LogAppendTimeMs = new BatchHeader(batch).MaxTimestamp } : result;
    }

    /// <summary>Gives a batch its offsets and writes it. The lock is held.</summary>
    private AppendResult Write(Span<byte> batch, BatchHeader header)
    {
        if (offline is { } reason)
        {
            return new AppendResult(ErrorCode.KafkaStorageError, -1, -1, reason);
        }

        try
        {
            if (IsRollDue(batch.Length, header))
            {
                Roll();
            }

            BinaryPrimitives.WriteInt64BigEndian(batch, state.EndOffset);
            BinaryPrimitives.WriteInt32BigEndian(batch[BatchHeader.LeaderEpochAt..], 0);
            var placed = new BatchHeader(batch);
            if (segments.Active.Size == 0)
            {
                activeSinceMs = NowMs;
            }

            segments.Active.Append(batch, placed);
            state.Apply(placed, batch);
            Publish();
            return new AppendResult(ErrorCode.None, placed.BaseOffset, -1);
        }
        catch (TornSegmentException exception)
        {
            GoOffline(exception.Message);
            return new AppendResult(ErrorCode.KafkaStorageError, -1, -1, exception.Message);
        }
        catch (IOException exception)
        {
            logger.LogError(exception, "{Log}: a batch could not be written.", Name);
            return new AppendResult(ErrorCode.KafkaStorageError, -1, -1, $"{Name} could not be written: {exception.Message}");
        }
    }

    private bool IsRollDue(int bytes, in BatchHeader header)
    {
        var active = segments.Active;
        return active.Size > 0
            && (active.Size + bytes > Options.SegmentBytes
                || NowMs - activeSinceMs > Options.SegmentMs
                || state.EndOffset + header.LastOffsetDelta - active.BaseOffset > uint.MaxValue);
    }

    private void Roll()
    {
        var offset = state.EndOffset;
        var file = files.Open(Segment.PathOf(directory, offset));
        durability.DirectoryChanged();
        segments.Active.Index.Trim();
        segments.Add(new Segment(offset, directory, file));
    }

    private void Signal(in AppendResult result)
    {
        if (result.Error == ErrorCode.None)
        {
            advances.Call();
        }
    }
}

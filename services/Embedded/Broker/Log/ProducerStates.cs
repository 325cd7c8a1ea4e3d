using System.Runtime.CompilerServices;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Log;

/// <summary>
/// What a partition knows of its producers: epochs, the last five batches of each (to know a repeated one), open transactions.
/// The rules are those of Kafka's ProducerStateManager. Not safe for several threads.
/// </summary>
internal sealed class ProducerStates
{
    /// <summary>producer.id.expiration.ms.</summary>
    public const long ExpirationMs = 24 * 3600 * 1000L;

    /// <summary>More producers than this are not remembered: those longest silent go first.</summary>
    public const int CountMax = 100_000;

    private readonly Dictionary<long, ProducerEntry> entries = [];

    public int Count => entries.Count;

    public IEnumerable<ProducerEntry> All => entries.Values;

    public ProducerEntry? Find(long producerId) => entries.GetValueOrDefault(producerId);

    /// <summary>Whether a producer may write a batch next.</summary>
    /// <param name="header">The batch.</param>
    /// <param name="checksSequence">It is from a client.</param>
    /// <param name="duplicateOf">The offset of the same batch where it is in the log already, else -1.</param>
    public ErrorCode Check(in BatchHeader header, bool checksSequence, out long duplicateOf)
    {
        duplicateOf = -1;
        if (!entries.TryGetValue(header.ProducerId, out var entry))
        {
            // Retention may have removed what it wrote before: any sequence begins.
            return ErrorCode.None;
        }

        if (header.ProducerEpoch < entry.Epoch)
        {
            return ErrorCode.InvalidProducerEpoch;
        }

        if (checksSequence)
        {
            var error = CheckSequence(header, entry, out duplicateOf);
            if (error != ErrorCode.None || duplicateOf >= 0)
            {
                return error;
            }
        }

        return entry.OpenFromOffset >= 0 && !header.IsTransactional && header.ProducerEpoch == entry.Epoch
            ? ErrorCode.InvalidTxnState
            : ErrorCode.None;
    }

    /// <summary>Whether a marker may end a producer's transaction.</summary>
    public ErrorCode CheckMarker(long producerId, short epoch, int coordinatorEpoch)
    {
        if (!entries.TryGetValue(producerId, out var entry))
        {
            return ErrorCode.None;
        }

        return epoch < entry.Epoch ? ErrorCode.InvalidProducerEpoch
            : coordinatorEpoch < entry.CoordinatorEpoch ? ErrorCode.TransactionCoordinatorFenced
            : ErrorCode.None;
    }

    /// <summary>Remembers a batch that was written.</summary>
    /// <returns>Whether it begins a transaction.</returns>
    public bool Append(in BatchHeader header)
    {
        var entry = GetOrAdd(header.ProducerId);
        entry.SetEpoch(header.ProducerEpoch);
        entry.LastTimestampMs = Math.Max(entry.LastTimestampMs, header.MaxTimestamp);
        if (header.BaseSequence >= 0)
        {
            entry.AddBatch(new ProducerBatch(header.BaseSequence, header.LastSequence, header.BaseOffset));
        }

        if (!header.IsTransactional || entry.OpenFromOffset >= 0)
        {
            return false;
        }

        entry.OpenFromOffset = header.BaseOffset;
        return true;
    }

    /// <summary>Remembers a marker that was written.</summary>
    /// <returns>Where the transaction that it ended began, -1 where none was open.</returns>
    public long AppendMarker(long producerId, short epoch, int coordinatorEpoch, long timestampMs)
    {
        var entry = GetOrAdd(producerId);
        entry.SetEpoch(epoch);
        entry.CoordinatorEpoch = Math.Max(entry.CoordinatorEpoch, coordinatorEpoch);
        entry.LastTimestampMs = Math.Max(entry.LastTimestampMs, timestampMs);
        var openFrom = entry.OpenFromOffset;
        entry.OpenFromOffset = -1;
        return openFrom;
    }

    /// <summary>Takes a producer as it was kept.</summary>
    public void Restore(ProducerEntry entry) => entries[entry.ProducerId] = entry;

    /// <summary>Forgets producers silent for a day; never one with an open transaction.</summary>
    public void Expire(long nowMs)
    {
        foreach (var entry in entries.Values.Where(entry => entry.OpenFromOffset < 0 && nowMs - entry.LastTimestampMs > ExpirationMs).ToList())
        {
            entries.Remove(entry.ProducerId);
        }
    }

    private static ErrorCode CheckSequence(in BatchHeader header, ProducerEntry entry, out long duplicateOf)
    {
        duplicateOf = -1;
        if (header.ProducerEpoch != entry.Epoch)
        {
            return header.BaseSequence == 0 || entry.Epoch < 0 ? ErrorCode.None : ErrorCode.OutOfOrderSequenceNumber;
        }

        duplicateOf = entry.OffsetOf(header.BaseSequence, header.LastSequence);
        if (duplicateOf >= 0)
        {
            return ErrorCode.None;
        }

        var last = entry.LastSequence;
        if (header.BaseSequence == (last == int.MaxValue ? 0 : last + 1))
        {
            return ErrorCode.None;
        }

        return header.LastSequence <= last && header.BaseSequence <= header.LastSequence
            ? ErrorCode.DuplicateSequenceNumber
            : ErrorCode.OutOfOrderSequenceNumber;
    }

    private ProducerEntry GetOrAdd(long producerId)
    {
        if (entries.TryGetValue(producerId, out var entry))
        {
            return entry;
        }

        if (entries.Count >= CountMax)
        {
            ForgetOldest();
        }

        entry = new ProducerEntry(producerId);
        entries.Add(producerId, entry);
        return entry;
    }

    private void ForgetOldest()
    {
        foreach (var entry in entries.Values.Where(entry => entry.OpenFromOffset < 0).OrderBy(entry => entry.LastTimestampMs).Take(CountMax / 10).ToList())
        {
            entries.Remove(entry.ProducerId);
        }
    }
}

/// <summary>A batch of an idempotent producer: its sequences and where it went.</summary>
internal readonly record struct ProducerBatch(int FirstSequence, int LastSequence, long BaseOffset);

/// <summary>One producer.</summary>
internal sealed class ProducerEntry(long producerId)
{
    public const int BatchesMax = 5;

    private LastBatches batches;

    public long ProducerId { get; } = producerId;

    /// <summary>-1 where none is known.</summary>
    public short Epoch { get; private set; } = -1;

    public int CoordinatorEpoch { get; set; } = -1;

    public long LastTimestampMs { get; set; } = -1;

    /// <summary>Where its open transaction begins, -1 where none is open.</summary>
    public long OpenFromOffset { get; set; } = -1;

    public int BatchCount { get; private set; }

    /// <summary>-1 where this epoch has written nothing with a sequence.</summary>
    public int LastSequence => BatchCount == 0 ? -1 : batches[BatchCount - 1].LastSequence;

    public ProducerBatch BatchAt(int index) => batches[index];

    /// <summary>A newer epoch begins with no batches.</summary>
    public void SetEpoch(short epoch)
    {
        if (epoch != Epoch)
        {
            Epoch = epoch;
            BatchCount = 0;
        }
    }

    public void AddBatch(ProducerBatch batch)
    {
        if (BatchCount == BatchesMax)
        {
            for (var i = 1; i < BatchesMax; i++)
            {
                batches[i - 1] = batches[i];
            }

            BatchCount--;
        }

        batches[BatchCount++] = batch;
    }

    /// <summary>Where a batch with just these sequences went, -1 where none of the last ones has them.</summary>
    public long OffsetOf(int firstSequence, int lastSequence)
    {
        for (var i = 0; i < BatchCount; i++)
        {
            if (batches[i].FirstSequence == firstSequence && batches[i].LastSequence == lastSequence)
            {
                return batches[i].BaseOffset;
            }
        }

        return -1;
    }

    [InlineArray(BatchesMax)]
    private struct LastBatches
    {
        private ProducerBatch first;
    }
}

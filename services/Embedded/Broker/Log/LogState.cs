namespace StreamDistill.Embedded.Broker.Log;

/// <summary>What a log knows beside its bytes: built batch by batch, by appends and by recovery alike.</summary>
internal sealed class LogState
{
    public ProducerStates Producers { get; } = new();

    public TransactionIndex Transactions { get; } = new();

    /// <summary>The first offset that can be read.</summary>
    public long StartOffset { get; set; }

    /// <summary>Every key's records before this offset have been compacted once.</summary>
    public long CompactedOffset { get; set; }

    /// <summary>The offset the next record gets.</summary>
    public long EndOffset { get; set; }

    public long LastStableOffset => Math.Min(Transactions.FirstOpenOffset, EndOffset);

    /// <summary>Takes a producer as it was kept.</summary>
    public void Restore(ProducerEntry producer)
    {
        Producers.Restore(producer);
        if (producer.OpenFromOffset >= 0)
        {
            Transactions.Begin(producer.ProducerId, producer.OpenFromOffset);
        }
    }

    /// <summary>Takes a batch that is in the log now.</summary>
    public void Apply(in BatchHeader header, ReadOnlySpan<byte> batch)
    {
        EndOffset = header.LastOffset + 1;
        if (!header.HasProducer)
        {
            return;
        }

        if (!header.IsControl)
        {
            if (Producers.Append(header))
            {
                Transactions.Begin(header.ProducerId, header.BaseOffset);
            }
        }
        else if (ControlBatch.TryParseMarker(batch, out var isCommit, out var coordinatorEpoch))
        {
            var openFrom = Producers.AppendMarker(header.ProducerId, header.ProducerEpoch, coordinatorEpoch, header.MaxTimestamp);
            if (openFrom >= 0)
            {
                Transactions.End(header.ProducerId, openFrom, header.BaseOffset, isCommit);
            }
        }
    }
}

using System.Buffers;
using Microsoft.Extensions.Logging;

namespace StreamDistill.Embedded.Broker.Log;

/// <summary>Which records a pass of compaction keeps.</summary>
/// <param name="keys">The last offset of each key.</param>
/// <param name="end">The offset up to which keys are in the map; what comes after is kept as it is.</param>
/// <param name="aborted">The aborted transactions.</param>
/// <param name="nowMs">The time.</param>
/// <param name="horizonMs">When a tombstone that is met for the first time may go.</param>
/// <param name="buffer">For the records of one batch after another.</param>
internal sealed class RecordFilter(KeyMap keys, long end, AbortedRanges aborted, long nowMs, long horizonMs, ArrayBufferWriter<byte> buffer)
{
    public long End => end;

    /// <summary>Something is not as it was.</summary>
    public bool HasChanged { get; private set; }

    /// <summary>Copies what is kept of a batch.</summary>
    public void Copy(ReadOnlyMemory<byte> batch, in BatchHeader header, CompactedSegment into, ILogger logger, string name)
    {
        if (header.BaseOffset >= end)
        {
            into.Add(batch.Span, header);
        }
        else if (header.IsControl || header.RecordsCount == 0 || aborted.Contain(header))
        {
            HasChanged = true;
        }
        else if (BatchRecords.TryOpen(batch, header, buffer, out var body))
        {
            CopyRecords(body.Span, header, into);
        }
        else
        {
            logger.LogWarning("{Log}: the records at offsets {From} to {To} cannot be opened; compaction keeps them all.", name, header.BaseOffset, header.LastOffset);
            CopyWhole(batch.Span, header, into);
        }
    }

    private void CopyRecords(ReadOnlySpan<byte> body, in BatchHeader header, CompactedSegment into)
    {
        HasChanged |= header.HasProducer;
        var kind = new BatchKind(header.Compression, header.UsesLogAppendTime ? header.MaxTimestamp : -1);
        var reader = new RecordReader(body);
        while (reader.TryRead(out var record))
        {
            var offset = header.BaseOffset + record.OffsetDelta;
            if (record.KeyLength >= 0 && keys.LastOffset(reader.Key(record)) > offset)
            {
                HasChanged = true;
                continue;
            }

            var horizon = -1L;
            if (record.ValueLength < 0)
            {
                horizon = header.HasDeleteHorizon ? header.BaseTimestamp : horizonMs;
                if (header.HasDeleteHorizon && nowMs >= horizon)
                {
                    HasChanged = true;
                    continue;
                }

                HasChanged |= !header.HasDeleteHorizon;
            }

            into.Add(kind, offset, header.BaseTimestamp + record.TimestampDelta, horizon, body[record.AttributesAt], body[record.RestStart..record.End]);
        }
    }

    /// <summary>Makes the batch a plain one: its marker goes.</summary>
    private static void CopyWhole(ReadOnlySpan<byte> batch, in BatchHeader header, CompactedSegment into)
    {
        var plain = batch.ToArray();
        BatchHeader.Write(
            plain, header.BaseOffset, (short)(header.Attributes & ~BatchHeader.TransactionalFlag), header.LastOffsetDelta, header.BaseTimestamp,
            header.MaxTimestamp, -1, -1, -1, header.RecordsCount);
        into.Add(plain, new BatchHeader(plain));
    }
}

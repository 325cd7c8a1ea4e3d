using System.Buffers;
using System.Buffers.Binary;

namespace StreamDistill.Embedded.Broker.Log;

/// <summary>What the records of one batch have in common.</summary>
/// <param name="Compression">As in the attributes.</param>
/// <param name="AppendTimeMs">The time that all of them have, for topics of append times; else -1.</param>
internal readonly record struct BatchKind(int Compression, long AppendTimeMs);

/// <summary>
/// A batch in the making, of records that compaction keeps: plain ones, since what they come from is committed and their producers'
/// sequences are known elsewhere. It begins where the batch before it ends, so that base offsets have no gaps.
/// </summary>
internal sealed class CompactedBatch
{
    private readonly ArrayBufferWriter<byte> body = new(64 << 10);
    private BatchKind kind;
    private long baseTimestamp;
    private long maxTimestamp;
    private long lastOffset;
    private bool hasHorizon;

    /// <summary>The first offset that no batch written covers.</summary>
    public long BaseOffset { get; set; }

    public int Count { get; private set; }

    public int Bytes => body.WrittenCount;

    /// <summary>Whether a record can come into this batch: it is of its kind, and a tombstone's horizon is the same.</summary>
    public bool Takes(BatchKind recordKind, long horizonMs, long offset) =>
        Count == 0 || (recordKind == kind && offset - BaseOffset < int.MaxValue && (horizonMs < 0 || (hasHorizon && horizonMs == baseTimestamp)));

    /// <summary>Adds a record.</summary>
    /// <param name="recordKind">What its batch was like.</param>
    /// <param name="offset">Its offset.</param>
    /// <param name="timestampMs">Its time.</param>
    /// <param name="horizonMs">For a tombstone when it may go, else -1.</param>
    /// <param name="attributes">Its attributes.</param>
    /// <param name="rest">Key, value and headers as they are in the record.</param>
    public void Add(BatchKind recordKind, long offset, long timestampMs, long horizonMs, byte attributes, ReadOnlySpan<byte> rest)
    {
        if (Count == 0)
        {
            kind = recordKind;
            hasHorizon = horizonMs >= 0;
            baseTimestamp = hasHorizon ? horizonMs : timestampMs;
            maxTimestamp = long.MinValue;
        }

        var (timestampDelta, offsetDelta) = (timestampMs - baseTimestamp, offset - BaseOffset);
        RecordBatch.WriteVarint(body, 1 + RecordBatch.VarintSize(timestampDelta) + RecordBatch.VarintSize(offsetDelta) + rest.Length);
        RecordBatch.WriteByte(body, attributes);
        RecordBatch.WriteVarint(body, timestampDelta);
        RecordBatch.WriteVarint(body, offsetDelta);
        body.Write(rest);
        maxTimestamp = Math.Max(maxTimestamp, timestampMs);
        lastOffset = offset;
        Count++;
    }

    /// <summary>The batch, and an empty one begins behind it.</summary>
    /// <param name="end">The first offset that it does not cover, -1 for that after its last record.</param>
    public byte[] Finish(long end = -1)
    {
        var records = Compression.Compress(kind.Compression, body.WrittenMemory);
        var compression = records is null ? 0 : kind.Compression;
        var content = records ?? body.WrittenMemory;
        var batch = new byte[BatchHeader.Size + content.Length];
        content.Span.CopyTo(batch.AsSpan(BatchHeader.Size));
        var last = end < 0 ? lastOffset : end - 1;
        var flags = (kind.AppendTimeMs >= 0 ? BatchHeader.LogAppendTimeFlag : 0) | (hasHorizon ? BatchHeader.DeleteHorizonFlag : 0);
        BatchHeader.Write(
            batch, BaseOffset, (short)(compression | flags), (int)(last - BaseOffset), baseTimestamp, kind.AppendTimeMs >= 0 ? kind.AppendTimeMs : maxTimestamp,
            -1, -1, -1, Count);
        BaseOffset = last + 1;
        Count = 0;
        body.ResetWrittenCount();
        return batch;
    }
}

namespace StreamDistill.Embedded.Broker.Log;

/// <summary>
/// Up to where a partition's log is known to be good and on disk, and what was known then, so that only what comes after is read
/// again: the file <c>recovery.checkpoint</c>, replaced as a whole, little-endian:
/// <code>
/// int32  magic 0x50434453 ("SDCP")
/// int16  version 1
/// int64  first offset that can be read
/// int64  offset up to which the log is compacted
/// int32  producers, each
///     int64 id, int16 epoch, int32 coordinator epoch, int64 last time, int64 open transaction's first offset (-1: none),
///     uint8 batches, each: int32 first sequence, int32 last sequence, int64 base offset
/// the section of SegmentIndexFile for the segment that was written then: its bytes and end offset are the good ones
/// uint32 CRC-32C of everything before
/// </code>
/// </summary>
internal static class Checkpoint
{
    public const string FileName = "recovery.checkpoint";

    private const int Magic = 0x50434453;
    private const short Version = 1;

    public static byte[] Build(LogState state, Segment active) => ChecksummedFile.Build(Magic, Version, writer =>
    {
        writer.Write(state.StartOffset);
        writer.Write(state.CompactedOffset);
        writer.Write(state.Producers.Count);
        foreach (var producer in state.Producers.All)
        {
            Write(writer, producer);
        }

        SegmentIndexFile.Write(writer, active, state.Transactions.Aborted);
    });

    /// <summary>Takes a checkpoint into an empty state.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="state">Gets start and end offset, producers and open transactions; not the aborted ones.</param>
    /// <param name="open">Gives the segment of a base offset, new and empty; null where there is none.</param>
    /// <returns>The segment with its books as they were, and the aborted transactions that end in it; null where the file is not whole.</returns>
    public static (Segment Segment, List<TransactionIndex.Entry> Aborted)? TryLoad(byte[] bytes, LogState state, Func<long, Segment?> open)
    {
        (Segment, List<TransactionIndex.Entry>)? loaded = null;
        ChecksummedFile.TryRead(bytes, Magic, Version, reader =>
        {
            state.StartOffset = reader.ReadInt64();
            state.CompactedOffset = reader.ReadInt64();
            for (var left = reader.ReadInt32(); left > 0; left--)
            {
                state.Restore(Read(reader));
            }

            var baseOffset = reader.ReadInt64();
            reader.BaseStream.Position -= sizeof(long);
            if (open(baseOffset) is { } segment)
            {
                var aborted = SegmentIndexFile.Read(reader, segment);
                state.EndOffset = segment.EndOffset;
                loaded = (segment, aborted);
            }
        });
        return loaded;
    }

    private static void Write(BinaryWriter writer, ProducerEntry producer)
    {
        writer.Write(producer.ProducerId);
        writer.Write(producer.Epoch);
        writer.Write(producer.CoordinatorEpoch);
        writer.Write(producer.LastTimestampMs);
        writer.Write(producer.OpenFromOffset);
        writer.Write((byte)producer.BatchCount);
        for (var i = 0; i < producer.BatchCount; i++)
        {
            var batch = producer.BatchAt(i);
            writer.Write(batch.FirstSequence);
            writer.Write(batch.LastSequence);
            writer.Write(batch.BaseOffset);
        }
    }

    private static ProducerEntry Read(BinaryReader reader)
    {
        var producer = new ProducerEntry(reader.ReadInt64());
        producer.SetEpoch(reader.ReadInt16());
        producer.CoordinatorEpoch = reader.ReadInt32();
        producer.LastTimestampMs = reader.ReadInt64();
        producer.OpenFromOffset = reader.ReadInt64();
        for (var left = reader.ReadByte(); left > 0; left--)
        {
            producer.AddBatch(new ProducerBatch(reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt64()));
        }

        return producer;
    }
}

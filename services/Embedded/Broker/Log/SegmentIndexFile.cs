namespace StreamDistill.Embedded.Broker.Log;

/// <summary>
/// What is known of a segment, kept so that it need not be read again. The file <c>&lt;first offset&gt;.index</c> beside a closed
/// segment, little-endian:
/// <code>
/// int32  magic 0x58494453 ("SDIX")       int32  entries, each
/// int16  version 1                           uint32 offset, relative to baseOffset
/// int64  baseOffset                          int32  position
/// int64  endOffset: the next one's first     int64  greatest time before it
/// int64  bytes of the segment            int32  aborted transactions that end in it, each
/// int64  greatest time                       int64  producerId, int64 first, int64 last offset,
/// int64  base offset of its batch            int64  last stable offset after it
/// int64  first batch's time              uint32 CRC-32C of everything before
/// </code>
/// The same section, without magic, version and CRC, is part of the checkpoint for the segment that it ends in.
/// </summary>
internal static class SegmentIndexFile
{
    public const string Extension = ".index";

    private const int Magic = 0x58494453;
    private const short Version = 1;

    public static byte[] Build(Segment segment, IEnumerable<TransactionIndex.Entry> aborted) => ChecksummedFile.Build(Magic, Version, writer => Write(writer, segment, aborted));

    /// <summary>Takes what a closed segment's index file says into the segment.</summary>
    /// <returns>The aborted transactions that end in it; null where the file is not this segment's or is not whole.</returns>
    public static List<TransactionIndex.Entry>? TryLoad(byte[] bytes, Segment segment)
    {
        List<TransactionIndex.Entry>? aborted = null;
        return ChecksummedFile.TryRead(bytes, Magic, Version, reader => aborted = Read(reader, segment)) && segment.Size == segment.FileLength
            ? aborted
            : null;
    }

    public static void Write(BinaryWriter writer, Segment segment, IEnumerable<TransactionIndex.Entry> aborted)
    {
        writer.Write(segment.BaseOffset);
        writer.Write(segment.EndOffset);
        writer.Write(segment.Size);
        writer.Write(segment.MaxTimestamp);
        writer.Write(segment.MaxTimestampBatch);
        writer.Write(segment.FirstTimestamp);
        var entries = segment.Index.Entries;
        writer.Write(entries.Length);
        foreach (var entry in entries)
        {
            writer.Write(entry.RelativeOffset);
            writer.Write(entry.Position);
            writer.Write(entry.MaxTimestampBefore);
        }

        var ended = aborted.Where(entry => entry.Transaction.LastOffset >= segment.BaseOffset && entry.Transaction.LastOffset < segment.EndOffset).ToList();
        writer.Write(ended.Count);
        foreach (var (transaction, lastStableOffset) in ended)
        {
            writer.Write(transaction.ProducerId);
            writer.Write(transaction.FirstOffset);
            writer.Write(transaction.LastOffset);
            writer.Write(lastStableOffset);
        }
    }

    /// <exception cref="InvalidDataException">It is another segment's.</exception>
    public static List<TransactionIndex.Entry> Read(BinaryReader reader, Segment segment)
    {
        var baseOffset = reader.ReadInt64();
        if (baseOffset != segment.BaseOffset)
        {
            throw new InvalidDataException($"The index is that of segment {baseOffset}, not of {segment.BaseOffset}.");
        }

        segment.Restore(reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            segment.Index.AddEntry(new SegmentIndex.Entry(reader.ReadUInt32(), reader.ReadInt32(), reader.ReadInt64()));
        }

        var aborted = new List<TransactionIndex.Entry>();
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var transaction = new AbortedTransaction(reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
            aborted.Add(new TransactionIndex.Entry(transaction, reader.ReadInt64()));
        }

        return aborted;
    }
}

using System.Buffers;
using StreamDistill.Contracts;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Log;

/// <summary>A record of a batch that is in memory.</summary>
/// <param name="Offset">Its offset.</param>
/// <param name="TimestampMs">Milliseconds since 1970.</param>
/// <param name="Key">Null where it has none.</param>
/// <param name="Value">Null for a tombstone.</param>
internal readonly record struct LogRecord(long Offset, long TimestampMs, ReadOnlyMemory<byte>? Key, ReadOnlyMemory<byte>? Value);

/// <summary>Record batches, magic 2 (https://kafka.apache.org/documentation/#recordbatch).</summary>
internal static class RecordBatch
{
    private const int ReadBytes = 1 << 20;

    /// <summary>An uncompressed batch of records (their offsets are not used), CRC included.</summary>
    /// <param name="records">At least one.</param>
    /// <param name="producerId">-1 for none; a batch of a producer without sequences is given baseSequence -1.</param>
    public static byte[] Build(IReadOnlyList<LogRecord> records, long producerId = -1, short producerEpoch = -1, int baseSequence = -1, bool isTransactional = false) =>
        Build(records, producerId, producerEpoch, baseSequence, isTransactional ? BatchHeader.TransactionalFlag : (short)0);

    /// <summary>As the other, with the attributes as they go into the header.</summary>
    public static byte[] Build(IReadOnlyList<LogRecord> records, long producerId, short producerEpoch, int baseSequence, short attributes)
    {
        ArgumentOutOfRangeException.ThrowIfZero(records.Count);
        var baseTimestamp = records[0].TimestampMs;
        var maxTimestamp = baseTimestamp;
        var body = new ArrayBufferWriter<byte>(256);
        for (var i = 0; i < records.Count; i++)
        {
            var record = records[i];
            WriteRecord(body, i, record.TimestampMs - baseTimestamp, record);
            maxTimestamp = Math.Max(maxTimestamp, record.TimestampMs);
        }

        var batch = new byte[BatchHeader.Size + body.WrittenCount];
        body.WrittenSpan.CopyTo(batch.AsSpan(BatchHeader.Size));
        BatchHeader.Write(batch, 0, attributes, records.Count - 1, baseTimestamp, maxTimestamp, producerId, producerEpoch, baseSequence, records.Count);
        return batch;
    }

    /// <summary>Everything in a log from an offset on, batch by batch, for those who rebuild their state from it.</summary>
    /// <exception cref="StreamDistillException">What is there cannot be read; the message says where.</exception>
    public static IEnumerable<BatchContent> ReadAll(PartitionLog log, long fromOffset)
    {
        using var writer = new KafkaWriter(isFlexible: false);
        for (var offset = Math.Max(fromOffset, log.StartOffset); offset < log.EndOffset;)
        {
            writer.TruncateTo(0);
            var read = log.Read(offset, ReadBytes, atLeastOne: true, IsolationLevel.ReadUncommitted, writer);
            if (read.Error != ErrorCode.None)
            {
                throw Unreadable(log, offset, read.Message ?? $"{read.Error}.");
            }

            if (read.Bytes == 0)
            {
                yield break;
            }

            // The consumer may keep what it gets; the writer's buffer goes back to its pool.
            ReadOnlyMemory<byte> bytes = writer.Written.ToArray();
            while (bytes.Length > 0)
            {
                var content = Open(log, bytes, out var size);
                bytes = bytes[size..];
                offset = content.LastOffset + 1;
                yield return content;
            }
        }
    }

    private static StreamDistillException Unreadable(PartitionLog log, long offset, string why, Exception? cause = null) => new(
        $"{log.Name} cannot be read at offset {offset}: {why} Restore the partition's files from a copy of the data directory, or make its directory empty to go on without what is in it.",
        isTransient: false,
        cause);

    private static BatchContent Open(PartitionLog log, ReadOnlyMemory<byte> bytes, out int size)
    {
        var header = new BatchHeader(bytes.Span);
        size = (int)header.TotalSize;
        var batch = bytes[..size];
        var isCommit = false;
        if (header.IsControl)
        {
            ControlBatch.TryParseMarker(batch.Span, out isCommit, out _);
        }

        try
        {
            return new BatchContent(
                header.BaseOffset, header.LastOffset, header.ProducerId, header.ProducerEpoch, header.IsTransactional, header.IsControl, isCommit,
                header.IsControl ? [] : Records(batch, header));
        }
        catch (InvalidDataException e)
        {
            throw Unreadable(log, header.BaseOffset, e.Message, e);
        }
    }

    /// <summary>The records of a batch, with their offsets and times.</summary>
    /// <exception cref="InvalidDataException">They cannot be decompressed or parsed.</exception>
    public static List<LogRecord> Records(ReadOnlyMemory<byte> batch, in BatchHeader header)
    {
        var body = Compression.Decompress(header.Compression, batch[BatchHeader.Size..], new ArrayBufferWriter<byte>());
        var records = new List<LogRecord>(Math.Min(header.RecordsCount, 4096));
        var reader = new RecordReader(body.Span);
        for (var i = 0; i < header.RecordsCount; i++)
        {
            if (!reader.TryRead(out var record))
            {
                throw new InvalidDataException($"Record {i} of the batch at offset {header.BaseOffset} is not a record.");
            }

            records.Add(new LogRecord(
                header.BaseOffset + record.OffsetDelta,
                header.UsesLogAppendTime ? header.MaxTimestamp : header.BaseTimestamp + record.TimestampDelta,
                PartOf(body, record.KeyStart, record.KeyLength),
                PartOf(body, record.ValueStart, record.ValueLength)));
        }

        return records;
    }

    // Not "length < 0 ? null : ...": there null becomes an empty array first, and then empty bytes.
    private static ReadOnlyMemory<byte>? PartOf(ReadOnlyMemory<byte> body, int start, int length) =>
        length < 0 ? default(ReadOnlyMemory<byte>?) : body.Slice(start, length);

    private static void WriteRecord(ArrayBufferWriter<byte> into, int offsetDelta, long timestampDelta, in LogRecord record)
    {
        var size = 1 + VarintSize(timestampDelta) + VarintSize(offsetDelta) + SizeOf(record.Key) + SizeOf(record.Value) + 1;
        WriteVarint(into, size);
        WriteByte(into, 0);
        WriteVarint(into, timestampDelta);
        WriteVarint(into, offsetDelta);
        WriteBytes(into, record.Key);
        WriteBytes(into, record.Value);
        WriteVarint(into, 0);
    }

    private static int SizeOf(ReadOnlyMemory<byte>? bytes) => VarintSize(bytes?.Length ?? -1) + (bytes?.Length ?? 0);

    private static void WriteBytes(ArrayBufferWriter<byte> into, ReadOnlyMemory<byte>? bytes)
    {
        WriteVarint(into, bytes?.Length ?? -1);
        into.Write(bytes.GetValueOrDefault().Span);
    }

    public static int VarintSize(long value)
    {
        var size = 1;
        for (var bits = (ulong)((value << 1) ^ (value >> 63)); bits >= 0x80; bits >>= 7)
        {
            size++;
        }

        return size;
    }

    public static void WriteVarint(ArrayBufferWriter<byte> into, long value)
    {
        var bits = (ulong)((value << 1) ^ (value >> 63));
        for (; bits >= 0x80; bits >>= 7)
        {
            WriteByte(into, (byte)(bits | 0x80));
        }

        WriteByte(into, (byte)bits);
    }

    public static void WriteByte(ArrayBufferWriter<byte> into, byte value)
    {
        into.GetSpan(1)[0] = value;
        into.Advance(1);
    }
}

/// <summary>A batch, opened.</summary>
/// <param name="IsControl">It is a transaction's marker; Records is then empty and IsCommit says which.</param>
internal sealed record BatchContent(
    long BaseOffset, long LastOffset, long ProducerId, short ProducerEpoch, bool IsTransactional, bool IsControl, bool IsCommit, IReadOnlyList<LogRecord> Records);

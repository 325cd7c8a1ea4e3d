using System.Buffers.Binary;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Log;

/// <summary>Checks what a client calls a record batch, as far as its header and CRC go.</summary>
internal static class BatchValidator
{
    /// <summary>None and the header, or why the batch is refused and what to tell the client.</summary>
    public static (ErrorCode Error, string? Message) Check(ReadOnlySpan<byte> batch, LogOptions options, bool isInternal, out BatchHeader header)
    {
        header = default;
        if (batch.Length > BatchHeader.MagicAt && batch[BatchHeader.MagicAt] < 2)
        {
            return (ErrorCode.UnsupportedForMessageFormat, "Only record batches of message format 2 are stored.");
        }

        if (batch.Length < BatchHeader.Size)
        {
            return (ErrorCode.CorruptMessage, $"A record batch has at least {BatchHeader.Size} bytes; these are {batch.Length}.");
        }

        header = new BatchHeader(batch);
        if (header.Magic != 2)
        {
            return (ErrorCode.CorruptMessage, $"There is no message format {header.Magic}.");
        }

        if (header.TotalSize != batch.Length)
        {
            return header.TotalSize >= BatchHeader.Size && header.TotalSize < batch.Length
                ? (ErrorCode.InvalidRecord, "A partition takes exactly one record batch per request.")
                : (ErrorCode.CorruptMessage, $"The record batch says that it has {header.TotalSize} bytes; it has {batch.Length}.");
        }

        var sizeMax = isInternal ? BatchScanner.BatchBytesMax : Math.Min(options.MaxMessageBytes, BatchScanner.BatchBytesMax);
        if (batch.Length > sizeMax)
        {
            return (ErrorCode.MessageTooLarge, $"The record batch has {batch.Length} bytes; {sizeMax} are allowed.");
        }

        return BatchHeader.HasValidCrc(batch)
            ? CheckContent(batch, options, isInternal, header)
            : (ErrorCode.CorruptMessage, "The record batch's CRC does not match.");
    }

    private static (ErrorCode Error, string? Message) CheckContent(ReadOnlySpan<byte> batch, LogOptions options, bool isInternal, in BatchHeader header)
    {
        if (header.RecordsCount <= 0 || header.LastOffsetDelta != header.RecordsCount - 1)
        {
            return (ErrorCode.InvalidRecord, $"The record batch counts {header.RecordsCount} records and a last offset of {header.LastOffsetDelta}.");
        }

        if (header.Compression > 4)
        {
            return (ErrorCode.UnsupportedCompressionType, $"There is no compression type {header.Compression}.");
        }

        if ((header.Attributes & ~BatchHeader.KnownToClients) != 0)
        {
            return (ErrorCode.InvalidRecord, $"The record batch has unknown attributes, {header.Attributes:x4}.");
        }

        if (header.IsControl)
        {
            return (ErrorCode.InvalidRecord, "Clients write no control records.");
        }

        if (header.HasProducer ? header.ProducerEpoch < 0 || (header.BaseSequence < 0 && !isInternal) : header.IsTransactional)
        {
            return (ErrorCode.InvalidRecord, "The record batch's producer id, epoch and sequence do not go together.");
        }

        if (header.BaseTimestamp < -1 || header.MaxTimestamp < -1)
        {
            return (ErrorCode.InvalidTimestamp, $"The record batch's times are {header.BaseTimestamp} and {header.MaxTimestamp}.");
        }

        return options.Compacts && !isInternal && header.Compression == 0 && !HasKeys(batch[BatchHeader.Size..])
            ? (ErrorCode.InvalidRecord, "Records of a compacted topic have keys.")
            : (ErrorCode.None, null);
    }

    private static bool HasKeys(ReadOnlySpan<byte> records)
    {
        var reader = new RecordReader(records);
        while (reader.TryRead(out var record))
        {
            if (record.KeyLength < 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Makes the time of every record that of its append: they are read as having the batch's greatest time then.</summary>
    public static void SetAppendTime(Span<byte> batch, long timestampMs)
    {
        var attributes = BinaryPrimitives.ReadInt16BigEndian(batch[BatchHeader.AttributesAt..]);
        BinaryPrimitives.WriteInt16BigEndian(batch[BatchHeader.AttributesAt..], (short)(attributes | BatchHeader.LogAppendTimeFlag));
        BinaryPrimitives.WriteInt64BigEndian(batch[BatchHeader.MaxTimestampAt..], timestampMs);
        BatchHeader.WriteCrc(batch);
    }
}

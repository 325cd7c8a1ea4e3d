using System.Buffers;

namespace StreamDistill.Embedded.Broker.Log;

/// <summary>The records of a batch for those who can do without.</summary>
internal static class BatchRecords
{
    /// <summary>False where a client stored what nobody can open: it inflates beyond the cap, or it is not what it says.</summary>
    public static bool TryOpen(ReadOnlyMemory<byte> batch, in BatchHeader header, ArrayBufferWriter<byte> buffer, out ReadOnlyMemory<byte> body)
    {
        try
        {
            body = Compression.Decompress(header.Compression, batch[BatchHeader.Size..], buffer);
            var reader = new RecordReader(body.Span);
            var count = 0;
            while (reader.TryRead(out var record) && record.OffsetDelta <= header.LastOffsetDelta)
            {
                count++;
            }

            return count == header.RecordsCount && reader.IsAtEnd;
        }
        catch (InvalidDataException)
        {
            body = default;
            return false;
        }
    }
}

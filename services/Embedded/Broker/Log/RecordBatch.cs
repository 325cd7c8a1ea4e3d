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
    /// <summary>An uncompressed batch of records (their offsets are not used), CRC included.</summary>
    /// <param name="records">At least one.</param>
    /// <param name="producerId">-1 for none; a batch of a producer without sequences is given baseSequence -1.</param>
    public static byte[] Build(IReadOnlyList<LogRecord> records, long producerId = -1, short producerEpoch = -1, int baseSequence = -1, bool isTransactional = false) => throw new NotImplementedException();

    /// <summary>Everything in a log from an offset on, batch by batch, for those who rebuild their state from it.</summary>
    public static IEnumerable<BatchContent> ReadAll(PartitionLog log, long fromOffset) => throw new NotImplementedException();
}

/// <summary>A batch, opened.</summary>
/// <param name="IsControl">It is a transaction's marker; Records is then empty and IsCommit says which.</param>
internal sealed record BatchContent(
    long BaseOffset, long LastOffset, long ProducerId, short ProducerEpoch, bool IsTransactional, bool IsControl, bool IsCommit, IReadOnlyList<LogRecord> Records);

using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Log;

/// <summary>What became of an append.</summary>
/// <param name="Error">None, or why nothing was written.</param>
/// <param name="BaseOffset">The first record's offset; for a duplicate of an idempotent producer's batch the offset it got then.</param>
/// <param name="LogAppendTimeMs">-1 where the records keep their own times.</param>
/// <param name="Message">What to tell the client beside the code; null where the code says it all.</param>
internal readonly record struct AppendResult(ErrorCode Error, long BaseOffset, long LogAppendTimeMs, string? Message = null);

/// <summary>A transaction that was aborted: its records from FirstOffset on are not for committed readers.</summary>
internal readonly record struct AbortedTransaction(long ProducerId, long FirstOffset, long LastOffset);

/// <summary>What the log knows of a producer (DescribeProducers).</summary>
/// <param name="OpenFromOffset">The first offset of its open transaction, -1 where none is open.</param>
internal readonly record struct ProducerState(long ProducerId, short Epoch, int LastSequence, long LastTimestampMs, int CoordinatorEpoch, long OpenFromOffset);

/// <summary>An offset and the time of its record in milliseconds since 1970; -1 and -1 where there is none.</summary>
internal readonly record struct OffsetAndTime(long Offset, long TimestampMs);

/// <summary>What reading gave.</summary>
/// <param name="Error">None, or OffsetOutOfRange, CorruptMessage, KafkaStorageError.</param>
/// <param name="Bytes">How many bytes of whole batches were written to the writer.</param>
internal readonly record struct ReadResult(ErrorCode Error, int Bytes, string? Message = null);

/// <summary>What a reader may see.</summary>
internal enum IsolationLevel : sbyte
{
    ReadUncommitted = 0,
    ReadCommitted = 1,
}

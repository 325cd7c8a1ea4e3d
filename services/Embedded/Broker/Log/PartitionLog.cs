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

/// <summary>A partition's records on disk. Its members may be called by several threads.</summary>
internal sealed class PartitionLog : IDisposable
{
    /// <summary>Opens a partition, or makes a new one, and recovers it.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="directory">The partition's own directory.</param>
    /// <param name="name">topic-partition, for messages.</param>
    /// <param name="options">The topic's settings.</param>
    /// <param name="time">For append times and retention.</param>
    /// <param name="logger">Gets what recovery found.</param>
    public static PartitionLog Open(IFileSystem files, string directory, string name, LogOptions options, TimeProvider time, Microsoft.Extensions.Logging.ILogger logger) => throw new NotImplementedException();

    /// <summary>topic-partition, for messages.</summary>
    public string Name => throw new NotImplementedException();

    /// <summary>The topic's settings; setting them takes effect with the next segment, retention or compaction.</summary>
    public LogOptions Options { get; set; } = new();

    /// <summary>The first offset that can be read.</summary>
    public long StartOffset => throw new NotImplementedException();

    /// <summary>The offset the next record gets; the high watermark too, as there is one replica.</summary>
    public long EndOffset => throw new NotImplementedException();

    /// <summary>The first offset of the oldest open transaction, or the end.</summary>
    public long LastStableOffset => throw new NotImplementedException();

    /// <summary>Bytes on disk.</summary>
    public long SizeBytes => throw new NotImplementedException();

    /// <summary>Producers whose state is kept.</summary>
    public IReadOnlyList<ProducerState> Producers => throw new NotImplementedException();

    /// <summary>
    /// Checks one record batch from a client (magic 2, CRC, sizes, producer epoch and sequence), gives it its offsets (written into
    /// <paramref name="batch" />) and writes it. When it returns, a kill loses nothing; a power cut may until <see cref="FlushAsync" />.
    /// </summary>
    public AppendResult Append(Memory<byte> batch) => throw new NotImplementedException();

    /// <summary>
    /// As <see cref="Append" /> for a batch that the broker made itself (committed offsets, transaction states): a producer's
    /// epoch counts, sequences do not.
    /// </summary>
    public AppendResult AppendInternal(Memory<byte> batch) => throw new NotImplementedException();

    /// <summary>Ends a producer's transaction with a control marker. Checks the producer's epoch. A marker for a producer with nothing open is written all the same.</summary>
    public AppendResult AppendMarker(long producerId, short producerEpoch, bool isCommit, int coordinatorEpoch) => throw new NotImplementedException();

    /// <summary>
    /// Copies whole batches as stored to <paramref name="into" />: from the batch with <paramref name="offset" /> on, up to the end
    /// or, for committed readers, the last stable offset; at most <paramref name="maxBytes" />, except that the first batch comes
    /// whole however large it is when <paramref name="atLeastOne" /> is set. Each batch's CRC is checked.
    /// </summary>
    public ReadResult Read(long offset, int maxBytes, bool atLeastOne, IsolationLevel isolation, KafkaWriter into) => throw new NotImplementedException();

    /// <summary>The aborted transactions with records in [from, to), by first offset.</summary>
    public IReadOnlyList<AbortedTransaction> AbortedTransactions(long from, long to) => throw new NotImplementedException();

    /// <summary>The first record with this time or a later one.</summary>
    public OffsetAndTime OffsetForTime(long timestampMs) => throw new NotImplementedException();

    /// <summary>The record with the greatest time.</summary>
    public OffsetAndTime OffsetOfMaxTime() => throw new NotImplementedException();

    /// <summary>Makes everything up to now survive a power cut. Calls at the same time share one fsync.</summary>
    public ValueTask FlushAsync() => throw new NotImplementedException();

    /// <summary>Calls back, on the appending thread, whenever the end or the last stable offset moves. Dispose to end it.</summary>
    public IDisposable OnAdvance(Action callback) => throw new NotImplementedException();

    /// <summary>Hides everything before an offset (DeleteRecords); segments wholly before it go.</summary>
    /// <returns>The start offset now, or OffsetOutOfRange.</returns>
    public AppendResult DeleteRecordsBefore(long offset) => throw new NotImplementedException();

    /// <summary>Deletes and compacts what the options say is due. Called from time to time.</summary>
    public void Maintain() => throw new NotImplementedException();

    /// <summary>Flushes, writes what makes the next start quick, and closes.</summary>
    public void Dispose() => throw new NotImplementedException();
}

using Microsoft.Extensions.Logging;
using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Transactions;

/// <summary>
/// How a transaction ends. The decision is appended first (PrepareCommit with the end of each partition, or PrepareAbort). A
/// commit then waits until every partition and the decision are on disk, all at once: what a committed reader sees after that,
/// no power cut takes back; and where one comes before, the ends that were appended tell whether all of it was there. Then each
/// partition gets its marker, and the end of the end is appended.
/// </summary>
internal sealed partial class TransactionCoordinator
{
    /// <summary>This broker is the only coordinator its transactions have ever had.</summary>
    private const int CoordinatorEpoch = 0;

    /// <summary>Ends the producer's transaction. Asked again, it answers as it did.</summary>
    public async ValueTask<ErrorCode> EndAsync(string transactionalId, long producerId, short producerEpoch, bool isCommit)
    {
        if (transactionalId.Length == 0)
        {
            return ErrorCode.InvalidRequest;
        }

        if (!transactions.TryGetValue(transactionalId, out var transaction))
        {
            return ErrorCode.InvalidProducerIdMapping;
        }

        TransactionData prepared;
        lock (transaction.Gate)
        {
            if (transaction.Data is not { } data)
            {
                return ErrorCode.InvalidProducerIdMapping;
            }

            var error = data.Check(producerId, producerEpoch);
            if (error != ErrorCode.None || data.State != TransactionState.Ongoing)
            {
                return error != ErrorCode.None ? error : AnswerAgain(data.State, isCommit);
            }

            prepared = isCommit ? data.PrepareCommit(p => catalog.Partition(p.Topic, p.Partition)?.EndOffset ?? -1, NowMs) : data.PrepareAbort(NowMs);
            error = Move(transaction, prepared);
            if (error != ErrorCode.None)
            {
                return error;
            }

            transaction.IsFinishing = true;
        }

        return await FinishAsync(transaction, prepared, onlyWhereOpen: false).ConfigureAwait(false);
    }

    /// <summary>Writes a marker on an administrator's order.</summary>
    public ErrorCode WriteMarker(long producerId, short producerEpoch, bool isCommit, int coordinatorEpoch, TransactionPartition partition)
    {
        if (catalog.Partition(partition.Topic, partition.Partition) is not { } partitionLog || partition.Topic == TopicCatalog.TransactionState)
        {
            return ErrorCode.UnknownTopicOrPartition;
        }

        if (coordinatorEpoch > CoordinatorEpoch)
        {
            // The partition would refuse our own markers after it.
            return ErrorCode.TransactionCoordinatorFenced;
        }

        var error = partitionLog.AppendMarker(producerId, producerEpoch, isCommit, CoordinatorEpoch).Error;
        if (error == ErrorCode.None && partition.Topic == TopicCatalog.ConsumerOffsets)
        {
            groups.CompleteTransaction(producerId, isCommit);
        }

        return error;
    }

    private static ErrorCode AnswerAgain(TransactionState state, bool isCommit) => (state, isCommit) switch
    {
        (TransactionState.CompleteCommit, true) or (TransactionState.CompleteAbort, false) => ErrorCode.None,
        (TransactionState.PrepareCommit, true) or (TransactionState.PrepareAbort, false) => ErrorCode.ConcurrentTransactions,
        _ => ErrorCode.InvalidTxnState,
    };

    /// <summary>
    /// Carries out what is decided. Whoever calls it has set IsFinishing under the lock, so that nobody else does the same. Where
    /// something fails, it is tried again by the next sweep.
    /// </summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="prepared">What is decided.</param>
    /// <param name="onlyWhereOpen">Markers are left out where the producer has nothing open: this was begun before.</param>
    private async ValueTask<ErrorCode> FinishAsync(Transaction transaction, TransactionData prepared, bool onlyWhereOpen)
    {
        try
        {
            var isCommit = prepared.State == TransactionState.PrepareCommit;
            if (isCommit)
            {
                await FlushAsync(prepared.Partitions.Keys).ConfigureAwait(false);
            }

            var areWritten = WriteMarkers(prepared, isCommit, onlyWhereOpen);
            lock (transaction.Gate)
            {
                return areWritten ? Move(transaction, prepared.Complete(NowMs)) : ErrorCode.CoordinatorNotAvailable;
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The disk refused, or a topic was deleted at this moment.
            LogNotFinished(e, prepared.Id, prepared.State);
            return ErrorCode.CoordinatorNotAvailable;
        }
        finally
        {
            lock (transaction.Gate)
            {
                transaction.IsFinishing = false;
            }
        }
    }

    /// <summary>
    /// Brings partitions and the transaction log to the disk, all at the same time: an fsync waits on the thread that asks for it, so
    /// the partitions' are asked for on others.
    /// </summary>
    private async ValueTask FlushAsync(IEnumerable<TransactionPartition> partitions)
    {
        var flushes = new List<Task>();
        foreach (var partition in partitions)
        {
            if (catalog.Partition(partition.Topic, partition.Partition) is { } partitionLog)
            {
                flushes.Add(Task.Run(() => partitionLog.FlushAsync().AsTask()));
            }
        }

        await log.FlushAsync().ConfigureAwait(false);
        await Task.WhenAll(flushes).ConfigureAwait(false);
    }

    /// <returns>Whether every partition has its marker; one that is gone needs none.</returns>
    private bool WriteMarkers(TransactionData prepared, bool isCommit, bool onlyWhereOpen)
    {
        var areWritten = true;
        foreach (var partition in prepared.Partitions.Keys)
        {
            if (catalog.Partition(partition.Topic, partition.Partition) is { } partitionLog)
            {
                areWritten &= (onlyWhereOpen && !HasOpen(partitionLog, prepared.ProducerId)) || Mark(partitionLog, prepared, isCommit);
            }

            if (partition.Topic == TopicCatalog.ConsumerOffsets && areWritten)
            {
                groups.CompleteTransaction(prepared.ProducerId, isCommit);
            }
        }

        return areWritten;
    }

    private static bool HasOpen(PartitionLog partitionLog, long producerId) =>
        partitionLog.Producers.Any(p => p.ProducerId == producerId && p.OpenFromOffset >= 0);

    private bool Mark(PartitionLog partitionLog, TransactionData prepared, bool isCommit)
    {
        var result = partitionLog.AppendMarker(prepared.ProducerId, prepared.ProducerEpoch, isCommit, CoordinatorEpoch);
        if (result.Error is ErrorCode.None)
        {
            return true;
        }

        // An epoch above ours has closed what we would.
        LogNotMarked(prepared.Id, partitionLog.Name, result.Error, result.Message);
        return result.Error is ErrorCode.InvalidProducerEpoch or ErrorCode.ProducerFenced or ErrorCode.TransactionCoordinatorFenced;
    }

    [LoggerMessage(LogLevel.Error, "The transaction of {Id} is {State} and could not be finished; it is tried again.")]
    private partial void LogNotFinished(Exception e, string id, TransactionState state);

    [LoggerMessage(LogLevel.Error, "The transaction of {Id} could not write its marker to {Partition}: {Error} {Message}")]
    private partial void LogNotMarked(string id, string partition, ErrorCode error, string? message);
}

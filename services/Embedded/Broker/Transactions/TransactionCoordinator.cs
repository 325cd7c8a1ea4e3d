using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Groups;
using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Transactions;

/// <summary>
/// Producer ids, epochs and transactions. Its members may be called by several threads. Each transactional id has a lock of its
/// own, and every transition is appended to <c>__transaction_state</c> before it counts.
/// </summary>
internal sealed partial class TransactionCoordinator : IAsyncDisposable
{
    /// <summary>The longest transaction a producer may ask for.</summary>
    public static readonly TimeSpan TimeoutMax = TimeSpan.FromMinutes(15);

    /// <summary>How many transactional ids are kept at most.</summary>
    public const int TransactionalIdsMax = 100_000;

    private readonly ConcurrentDictionary<string, Transaction> transactions = new(StringComparer.Ordinal);
    private readonly TopicCatalog catalog;
    private readonly GroupCoordinator groups;
    private readonly TransactionLog log;
    private readonly TimeProvider time;
    private readonly ILogger logger;

    /// <param name="catalog">Has the topics, <c>__transaction_state</c> among them, and sets aside producer ids.</param>
    /// <param name="groups">Learns of each transaction with offsets that has ended; it has read its offsets.</param>
    /// <param name="time">For timeouts.</param>
    /// <param name="logger">Gets what recovery and timeouts did.</param>
    public TransactionCoordinator(TopicCatalog catalog, GroupCoordinator groups, TimeProvider time, ILogger logger)
    {
        this.catalog = catalog;
        this.groups = groups;
        this.time = time;
        this.logger = logger;
        log = new TransactionLog(
            catalog.Partition(TopicCatalog.TransactionState, 0) ?? throw new InvalidOperationException("The topic of transactions is to be made before its coordinator."), time);
    }

    /// <summary>Where every transactional id stands.</summary>
    public IEnumerable<TransactionData> Transactions => transactions.Values.Select(t => t.Data).OfType<TransactionData>();

    private long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Where a transactional id stands; null where it is not known.</summary>
    public TransactionData? Find(string transactionalId) => transactions.TryGetValue(transactionalId, out var transaction) ? transaction.Data : null;

    /// <summary>
    /// Gives a producer its id and epoch. That of a transactional id fences the one before it, whose open transaction is aborted
    /// first; the epoch survives a power cut once this returns.
    /// </summary>
    /// <param name="transactionalId">Null for a producer without transactions, which gets a new id.</param>
    /// <param name="timeoutMs">How long its transactions may last.</param>
    /// <param name="claimed">What the producer has already (KIP-360); null for a new one.</param>
    public async ValueTask<(ErrorCode Error, ProducerIdAndEpoch Producer)> InitProducerIdAsync(string? transactionalId, int timeoutMs, ProducerIdAndEpoch? claimed)
    {
        if (transactionalId?.Length == 0)
        {
            return (ErrorCode.InvalidRequest, default);
        }

        if (transactionalId is not null && (timeoutMs <= 0 || timeoutMs > TimeoutMax.TotalMilliseconds))
        {
            return (ErrorCode.InvalidTransactionTimeout, default);
        }

        try
        {
            return transactionalId is null
                ? (ErrorCode.None, new ProducerIdAndEpoch(NewProducerId(), 0))
                : await NextEpochAsync(transactionalId, timeoutMs, claimed).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            LogNotInitialized(e, transactionalId ?? "(none)");
            return (ErrorCode.CoordinatorNotAvailable, default);
        }
    }

    /// <summary>Adds partitions to the producer's transaction, and begins one where none is open. A kill does not undo it.</summary>
    public ErrorCode AddPartitions(string transactionalId, long producerId, short producerEpoch, IReadOnlyCollection<TransactionPartition> partitions)
    {
        if (transactionalId.Length == 0)
        {
            return ErrorCode.InvalidRequest;
        }

        if (!transactions.TryGetValue(transactionalId, out var transaction))
        {
            return ErrorCode.InvalidProducerIdMapping;
        }

        lock (transaction.Gate)
        {
            if (transaction.Data is not { } data)
            {
                return ErrorCode.InvalidProducerIdMapping;
            }

            var error = data.Check(producerId, producerEpoch);
            if (error != ErrorCode.None)
            {
                return error;
            }

            if (data.IsPrepared)
            {
                return ErrorCode.ConcurrentTransactions;
            }

            return data.State == TransactionState.Ongoing && partitions.All(data.Partitions.ContainsKey)
                ? ErrorCode.None
                : Move(transaction, data.With(partitions, NowMs));
        }
    }

    /// <summary>
    /// Appends for a transaction that is open and has the partition, and for no other: while <paramref name="append" /> runs the
    /// transaction cannot end, so nothing of it can come after its marker.
    /// </summary>
    /// <returns>The append's result, or why there was none: InvalidTxnState, InvalidProducerEpoch, InvalidProducerIdMapping, ConcurrentTransactions.</returns>
    public AppendResult AppendInTransaction(
        string transactionalId, long producerId, short producerEpoch, string topic, int partition, Func<AppendResult> append)
    {
        if (!transactions.TryGetValue(transactionalId, out var transaction))
        {
            return Refused(ErrorCode.InvalidProducerIdMapping, $"The transactional id {transactionalId} is not known.");
        }

        lock (transaction.Gate)
        {
            if (transaction.Data is not { } data || data.ProducerId != producerId)
            {
                return Refused(ErrorCode.InvalidProducerIdMapping, $"Producer {producerId} is not that of transactional id {transactionalId}.");
            }

            if (data.ProducerEpoch != producerEpoch)
            {
                return Refused(ErrorCode.InvalidProducerEpoch, $"Producer {producerId} has epoch {data.ProducerEpoch} now; {producerEpoch} is fenced.");
            }

            if (data.State != TransactionState.Ongoing)
            {
                return data.IsPrepared
                    ? Refused(ErrorCode.ConcurrentTransactions, $"The transaction of {transactionalId} is about to end.")
                    : Refused(ErrorCode.InvalidTxnState, $"No transaction of {transactionalId} is open.");
            }

            return data.Partitions.ContainsKey(new TransactionPartition(topic, partition))
                ? append()
                : Refused(ErrorCode.InvalidTxnState, $"{topic}-{partition} is not in the transaction of {transactionalId}.");
        }
    }

    private long NewProducerId() => catalog.AllocateProducerIds(1);

    private static AppendResult Refused(ErrorCode error, string message) => new(error, -1, -1, message);

    private async ValueTask<(ErrorCode Error, ProducerIdAndEpoch Producer)> NextEpochAsync(string transactionalId, int timeoutMs, ProducerIdAndEpoch? claimed)
    {
        while (true)
        {
            if (FindOrAdd(transactionalId) is not { } transaction)
            {
                return (ErrorCode.PolicyViolation, default);
            }

            var (error, data) = TakeNextEpoch(transaction, transactionalId, timeoutMs, claimed);
            if (data is { IsPrepared: true })
            {
                // The predecessor's transaction is aborted, then the epoch is asked for again.
                error = await FinishAsync(transaction, data, onlyWhereOpen: false).ConfigureAwait(false);
                if (error == ErrorCode.None)
                {
                    continue;
                }
            }

            if (error != ErrorCode.None)
            {
                return (error, default);
            }

            if (data is not null)
            {
                await log.FlushAsync().ConfigureAwait(false);
                return (ErrorCode.None, new ProducerIdAndEpoch(data.ProducerId, data.ProducerEpoch));
            }
        }
    }

    /// <summary>Appends a transition; it counts where that succeeds. Called under the transaction's lock.</summary>
    private ErrorCode Move(Transaction transaction, TransactionData next)
    {
        var error = log.Append(next);
        if (error == ErrorCode.None)
        {
            transaction.Data = next;
            return ErrorCode.None;
        }

        // Clients try again after this one, and the disk may have room then.
        LogNotWritten(next.Id, next.State, error);
        return ErrorCode.CoordinatorNotAvailable;
    }

    /// <summary>The transaction of an id, made where there is none; null where there are too many.</summary>
    private Transaction? FindOrAdd(string transactionalId)
    {
        if (transactions.TryGetValue(transactionalId, out var transaction))
        {
            return transaction;
        }

        if (transactions.Count >= TransactionalIdsMax)
        {
            LogTooManyIds(transactionalId, TransactionalIdsMax);
            return null;
        }

        return transactions.GetOrAdd(transactionalId, _ => new Transaction());
    }

    /// <summary>
    /// Gives the next epoch, or prepares to abort what is open (then the data is prepared, and the caller is to finish it); neither
    /// data nor error where the id was removed meanwhile.
    /// </summary>
    private (ErrorCode Error, TransactionData? Data) TakeNextEpoch(Transaction transaction, string transactionalId, int timeoutMs, ProducerIdAndEpoch? claimed)
    {
        lock (transaction.Gate)
        {
            if (transaction.IsRemoved)
            {
                return (ErrorCode.None, null);
            }

            if (transaction.Data is not { } data)
            {
                var error = Move(transaction, TransactionData.New(transactionalId, NewProducerId(), timeoutMs, NowMs));
                return (error, transaction.Data);
            }

            if (data.IsPrepared)
            {
                return (ErrorCode.ConcurrentTransactions, null);
            }

            if (!data.Accepts(claimed))
            {
                return (ErrorCode.ProducerFenced, null);
            }

            // Asked again for the epoch it works with already: the request came twice.
            var isOpen = data.State == TransactionState.Ongoing;
            if (isOpen && data.IsRepeated(claimed))
            {
                return (ErrorCode.None, data);
            }

            var next = isOpen ? data.Fence(claimed, NowMs) : data.WithNextEpoch(claimed, timeoutMs, NewProducerId, NowMs);
            var moved = Move(transaction, next);
            transaction.IsFinishing = isOpen && moved == ErrorCode.None;
            return moved == ErrorCode.None ? (moved, next) : (moved, null);
        }
    }

    [LoggerMessage(LogLevel.Error, "Transactional id {Id} could not become {State}: {Error}. Its producer is told to try again.")]
    private partial void LogNotWritten(string id, TransactionState state, ErrorCode error);

    [LoggerMessage(LogLevel.Error, "Transactional id {Id} could not be given an epoch; its producer is told to try again.")]
    private partial void LogNotInitialized(Exception e, string id);

    [LoggerMessage(LogLevel.Error, "Transactional id {Id} is refused: there are {Max} already. Ids that are not used for 7 days are removed.")]
    private partial void LogTooManyIds(string id, int max);
}

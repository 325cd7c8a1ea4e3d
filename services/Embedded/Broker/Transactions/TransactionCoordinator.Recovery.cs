using Microsoft.Extensions.Logging;
using StreamDistill.Contracts;
using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Transactions;

/// <summary>
/// How transactions go on after a start. After a kill everything that was appended is there, and each goes on where it was.
/// After a power cut the last moments of any log may be missing:
/// a transaction that was prepared to commit is committed where every partition reaches the end it had then, which is always so
/// once anybody was told, and aborted otherwise;
/// one that was committed and whose marker is missing is committed again;
/// one that was open is aborted, for nobody can say which of its acknowledged records are gone;
/// and what is open in a partition without a transaction is aborted, so that no committed reader waits for it.
/// </summary>
internal sealed partial class TransactionCoordinator
{
    private const string BootIdFile = "/proc/sys/kernel/random/boot_id";

    /// <summary>What names the time since the machine was last started; null where the system has no such thing.</summary>
    public static string? CurrentBoot => File.Exists(BootIdFile) ? File.ReadAllText(BootIdFile).Trim() : null;

    /// <summary>Reads the transaction log and brings every partition into agreement with it. Called once, before the first request.</summary>
    /// <param name="boot">As <see cref="CurrentBoot" />. Where it is null, a power cut is assumed.</param>
    /// <exception cref="StreamDistillException">The transaction log cannot be read or written.</exception>
    public async Task RecoverAsync(string? boot)
    {
        var loaded = log.Load(Partitions().SelectMany(p => p.Log.Producers).Where(p => p.OpenFromOffset >= 0).Select(p => p.ProducerId).ToHashSet());
        var isSameBoot = boot is not null && boot == loaded.Boot;
        foreach (var data in loaded.Transactions)
        {
            transactions[data.Id] = new Transaction { Data = data };
        }

        // Decided before anything is appended: a marker would move the end that tells whether a partition has lost records.
        var decided = transactions.Values.Where(t => t.Data is { } data && (data.IsPrepared || (data.State == TransactionState.Ongoing && !isSameBoot))).ToList();
        foreach (var transaction in decided)
        {
            Decide(transaction, transaction.Data!);
        }

        if (!isSameBoot && boot is not null)
        {
            ThrowUnlessNone(log.AppendBoot(boot));
        }

        await log.FlushAsync().ConfigureAwait(false);
        CompleteCommitted(loaded);
        foreach (var transaction in decided)
        {
            ThrowUnlessNone(await FinishAsync(transaction, transaction.Data!, onlyWhereOpen: true).ConfigureAwait(false));
        }

        AbortHanging();
        await FlushAsync(Partitions().Select(p => p.Partition)).ConfigureAwait(false);
    }

    private void Decide(Transaction transaction, TransactionData data)
    {
        transaction.IsFinishing = true;
        if (data.State == TransactionState.Ongoing)
        {
            LogWasOpen(data.Id);
            ThrowUnlessNone(Fence(transaction, data));
        }
        else if (data.State == TransactionState.PrepareCommit && data.Partitions.Any(p => HasLost(p.Key, p.Value)))
        {
            LogIncomplete(data.Id);
            ThrowUnlessNone(Move(transaction, data.PrepareAbort(NowMs)));
        }
    }

    private bool HasLost(TransactionPartition partition, long end) => catalog.Partition(partition.Topic, partition.Partition) is { } partitionLog && partitionLog.EndOffset < end;

    /// <summary>Commits again what was committed and has lost its marker.</summary>
    private void CompleteCommitted(LoadedTransactions loaded)
    {
        foreach (var (partition, partitionLog) in Partitions())
        {
            foreach (var producer in partitionLog.Producers.Where(p => p.OpenFromOffset >= 0))
            {
                if (loaded.CommittedEnds.TryGetValue((producer.ProducerId, partition), out var commit) && commit.Epoch == producer.Epoch && commit.End > producer.OpenFromOffset)
                {
                    LogMarkerLost(producer.ProducerId, partitionLog.Name);
                    ThrowUnlessNone(WriteMarker(producer.ProducerId, producer.Epoch, isCommit: true, CoordinatorEpoch, partition));
                }
            }
        }
    }

    /// <summary>Aborts what is open in a partition and in no transaction.</summary>
    private void AbortHanging()
    {
        var owners = Transactions.Where(data => data.State == TransactionState.Ongoing).ToDictionary(data => data.ProducerId);
        foreach (var (partition, partitionLog) in Partitions())
        {
            foreach (var producer in partitionLog.Producers.Where(p => p.OpenFromOffset >= 0))
            {
                var isOwned = owners.TryGetValue(producer.ProducerId, out var owner) && owner.ProducerEpoch == producer.Epoch && owner.Partitions.ContainsKey(partition);
                if (!isOwned)
                {
                    LogHanging(producer.ProducerId, partitionLog.Name, producer.OpenFromOffset);
                    ThrowUnlessNone(WriteMarker(producer.ProducerId, producer.Epoch, isCommit: false, CoordinatorEpoch, partition));
                }
            }
        }
    }

    private IEnumerable<(TransactionPartition Partition, PartitionLog Log)> Partitions() =>
        from topic in catalog.Topics.Values
        where topic.Name != TopicCatalog.TransactionState
        from number in Enumerable.Range(0, topic.Partitions.Count)
        select (new TransactionPartition(topic.Name, number), topic.Partitions[number]);

    private static void ThrowUnlessNone(ErrorCode error)
    {
        if (error != ErrorCode.None)
        {
            throw new StreamDistillException($"Transactions could not be brought to an end at start: {error}. Is the disk full?", isTransient: true);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The transaction of {Id} was open when the machine stopped: it is aborted, and its producer fenced.")]
    private partial void LogWasOpen(string id);

    [LoggerMessage(LogLevel.Warning, "The transaction of {Id} was being committed when the machine stopped, and not all of its records were on disk: it is aborted. Its producer was not told otherwise.")]
    private partial void LogIncomplete(string id);

    [LoggerMessage(LogLevel.Warning, "Producer {ProducerId} has committed in {Partition}, and the marker of that is missing: it is written again.")]
    private partial void LogMarkerLost(long producerId, string partition);

    [LoggerMessage(LogLevel.Warning, "Producer {ProducerId} has records in {Partition} from offset {Offset} on that are part of no transaction: they are aborted.")]
    private partial void LogHanging(long producerId, string partition, long offset);
}

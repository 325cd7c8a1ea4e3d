using StreamDistill.Contracts;
using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Transactions;

/// <summary>What the transaction log says at start.</summary>
/// <param name="Transactions">The last of each transactional id.</param>
/// <param name="CommittedEnds">
/// By producer id and partition: up to where a commit that was decided reaches, and the producer's epoch. The end of a
/// transaction is in this log before its marker is on disk; where a power cut took the marker only this tells that the
/// records count.
/// </param>
/// <param name="Boot">The boot of the machine under which the broker last ran; null where it never has.</param>
internal sealed record LoadedTransactions(
    IReadOnlyCollection<TransactionData> Transactions,
    IReadOnlyDictionary<(long ProducerId, TransactionPartition Partition), (short Epoch, long End)> CommittedEnds,
    string? Boot);

/// <summary>The partition of <c>__transaction_state</c>; <see cref="TransactionRecord" /> says what is in it.</summary>
internal sealed class TransactionLog(PartitionLog log, TimeProvider time)
{
    /// <summary>Appends where a transactional id stands now.</summary>
    public ErrorCode Append(TransactionData data) => Append(TransactionRecord.Key(data.Id), TransactionRecord.Value(data));

    /// <summary>Removes a transactional id.</summary>
    public ErrorCode AppendRemoval(string transactionalId) => Append(TransactionRecord.Key(transactionalId), null);

    /// <summary>Keeps the boot of the machine.</summary>
    public ErrorCode AppendBoot(string boot) => Append(TransactionRecord.BootKey, TransactionRecord.BootValue(boot));

    public ValueTask FlushAsync() => log.FlushAsync();

    /// <exception cref="StreamDistillException">A record cannot be read.</exception>
    public LoadedTransactions Load()
    {
        var transactions = new Dictionary<string, TransactionData>(StringComparer.Ordinal);
        var ends = new Dictionary<(long, TransactionPartition), (short, long)>();
        string? boot = null;
        foreach (var record in RecordBatch.ReadAll(log, log.StartOffset).SelectMany(batch => batch.Records))
        {
            if (record.Key is not { } key)
            {
                continue;
            }

            if (key.Span.SequenceEqual(TransactionRecord.BootKey))
            {
                boot = record.Value is { } bootValue ? TransactionRecord.ReadBoot(bootValue) : null;
            }
            else if (Read(key, record) is var (id, data))
            {
                Apply(transactions, ends, id, data);
            }
        }

        return new LoadedTransactions(transactions.Values, ends, boot);
    }

    private static void Apply(
        Dictionary<string, TransactionData> transactions, Dictionary<(long, TransactionPartition), (short, long)> ends, string id, TransactionData? data)
    {
        if (data is null)
        {
            transactions.Remove(id);
            return;
        }

        // A commit that was completed had every record of it on disk before: it stands, whatever became of its markers.
        if (data.State == TransactionState.CompleteCommit && transactions.TryGetValue(id, out var before) && before.State == TransactionState.PrepareCommit)
        {
            foreach (var (partition, end) in before.Partitions)
            {
                ends[(before.ProducerId, partition)] = (before.ProducerEpoch, end);
            }
        }

        transactions[id] = data;
    }

    private (string Id, TransactionData? Data)? Read(ReadOnlyMemory<byte> key, LogRecord record)
    {
        try
        {
            return TransactionRecord.ReadKey(key) is { } id ? (id, record.Value is { } value ? TransactionRecord.ReadValue(id, value) : null) : null;
        }
        catch (MalformedRequestException e)
        {
            throw new StreamDistillException($"The record at offset {record.Offset} of {log.Name} is not a transaction's: {e.Message}", isTransient: false, e);
        }
    }

    private ErrorCode Append(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte>? value) =>
        log.AppendInternal(RecordBatch.Build([new LogRecord(0, time.GetUtcNow().ToUnixTimeMilliseconds(), key, value)])).Error;
}

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

    /// <summary>Reads it all. Of most records only the last of their transactional id is looked into: there may be hundreds of thousands.</summary>
    /// <param name="openProducers">The producers with anything open in any partition: of others no decision is needed any more.</param>
    /// <exception cref="StreamDistillException">A record cannot be read.</exception>
    public LoadedTransactions Load(IReadOnlySet<long> openProducers)
    {
        var last = new Dictionary<string, LogRecord>(StringComparer.Ordinal);
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
                boot = record.Value is { } value ? TransactionRecord.ReadBoot(value) : null;
            }
            else if (Read(record, r => TransactionRecord.ReadKey(r.Key!.Value)) is { } id)
            {
                AddEnds(ends, openProducers, id, last.GetValueOrDefault(id), record);
                last[id] = record;
            }
        }

        return new LoadedTransactions([.. last.Where(l => l.Value.Value is not null).Select(l => ReadValue(l.Key, l.Value))], ends, boot);
    }

    /// <summary>A commit that was completed had every record of it on disk before: it stands, whatever became of its markers.</summary>
    private void AddEnds(
        Dictionary<(long, TransactionPartition), (short, long)> ends, IReadOnlySet<long> openProducers, string id, LogRecord before, LogRecord record)
    {
        if (TransactionRecord.PeekState(record.Value) != TransactionState.CompleteCommit || TransactionRecord.PeekState(before.Value) != TransactionState.PrepareCommit
            || !openProducers.Contains(TransactionRecord.PeekProducerId(before.Value)))
        {
            return;
        }

        var prepared = ReadValue(id, before);
        foreach (var (partition, end) in prepared.Partitions)
        {
            ends[(prepared.ProducerId, partition)] = (prepared.ProducerEpoch, end);
        }
    }

    private TransactionData ReadValue(string id, LogRecord record) => Read(record, r => TransactionRecord.ReadValue(id, r.Value!.Value));

    private T Read<T>(LogRecord record, Func<LogRecord, T> read)
    {
        try
        {
            return read(record);
        }
        catch (MalformedRequestException e)
        {
            throw new StreamDistillException($"The record at offset {record.Offset} of {log.Name} is not a transaction's: {e.Message}", isTransient: false, e);
        }
    }

    private ErrorCode Append(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte>? value) =>
        log.AppendInternal(RecordBatch.Build([new LogRecord(0, time.GetUtcNow().ToUnixTimeMilliseconds(), key, value)])).Error;
}

using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace StreamDistill.Pipeline;

/// <summary>
/// Exactly once: a batch's outputs and its input offsets in one Kafka transaction (KIP-447). When a run ends with one open,
/// the next one's InitTransactions ends it.
/// </summary>
internal sealed class Transactor : Committer
{
    /// <summary>
    /// Up to so many records are awaited one by one before the commit: its own flush looks every 10 ms only, which small
    /// batches would spend most of their time on. In a larger batch the reports would cost more than that.
    /// </summary>
    private const int AwaitedRecordsMax = 100;

    public Transactor(ProducerConfig config, string transactionalId, TimeSpan transactionTimeout, ClientLog log)
        : base(Transactional(config, transactionalId, transactionTimeout), log)
    {
    }

    /// <summary>Fences predecessors of the same name and ends their open transaction. Blocks.</summary>
    public override void Start() => Producer.InitTransactions(CallTimeout);

    /// <inheritdoc />
    /// <exception cref="KafkaException">Nothing of the batch is visible, or its result is unknown until the next Start.</exception>
    public override void Commit(IReadOnlyList<FinishedUnit> units, UnitReader reader)
    {
        Producer.BeginTransaction();
        try
        {
            ProduceAll([.. units.SelectMany(unit => unit.Outgoing)]);
            Producer.SendOffsetsToTransaction(OffsetsAfter(units), reader.GroupMetadata, CallTimeout);
            CommitWithRetries();
        }
        catch (KafkaException e) when (!e.Error.IsFatal)
        {
            Abort();
            throw;
        }
    }

    /// <summary>A delivery that fails makes the commit fail.</summary>
    private void ProduceAll(List<OutgoingRecord> records)
    {
        if (records.Count > AwaitedRecordsMax)
        {
            records.ForEach(record => Produce(record));
            return;
        }

        // Not disposed of: a report may come after the wait was given up.
        var delivered = new CountdownEvent(records.Count);
        records.ForEach(record => Produce(record, _ => delivered.Signal()));
        delivered.Wait(CallTimeout);
    }

    private static ProducerConfig Transactional(ProducerConfig config, string transactionalId, TimeSpan transactionTimeout)
    {
        config.TransactionalId = transactionalId;
        config.TransactionTimeoutMs = (int)transactionTimeout.TotalMilliseconds;
        return config;
    }

    private void CommitWithRetries()
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                Producer.CommitTransaction(CallTimeout);
                return;
            }
            catch (KafkaRetriableException) when (attempt < 3)
            {
                // librdkafka asks for the same call again: it resumes where it was.
            }
        }
    }

    private void Abort()
    {
        try
        {
            Producer.AbortTransaction(CallTimeout);
        }
        catch (KafkaException)
        {
            // The first error is the one to report. The broker ends the transaction when the next run fences this one.
        }
    }
}

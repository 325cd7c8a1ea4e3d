using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Transactions;

/// <summary>Producer ids, epochs and transactions. Its members may be called by several threads.</summary>
internal sealed class TransactionCoordinator
{
    /// <summary>
    /// Appends for a transaction that is open and has the partition, and for no other: while <paramref name="append" /> runs the
    /// transaction cannot end, so nothing of it can come after its marker.
    /// </summary>
    /// <returns>The append's result, or why there was none: InvalidTxnState, InvalidProducerEpoch, ProducerFenced, InvalidProducerIdMapping, ConcurrentTransactions.</returns>
    public AppendResult AppendInTransaction(
        string transactionalId, long producerId, short producerEpoch, string topic, int partition, Func<AppendResult> append) => throw new NotImplementedException();
}

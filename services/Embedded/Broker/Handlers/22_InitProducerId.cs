using StreamDistill.Embedded.Broker.Protocol;
using StreamDistill.Embedded.Broker.Transactions;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>
/// InitProducerId, versions 0 to 5. Without a transactional id: a new producer id. With one: the next epoch of its producer, after
/// the transaction of the one before is aborted; a producer that names its id and epoch (KIP-360, from version 3) keeps on only if
/// nobody came after it. Transactions of more than 15 minutes are refused.
/// </summary>
internal sealed class InitProducerIdHandler(TransactionCoordinator transactions) : Handler(ApiKey.InitProducerId, 0, 5, 2)
{
    public override async ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
    {
        var body = request.Body;
        var (transactionalId, timeoutMs) = (body.ReadNullableString(), body.ReadInt32());
        var (producerId, epoch) = request.Version >= 3 ? (body.ReadInt64(), body.ReadInt16()) : (-1L, (short)-1);
        body.SkipTags();

        var claimed = producerId < 0 ? (ProducerIdAndEpoch?)null : new ProducerIdAndEpoch(producerId, epoch);
        var (error, producer) = producerId < 0 == epoch < 0
            ? await transactions.InitProducerIdAsync(transactionalId, timeoutMs, claimed).ConfigureAwait(false)
            : (ErrorCode.InvalidRequest, default);

        response.WriteInt32(0);
        response.WriteError(error == ErrorCode.ProducerFenced && request.Version < 4 ? ErrorCode.InvalidProducerEpoch : error);
        response.WriteInt64(error == ErrorCode.None ? producer.ProducerId : -1);
        response.WriteInt16(error == ErrorCode.None ? producer.Epoch : (short)-1);
        response.WriteNoTags();
        return true;
    }
}

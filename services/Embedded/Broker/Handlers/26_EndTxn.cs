using StreamDistill.Embedded.Broker.Protocol;
using StreamDistill.Embedded.Broker.Transactions;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>
/// EndTxn, versions 0 to 4. Commits or aborts the producer's transaction; once a commit is answered no power cut takes it back. A
/// request that is repeated is answered as before. Version 5, in which every transaction has an epoch of its own (KIP-890), is not
/// supported.
/// </summary>
internal sealed class EndTxnHandler(TransactionCoordinator transactions) : Handler(ApiKey.EndTxn, 0, 4, 3)
{
    public override async ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
    {
        var body = request.Body;
        var (transactionalId, producerId, epoch) = (body.ReadString(), body.ReadInt64(), body.ReadInt16());
        var isCommit = body.ReadBoolean();
        body.SkipTags();

        var error = await transactions.EndAsync(transactionalId, producerId, epoch, isCommit).ConfigureAwait(false);
        response.WriteInt32(0);
        response.WriteError(error == ErrorCode.ProducerFenced && request.Version < 2 ? ErrorCode.InvalidProducerEpoch : error);
        response.WriteNoTags();
        return true;
    }
}

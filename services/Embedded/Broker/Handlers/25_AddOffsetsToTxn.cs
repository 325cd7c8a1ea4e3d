using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Protocol;
using StreamDistill.Embedded.Broker.Transactions;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>AddOffsetsToTxn, versions 0 to 4. Adds the partition of committed offsets to the producer's transaction.</summary>
internal sealed class AddOffsetsToTxnHandler(TransactionCoordinator transactions) : Handler(ApiKey.AddOffsetsToTxn, 0, 4, 3)
{
    public override ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
    {
        var body = request.Body;
        var (transactionalId, producerId, epoch) = (body.ReadString(), body.ReadInt64(), body.ReadInt16());
        var groupId = body.ReadString();
        body.SkipTags();

        var error = groupId.Length == 0
            ? ErrorCode.InvalidGroupId
            : transactions.AddPartitions(transactionalId, producerId, epoch, [new TransactionPartition(TopicCatalog.ConsumerOffsets, 0)]);
        response.WriteInt32(0);
        response.WriteError(error == ErrorCode.ProducerFenced && request.Version < 2 ? ErrorCode.InvalidProducerEpoch : error);
        response.WriteNoTags();
        return ValueTask.FromResult(true);
    }
}

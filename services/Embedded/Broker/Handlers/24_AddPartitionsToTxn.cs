using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Protocol;
using StreamDistill.Embedded.Broker.Transactions;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>
/// AddPartitionsToTxn, versions 0 to 3; later ones are for brokers among themselves. Begins a transaction where none is open. All
/// partitions are added or none: where one does not exist, the others are OPERATION_NOT_ATTEMPTED.
/// </summary>
internal sealed class AddPartitionsToTxnHandler(TransactionCoordinator transactions, TopicCatalog catalog) : Handler(ApiKey.AddPartitionsToTxn, 0, 3, 3)
{
    public override ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
    {
        var body = request.Body;
        var (transactionalId, producerId, epoch) = (body.ReadString(), body.ReadInt64(), body.ReadInt16());
        var topics = body.ReadArray(topic =>
        {
            var asked = (Name: topic.ReadString(), Partitions: topic.ReadArray(p => p.ReadInt32()));
            topic.SkipTags();
            return asked;
        });
        body.SkipTags();

        var partitions = topics.SelectMany(t => t.Partitions.Select(p => new TransactionPartition(t.Name, p))).ToList();
        var areKnown = partitions.TrueForAll(p => Check(p) == ErrorCode.None);
        var error = areKnown ? transactions.AddPartitions(transactionalId, producerId, epoch, partitions) : ErrorCode.OperationNotAttempted;
        if (error == ErrorCode.ProducerFenced && request.Version < 2)
        {
            error = ErrorCode.InvalidProducerEpoch;
        }

        response.WriteInt32(0);
        response.WriteArray(topics, (w, topic) =>
        {
            w.WriteString(topic.Name);
            w.WriteArray(topic.Partitions, (p, number) =>
            {
                var own = Check(new TransactionPartition(topic.Name, number));
                p.WriteInt32(number);
                p.WriteError(own == ErrorCode.None ? error : own);
                p.WriteNoTags();
            });
            w.WriteNoTags();
        });
        response.WriteNoTags();
        return ValueTask.FromResult(true);
    }

    private ErrorCode Check(TransactionPartition partition) =>
        partition.Topic == TopicCatalog.TransactionState ? ErrorCode.InvalidTopic
        : catalog.Partition(partition.Topic, partition.Partition) is null ? ErrorCode.UnknownTopicOrPartition
        : ErrorCode.None;
}

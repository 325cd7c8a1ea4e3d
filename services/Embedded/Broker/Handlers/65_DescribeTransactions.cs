using StreamDistill.Embedded.Broker.Protocol;
using StreamDistill.Embedded.Broker.Transactions;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>DescribeTransactions, version 0. One that is not known is TRANSACTIONAL_ID_NOT_FOUND.</summary>
internal sealed class DescribeTransactionsHandler(TransactionCoordinator transactions) : Handler(ApiKey.DescribeTransactions, 0, 0, 0)
{
    public override ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
    {
        var ids = request.Body.ReadArray(id => id.ReadString());
        request.Body.SkipTags();
        response.WriteInt32(0);
        response.WriteArray(ids, (w, id) => Write(w, id, transactions.Find(id)));
        response.WriteNoTags();
        return ValueTask.FromResult(true);
    }

    private static void Write(KafkaWriter writer, string id, TransactionData? data)
    {
        writer.WriteError(data is not null ? ErrorCode.None : id.Length == 0 ? ErrorCode.InvalidRequest : ErrorCode.TransactionalIdNotFound);
        writer.WriteString(id);
        writer.WriteString(data?.State.ToString() ?? "");
        writer.WriteInt32(data?.TimeoutMs ?? 0);
        writer.WriteInt64(data?.StartedMs ?? -1);
        writer.WriteInt64(data?.ProducerId ?? -1);
        writer.WriteInt16(data?.ProducerEpoch ?? -1);
        var topics = (data?.Partitions.Keys ?? []).GroupBy(p => p.Topic, p => p.Partition, StringComparer.Ordinal).ToList();
        writer.WriteArray(topics, (w, topic) =>
        {
            w.WriteString(topic.Key);
            w.WriteArray(topic.ToList(), (p, number) => p.WriteInt32(number));
            w.WriteNoTags();
        });
        writer.WriteNoTags();
    }
}

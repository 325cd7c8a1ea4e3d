using StreamDistill.Embedded.Broker.Protocol;
using StreamDistill.Embedded.Broker.Transactions;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>
/// WriteTxnMarkers, versions 0 and 1, as an administrator uses it to abort a transaction that hangs in a partition. The coordinator
/// here writes its own markers itself, and leaves nothing hanging.
/// </summary>
internal sealed class WriteTxnMarkersHandler(TransactionCoordinator transactions) : Handler(ApiKey.WriteTxnMarkers, 0, 1, 1)
{
    private sealed record Topic(string Name, List<int> Partitions);

    private sealed record Marker(long ProducerId, short Epoch, bool IsCommit, List<Topic> Topics, int CoordinatorEpoch);

    public override ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
    {
        var markers = request.Body.ReadArray(ReadMarker);
        request.Body.SkipTags();
        response.WriteArray(markers, Write);
        response.WriteNoTags();
        return ValueTask.FromResult(true);
    }

    private static Marker ReadMarker(KafkaReader reader)
    {
        var (producerId, epoch, isCommit) = (reader.ReadInt64(), reader.ReadInt16(), reader.ReadBoolean());
        var topics = reader.ReadArray(topic =>
        {
            var asked = new Topic(topic.ReadString(), topic.ReadArray(p => p.ReadInt32()));
            topic.SkipTags();
            return asked;
        });
        var marker = new Marker(producerId, epoch, isCommit, topics, reader.ReadInt32());
        reader.SkipTags();
        return marker;
    }

    private void Write(KafkaWriter writer, Marker marker)
    {
        writer.WriteInt64(marker.ProducerId);
        writer.WriteArray(marker.Topics, (w, topic) =>
        {
            w.WriteString(topic.Name);
            w.WriteArray(topic.Partitions, (p, number) =>
            {
                p.WriteInt32(number);
                p.WriteError(transactions.WriteMarker(
                    marker.ProducerId, marker.Epoch, marker.IsCommit, marker.CoordinatorEpoch, new TransactionPartition(topic.Name, number)));
                p.WriteNoTags();
            });
            w.WriteNoTags();
        });
        writer.WriteNoTags();
    }
}

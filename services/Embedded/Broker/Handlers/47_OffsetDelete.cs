using StreamDistill.Embedded.Broker.Groups;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>OffsetDelete, version 0. Deletes committed offsets of topics that no member of the group subscribes to.</summary>
internal sealed class OffsetDeleteHandler(GroupCoordinator groups) : Handler(ApiKey.OffsetDelete, 0, 0, short.MaxValue)
{
    public override ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
    {
        var groupId = request.Body.ReadString();
        var topics = request.Body.ReadArray(reader => (Name: reader.ReadString(), Partitions: reader.ReadArray(partition => partition.ReadInt32())));

        var (error, errors) = groups.DeleteOffsets(groupId, [.. topics.SelectMany(topic => topic.Partitions.Select(partition => new TopicPartition(topic.Name, partition)))]);

        response.WriteError(error);
        response.WriteInt32(0);
        var next = 0;
        response.WriteArray(error == ErrorCode.None ? topics : [], (writer, topic) =>
        {
            writer.WriteString(topic.Name);
            writer.WriteArray(topic.Partitions, (inner, partition) =>
            {
                inner.WriteInt32(partition);
                inner.WriteError(errors[next++]);
            });
        });
        return ValueTask.FromResult(true);
    }
}

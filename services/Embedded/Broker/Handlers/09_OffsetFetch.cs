using StreamDistill.Embedded.Broker.Groups;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>
/// OffsetFetch, versions 1 to 9. Committed offsets of one group, from version 8 of several; of all partitions where none are named
/// (from version 2). From version 7 a client can ask for stable offsets only: where an open transaction may change one, it gets
/// UNSTABLE_OFFSET_COMMIT and asks again. A partition without offset has -1 and no error, a group that is not there too. The member
/// epoch of version 9 belongs to the new consumer protocol, which there is not, and is not looked at.
/// </summary>
internal sealed class OffsetFetchHandler(GroupCoordinator groups) : Handler(ApiKey.OffsetFetch, 1, 9, 6)
{
    public override ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
    {
        var (body, version) = (request.Body, request.Version);
        List<GroupRequest> asked;
        if (version >= 8)
        {
            asked = body.ReadArray(reader =>
            {
                var groupId = reader.ReadString();
                if (version >= 9)
                {
                    reader.ReadNullableString();
                    reader.ReadInt32();
                }

                var group = new GroupRequest(groupId, ReadTopics(reader));
                reader.SkipTags();
                return group;
            });
        }
        else
        {
            asked = [new GroupRequest(body.ReadString(), ReadTopics(body))];
        }

        var requireStable = version >= 7 && body.ReadBoolean();
        body.SkipTags();

        if (version >= 3)
        {
            response.WriteInt32(0);
        }

        if (version >= 8)
        {
            // Named twice, answered once: a short request must not make a long answer.
            response.WriteArray(asked.DistinctBy(group => group.GroupId, StringComparer.Ordinal).ToArray(), (writer, group) =>
            {
                writer.WriteString(group.GroupId);
                WriteTopics(writer, group, version, requireStable);
                writer.WriteError(ErrorCode.None);
                writer.WriteNoTags();
            });
        }
        else
        {
            WriteTopics(response, asked[0], version, requireStable);
            if (version >= 2)
            {
                response.WriteError(ErrorCode.None);
            }
        }

        response.WriteNoTags();
        return ValueTask.FromResult(true);
    }

    private static List<(string Topic, List<int> Partitions)>? ReadTopics(KafkaReader body) => body.ReadNullableArray(reader =>
    {
        var topic = (reader.ReadString(), reader.ReadArray(partition => partition.ReadInt32()));
        reader.SkipTags();
        return topic;
    });

    private static void WriteOffset(KafkaWriter writer, FetchedOffset fetched, short version)
    {
        writer.WriteInt32(fetched.Partition.Partition);
        writer.WriteInt64(fetched.Committed?.Offset ?? -1);
        if (version >= 5)
        {
            writer.WriteInt32(fetched.Committed?.LeaderEpoch ?? -1);
        }

        writer.WriteString(fetched.Committed?.Metadata ?? "");
        writer.WriteError(fetched.Error);
        writer.WriteNoTags();
    }

    private void WriteTopics(KafkaWriter response, GroupRequest group, short version, bool requireStable)
    {
        var partitions = group.Topics?.SelectMany(topic => topic.Partitions.Select(partition => new TopicPartition(topic.Topic, partition))).ToArray();
        var fetched = groups.Fetch(group.GroupId, partitions, requireStable);
        response.WriteArray(fetched.GroupBy(offset => offset.Partition.Topic, StringComparer.Ordinal).ToArray(), (writer, topic) =>
        {
            writer.WriteString(topic.Key);
            writer.WriteArray(topic.ToArray(), (inner, offset) => WriteOffset(inner, offset, version));
            writer.WriteNoTags();
        });
    }

    private sealed record GroupRequest(string GroupId, List<(string Topic, List<int> Partitions)>? Topics);
}

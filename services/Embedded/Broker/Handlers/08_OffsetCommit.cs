using StreamDistill.Embedded.Broker.Groups;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>
/// OffsetCommit, versions 2 to 9. Commits offsets of partitions that exist, for a member of the group's generation, or for anybody
/// while the group has no members. The retention time of versions 2 to 4 is not used: the broker's holds for all.
/// </summary>
internal sealed class OffsetCommitHandler(GroupCoordinator groups) : Handler(ApiKey.OffsetCommit, 2, 9, 8)
{
    public override async ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
    {
        var (body, version) = (request.Body, request.Version);
        var groupId = body.ReadString();
        var generation = body.ReadInt32();
        var memberId = body.ReadString();
        var instanceId = version >= 7 ? body.ReadNullableString() : null;
        if (version is >= 2 and <= 4)
        {
            body.ReadInt64();
        }

        var topics = CommittedTopics.Read(body, hasLeaderEpoch: version >= 6);
        body.SkipTags();

        var commit = new OffsetCommit(groupId, new MemberIdentity(memberId, instanceId, generation), CommittedTopics.Flatten(topics));
        var errors = await groups.CommitAsync(commit).ConfigureAwait(false);

        if (version >= 3)
        {
            response.WriteInt32(0);
        }

        CommittedTopics.Write(response, topics, errors);
        response.WriteNoTags();
        return true;
    }
}

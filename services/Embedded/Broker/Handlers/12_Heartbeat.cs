using StreamDistill.Embedded.Broker.Groups;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>
/// Heartbeat, versions 0 to 4. Keeps a member alive, and tells it that the group rebalances (REBALANCE_IN_PROGRESS) or has gone on
/// without it (ILLEGAL_GENERATION, UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID).
/// </summary>
internal sealed class HeartbeatHandler(GroupCoordinator groups) : Handler(ApiKey.Heartbeat, 0, 4, 4)
{
    public override ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
    {
        var (body, version) = (request.Body, request.Version);
        var groupId = body.ReadString();
        var generation = body.ReadInt32();
        var memberId = body.ReadString();
        var instanceId = version >= 3 ? body.ReadNullableString() : null;
        body.SkipTags();

        if (version >= 1)
        {
            response.WriteInt32(0);
        }

        response.WriteError(groups.Heartbeat(groupId, new MemberIdentity(memberId, instanceId, generation)));
        response.WriteNoTags();
        return ValueTask.FromResult(true);
    }
}

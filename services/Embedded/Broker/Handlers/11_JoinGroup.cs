using StreamDistill.Embedded.Broker.Groups;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>
/// JoinGroup, versions 0 to 9. Waits until everybody has joined. From version 4 a new dynamic member is told its id first
/// (MEMBER_ID_REQUIRED) and joins with it; from version 5 a member may be static; from version 9 a static leader that starts
/// again is told not to assign. The reason of version 8 is not kept.
/// </summary>
internal sealed class JoinGroupHandler(GroupCoordinator groups) : Handler(ApiKey.JoinGroup, 0, 9, 6)
{
    public override async ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
    {
        var result = await groups.JoinAsync(Read(request), cancellationToken).ConfigureAwait(false);
        var version = request.Version;
        if (version >= 2)
        {
            response.WriteInt32(0);
        }

        response.WriteError(result.Error);
        response.WriteInt32(result.Generation);
        if (version >= 7)
        {
            response.WriteString(result.ProtocolType);
        }

        response.WriteString(version >= 7 ? result.ProtocolName : result.ProtocolName ?? "");
        response.WriteString(result.Leader);
        if (version >= 9)
        {
            response.WriteBoolean(result.SkipsAssignment);
        }

        response.WriteString(result.MemberId);
        response.WriteArray(result.Members, (writer, member) =>
        {
            writer.WriteString(member.MemberId);
            if (version >= 5)
            {
                writer.WriteString(member.InstanceId);
            }

            writer.WriteBytes(member.Metadata);
            writer.WriteNoTags();
        });
        response.WriteNoTags();
        return true;
    }

    private static JoinRequest Read(Request request)
    {
        var (body, version) = (request.Body, request.Version);
        var groupId = body.ReadString();
        var sessionTimeoutMs = body.ReadInt32();
        var rebalanceTimeoutMs = version >= 1 ? body.ReadInt32() : sessionTimeoutMs;
        var memberId = body.ReadString();
        var instanceId = version >= 5 ? body.ReadNullableString() : null;
        var protocolType = body.ReadString();
        var protocols = body.ReadArray(reader =>
        {
            var protocol = new GroupProtocol(reader.ReadString(), reader.ReadBytes().ToArray());
            reader.SkipTags();
            return protocol;
        });
        if (version >= 8)
        {
            body.ReadNullableString();
        }

        body.SkipTags();
        return new JoinRequest(
            groupId, memberId, instanceId, request.ClientId ?? "", request.ClientHost, sessionTimeoutMs, rebalanceTimeoutMs, protocolType, protocols,
            RequiresKnownMemberId: version >= 4, SupportsSkippingAssignment: version >= 9);
    }
}

using StreamDistill.Embedded.Broker.Groups;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>
/// SyncGroup, versions 0 to 5. Takes the leader's assignment, and gives every member its own as soon as it is there. From version 5
/// the client says which protocol it believes in, and a wrong one is INCONSISTENT_GROUP_PROTOCOL.
/// </summary>
internal sealed class SyncGroupHandler(GroupCoordinator groups) : Handler(ApiKey.SyncGroup, 0, 5, 4)
{
    public override async ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
    {
        var result = await groups.SyncAsync(Read(request), cancellationToken).ConfigureAwait(false);
        if (request.Version >= 1)
        {
            response.WriteInt32(0);
        }

        response.WriteError(result.Error);
        if (request.Version >= 5)
        {
            response.WriteString(result.ProtocolType);
            response.WriteString(result.ProtocolName);
        }

        response.WriteBytes(result.Assignment);
        response.WriteNoTags();
        return true;
    }

    private static SyncRequest Read(Request request)
    {
        var (body, version) = (request.Body, request.Version);
        var groupId = body.ReadString();
        var generation = body.ReadInt32();
        var memberId = body.ReadString();
        var instanceId = version >= 3 ? body.ReadNullableString() : null;
        var protocolType = version >= 5 ? body.ReadNullableString() : null;
        var protocolName = version >= 5 ? body.ReadNullableString() : null;
        var assignments = body.ReadArray(reader =>
        {
            var assignment = KeyValuePair.Create(reader.ReadString(), reader.ReadBytes().ToArray());
            reader.SkipTags();
            return assignment;
        });
        body.SkipTags();
        return new SyncRequest(groupId, new MemberIdentity(memberId, instanceId, generation), protocolType, protocolName, assignments);
    }
}

using StreamDistill.Embedded.Broker.Groups;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>
/// LeaveGroup, versions 0 to 5. Removes a member, from version 3 several; a static member may be named by its static id alone, as
/// administrators do. The reason of version 5 is not kept.
/// </summary>
internal sealed class LeaveGroupHandler(GroupCoordinator groups) : Handler(ApiKey.LeaveGroup, 0, 5, 4)
{
    public override ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
    {
        var (body, version) = (request.Body, request.Version);
        var groupId = body.ReadString();
        var leaving = version >= 3 ? body.ReadArray(reader => ReadMember(reader, version)) : [new MemberIdentity(body.ReadString(), null)];
        body.SkipTags();

        var (error, members) = groups.Leave(groupId, leaving);

        if (version >= 1)
        {
            response.WriteInt32(0);
        }

        if (version < 3)
        {
            response.WriteError(members.Count == 1 ? members[0] : error);
            return ValueTask.FromResult(true);
        }

        response.WriteError(error);
        response.WriteArray(leaving.Zip(members).ToArray(), (writer, member) =>
        {
            writer.WriteString(member.First.MemberId);
            writer.WriteString(member.First.InstanceId);
            writer.WriteError(member.Second);
            writer.WriteNoTags();
        });
        response.WriteNoTags();
        return ValueTask.FromResult(true);
    }

    private static MemberIdentity ReadMember(KafkaReader reader, short version)
    {
        var member = new MemberIdentity(reader.ReadString(), reader.ReadNullableString());
        if (version >= 5)
        {
            reader.ReadNullableString();
        }

        reader.SkipTags();
        return member;
    }
}

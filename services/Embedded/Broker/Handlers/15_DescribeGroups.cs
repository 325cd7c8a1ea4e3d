using StreamDistill.Embedded.Broker.Groups;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>
/// DescribeGroups, versions 0 to 5. State, protocol and members of groups; one that is not there is Dead. Which operations are
/// allowed (asked for from version 3) is not told: there are no permissions.
/// </summary>
internal sealed class DescribeGroupsHandler(GroupCoordinator groups) : Handler(ApiKey.DescribeGroups, 0, 5, 5)
{
    private const int OperationsNotTold = int.MinValue;

    public override ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
    {
        var (body, version) = (request.Body, request.Version);
        var asked = body.ReadArray(reader => reader.ReadString());
        if (version >= 3)
        {
            body.ReadBoolean();
        }

        body.SkipTags();

        if (version >= 1)
        {
            response.WriteInt32(0);
        }

        // Named twice, described once: a short request must not make a long answer.
        response.WriteArray(asked.Distinct(StringComparer.Ordinal).ToArray(), (writer, groupId) => Write(writer, groups.Describe(groupId), version));
        response.WriteNoTags();
        return ValueTask.FromResult(true);
    }

    private static void Write(KafkaWriter response, DescribedGroup group, short version)
    {
        response.WriteError(group.Error);
        response.WriteString(group.GroupId);
        response.WriteString(group.State.ToString());
        response.WriteString(group.ProtocolType);
        response.WriteString(group.Protocol);
        response.WriteArray(group.Members, (writer, member) =>
        {
            writer.WriteString(member.MemberId);
            if (version >= 4)
            {
                writer.WriteString(member.InstanceId);
            }

            writer.WriteString(member.ClientId);
            writer.WriteString(member.ClientHost);
            writer.WriteBytes(member.Metadata);
            writer.WriteBytes(member.Assignment);
            writer.WriteNoTags();
        });
        if (version >= 3)
        {
            response.WriteInt32(OperationsNotTold);
        }

        response.WriteNoTags();
    }
}

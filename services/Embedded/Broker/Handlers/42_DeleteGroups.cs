using StreamDistill.Embedded.Broker.Groups;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>DeleteGroups, versions 0 to 2. Deletes groups without members, with their offsets; NON_EMPTY_GROUP for others.</summary>
internal sealed class DeleteGroupsHandler(GroupCoordinator groups) : Handler(ApiKey.DeleteGroups, 0, 2, 2)
{
    public override ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
    {
        var asked = request.Body.ReadArray(reader => reader.ReadString());
        request.Body.SkipTags();

        response.WriteInt32(0);
        response.WriteArray(asked, (writer, groupId) =>
        {
            writer.WriteString(groupId);
            writer.WriteError(groups.Delete(groupId));
            writer.WriteNoTags();
        });
        response.WriteNoTags();
        return ValueTask.FromResult(true);
    }
}

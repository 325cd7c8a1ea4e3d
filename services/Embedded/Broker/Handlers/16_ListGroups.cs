using StreamDistill.Embedded.Broker.Groups;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>ListGroups, versions 0 to 5. All groups, from version 4 those in the states asked for, from version 5 of the types asked for; every group here is "classic".</summary>
internal sealed class ListGroupsHandler(GroupCoordinator groups) : Handler(ApiKey.ListGroups, 0, 5, 3)
{
    private const string Type = "classic";

    public override ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
    {
        var (body, version) = (request.Body, request.Version);
        var states = version >= 4 ? body.ReadArray(reader => reader.ReadString()) : [];
        var types = version >= 5 ? body.ReadArray(reader => reader.ReadString()) : [];
        body.SkipTags();

        if (version >= 1)
        {
            response.WriteInt32(0);
        }

        response.WriteError(ErrorCode.None);
        var listed = groups.Groups.Where(group => Wants(states, group.State.ToString()) && Wants(types, Type)).ToArray();
        response.WriteArray(listed, (writer, group) =>
        {
            writer.WriteString(group.GroupId);
            writer.WriteString(group.ProtocolType);
            if (version >= 4)
            {
                writer.WriteString(group.State.ToString());
            }

            if (version >= 5)
            {
                writer.WriteString(Type);
            }

            writer.WriteNoTags();
        });
        response.WriteNoTags();
        return ValueTask.FromResult(true);
    }

    private static bool Wants(List<string> filter, string value) => filter.Count == 0 || filter.Contains(value, StringComparer.OrdinalIgnoreCase);
}

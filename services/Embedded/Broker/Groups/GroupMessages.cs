using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Groups;

/// <summary>A way to assign partitions that a member offers, with what its leader needs to know of the member.</summary>
/// <param name="Name">Such as range or cooperative-sticky.</param>
/// <param name="Metadata">Opaque here, except that a consumer's begins with the topics it subscribes to. A copy, not the request's own.</param>
internal readonly record struct GroupProtocol(string Name, byte[] Metadata);

/// <summary>Who asks: a member id, the generation it believes in, and its static id where it has one.</summary>
internal readonly record struct MemberIdentity(string MemberId, string? InstanceId, int Generation = -1);

/// <param name="MemberId">Empty where the member has none yet.</param>
/// <param name="RequiresKnownMemberId">The client is told its member id first and joins with it (JoinGroup from version 4).</param>
/// <param name="SupportsSkippingAssignment">The client understands SkipAssignment (JoinGroup from version 9).</param>
internal sealed record JoinRequest(
    string GroupId,
    string MemberId,
    string? InstanceId,
    string ClientId,
    string ClientHost,
    int SessionTimeoutMs,
    int RebalanceTimeoutMs,
    string ProtocolType,
    IReadOnlyList<GroupProtocol> Protocols,
    bool RequiresKnownMemberId,
    bool SupportsSkippingAssignment);

/// <summary>A member as its leader sees it.</summary>
internal readonly record struct JoinedMember(string MemberId, string? InstanceId, byte[] Metadata);

/// <param name="Members">Everybody, for the leader; empty for the others.</param>
/// <param name="SkipsAssignment">The leader is not to assign: what was assigned still holds.</param>
internal sealed record JoinResult(
    ErrorCode Error,
    string MemberId,
    int Generation,
    string? ProtocolType,
    string? ProtocolName,
    string Leader,
    IReadOnlyList<JoinedMember> Members,
    bool SkipsAssignment = false)
{
    public static JoinResult Refused(ErrorCode error, string memberId) => new(error, memberId, -1, null, null, "", []);
}

/// <param name="ProtocolType">Null where the client does not say (SyncGroup before version 5).</param>
/// <param name="ProtocolName">As ProtocolType.</param>
/// <param name="Assignments">By member id; only the leader sends any.</param>
internal sealed record SyncRequest(
    string GroupId, MemberIdentity Member, string? ProtocolType, string? ProtocolName, IReadOnlyList<KeyValuePair<string, byte[]>> Assignments);

internal sealed record SyncResult(ErrorCode Error, string? ProtocolType, string? ProtocolName, byte[] Assignment)
{
    public static SyncResult Refused(ErrorCode error) => new(error, null, null, []);
}

/// <summary>A member as DescribeGroups shows it; metadata and assignment are empty unless the group is stable.</summary>
internal sealed record DescribedMember(string MemberId, string? InstanceId, string ClientId, string ClientHost, byte[] Metadata, byte[] Assignment);

/// <param name="Protocol">Empty unless the group is stable.</param>
internal sealed record DescribedGroup(
    string GroupId, ErrorCode Error, GroupState State, string ProtocolType, string Protocol, IReadOnlyList<DescribedMember> Members);

/// <summary>An offset that a client commits.</summary>
/// <param name="LeaderEpoch">-1 where it does not say.</param>
internal readonly record struct OffsetToCommit(string Topic, int Partition, long Offset, int LeaderEpoch, string? Metadata);

internal sealed record OffsetCommit(string GroupId, MemberIdentity Member, IReadOnlyList<OffsetToCommit> Offsets);

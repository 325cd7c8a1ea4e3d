using Microsoft.Extensions.Logging;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Groups;

/// <content>Joining: who is let in, and what a join by somebody who is in already means.</content>
internal sealed partial class Group
{
    /// <summary>What a name (of a group, member, protocol) may have at most, so that it fits into any version of any answer.</summary>
    public const int MaxNameLength = 1000;

    private const int MaxClientNameInId = 255;

    /// <summary>Answered at once, or when everybody has joined, or when that has failed; never left unanswered.</summary>
    public Task<JoinResult> Join(JoinRequest request)
    {
        if (request.SessionTimeoutMs < options.MinSessionTimeout.TotalMilliseconds || request.SessionTimeoutMs > options.MaxSessionTimeout.TotalMilliseconds)
        {
            return Refuse(request, ErrorCode.InvalidSessionTimeout);
        }

        if (!Fits(request))
        {
            return Refuse(request, ErrorCode.InconsistentGroupProtocol);
        }

        return request.MemberId.Length == 0 ? JoinAsNew(request) : JoinAsKnown(request);
    }

    /// <summary>The connection that waited for the answer to a join is gone. The member has its session timeout to come back.</summary>
    public void AbandonJoin(Task<JoinResult> waiting)
    {
        if (members.Find(member => member.JoinWaiter?.Task == waiting) is { } member)
        {
            Touch(member);
            member.Answer(JoinResult.Refused(ErrorCode.RebalanceInProgress, member.Id));
        }
    }

    private Task<JoinResult> JoinAsNew(JoinRequest request)
    {
        if (request.InstanceId is { } instanceId && staticMembers.TryGetValue(instanceId, out var current))
        {
            return JoinInPlaceOf(current, request);
        }

        if (members.Count + promisedIds.Count >= options.MaxGroupSize)
        {
            return Refuse(request, ErrorCode.GroupMaxSizeReached);
        }

        // Unique for ever: an id from before a restart of the broker is never mistaken for one of today.
        var memberId = NameInId(request.InstanceId ?? request.ClientId) + "-" + Guid.NewGuid();
        if (request.InstanceId is null && request.RequiresKnownMemberId)
        {
            promisedIds.Add(memberId, nowMs() + request.SessionTimeoutMs);
            return Task.FromResult(JoinResult.Refused(ErrorCode.MemberIdRequired, memberId));
        }

        return Add(memberId, request);
    }

    private Task<JoinResult> JoinAsKnown(JoinRequest request)
    {
        if (request.InstanceId is null && promisedIds.Remove(request.MemberId))
        {
            return Add(request.MemberId, request);
        }

        if (Check(new MemberIdentity(request.MemberId, request.InstanceId)) is var error and not ErrorCode.None)
        {
            return Refuse(request, error);
        }

        var member = membersById[request.MemberId];
        Touch(member);
        var isUnchanged = member.Matches(request.Protocols);
        switch (State)
        {
            // It may not have got the answer to its join: here it is again.
            case GroupState.CompletingRebalance when isUnchanged:
            // A leader that joins again wants to assign again; the others only want to know where they stand.
            case GroupState.Stable when isUnchanged && member.Id != leaderId:
                return Task.FromResult(Joined(member));
        }

        return Update(member, request) ? Wait(member, $"{member.Id} joins again") : Refuse(request, ErrorCode.GroupMaxSizeReached);
    }

    private Task<JoinResult> Add(string memberId, JoinRequest request)
    {
        var member = new Member(memberId, request.InstanceId, request.ClientId, request.ClientHost);
        if (!Update(member, request))
        {
            return Refuse(request, ErrorCode.GroupMaxSizeReached);
        }

        if (members.Count == 0)
        {
            ProtocolType = request.ProtocolType;
        }

        Insert(member);
        Touch(member);
        hasNewMember = true;
        return Wait(member, $"{memberId} joins");
    }

    /// <summary>
    /// A static member that starts again: it gets a new id, and whoever still uses the old one is fenced. In a stable group it
    /// goes on with what was assigned to it, unless its coming back changes what would be assigned.
    /// </summary>
    private Task<JoinResult> JoinInPlaceOf(Member old, JoinRequest request)
    {
        var wasLeader = leaderId == old.Id;
        var oldLeaderId = leaderId ?? "";
        var oldTopics = ConsumerSubscription.TopicsOf(old.MetadataOf(protocolName));
        var member = new Member(NameInId(request.InstanceId!) + "-" + Guid.NewGuid(), request.InstanceId, request.ClientId, request.ClientHost)
        {
            Protocols = old.Protocols,
            Assignment = old.Assignment,
        };
        if (!Update(member, request))
        {
            return Refuse(request, ErrorCode.GroupMaxSizeReached);
        }

        old.Answer(JoinResult.Refused(ErrorCode.FencedInstanceId, old.Id));
        old.Answer(SyncResult.Refused(ErrorCode.FencedInstanceId));
        membersById.Remove(old.Id);
        membersById.Add(member.Id, member);
        staticMembers[member.InstanceId!] = member;
        members[members.IndexOf(old)] = member;
        leaderId = wasLeader ? member.Id : leaderId;
        if (notSynced.Remove(old.Id))
        {
            notSynced.Add(member.Id);
        }

        Touch(member);
        if (State != GroupState.Stable || SelectProtocol() != protocolName || !SameTopics(oldTopics, ConsumerSubscription.TopicsOf(member.MetadataOf(protocolName))))
        {
            return Wait(member, $"{member.Id} joins in place of {old.Id}");
        }

        // A leader that cannot be told to skip the assignment is told that somebody else is the leader.
        return Task.FromResult(request.SupportsSkippingAssignment
            ? Joined(member) with { SkipsAssignment = wasLeader }
            : Joined(member) with { Leader = oldLeaderId, Members = [] });
    }

    private static Task<JoinResult> Refuse(JoinRequest request, ErrorCode error) => Task.FromResult(JoinResult.Refused(error, request.MemberId));

    private static bool SameTopics(IReadOnlySet<string>? one, IReadOnlySet<string>? other) => one is null ? other is null : other is not null && one.SetEquals(other);

    private static string NameInId(string name)
    {
        var length = Math.Min(name.Length, MaxClientNameInId);
        return name[..(length > 0 && char.IsHighSurrogate(name[length - 1]) ? length - 1 : length)];
    }

    /// <summary>Whether there is a protocol that everybody, and this member too, offers.</summary>
    private bool Fits(JoinRequest request)
    {
        if (request.ProtocolType.Length is 0 or > MaxNameLength
            || request.InstanceId?.Length is 0 or > MaxNameLength
            || request.Protocols.Count == 0
            || request.Protocols.Any(protocol => protocol.Name.Length > MaxNameLength))
        {
            return false;
        }

        return members.Count == 0
            || (request.ProtocolType == ProtocolType && request.Protocols.Any(protocol => members.All(member => member.Offers(protocol.Name))));
    }

    private bool Update(Member member, JoinRequest request)
    {
        var isMember = membersById.ContainsKey(member.Id) || (member.InstanceId is { } instanceId && staticMembers.ContainsKey(instanceId));
        if (!budget.TryTake(Member.BytesOf(request.Protocols) - (isMember ? Member.BytesOf(member.Protocols) : 0)))
        {
            logger.LogWarning("Group {Group}: a member was refused, because all groups' metadata would take more than {Bytes} bytes.", Id, options.MaxMetadataBytes);
            return false;
        }

        member.Protocols = request.Protocols;
        member.SessionTimeoutMs = request.SessionTimeoutMs;
        member.RebalanceTimeoutMs = Math.Max(1, request.RebalanceTimeoutMs);
        return true;
    }

    /// <summary>Lets the member's join wait, and begins the rebalance it asks for or ends the one that waited only for it.</summary>
    private Task<JoinResult> Wait(Member member, string reason)
    {
        var waiter = new TaskCompletionSource<JoinResult>(TaskCreationOptions.RunContinuationsAsynchronously);

        // A client that asks twice has given up its first request.
        member.Answer(JoinResult.Refused(ErrorCode.RebalanceInProgress, member.Id));
        member.JoinWaiter = waiter;
        Rebalance(reason);
        return waiter.Task;
    }

    private JoinResult Joined(Member member) => new(
        ErrorCode.None, member.Id, Generation, ProtocolType, protocolName, leaderId ?? "",
        member.Id == leaderId ? [.. members.Select(other => new JoinedMember(other.Id, other.InstanceId, other.MetadataOf(protocolName)))] : []);
}

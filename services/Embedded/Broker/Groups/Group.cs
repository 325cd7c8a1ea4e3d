using Microsoft.Extensions.Logging;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Groups;

/// <summary>
/// One classic group's members and where they stand. It knows no lock and no timer: the coordinator calls it under its own lock,
/// and calls <see cref="Expire" /> when <see cref="NextDeadlineMs" /> has come.
/// </summary>
/// <remarks>
/// Empty → PreparingRebalance (somebody joins) → CompletingRebalance (all have joined, or the time for it is over) → Stable (the
/// leader has assigned) → PreparingRebalance (somebody joins, changes, leaves or dies) … → Empty (the last is gone). Every way into
/// CompletingRebalance or from there back to Empty begins a new generation.
/// </remarks>
internal sealed partial class Group(string id, int generation, GroupOptions options, MetadataBudget budget, Func<long> nowMs, ILogger logger)
{
    // In the order of joining: the longest-serving member is the next leader.
    private readonly List<Member> members = [];
    private readonly Dictionary<string, Member> membersById = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Member> staticMembers = new(StringComparer.Ordinal);

    // Ids given out with MEMBER_ID_REQUIRED that nobody has joined with yet, and until when they are good.
    private readonly Dictionary<string, long> promisedIds = new(StringComparer.Ordinal);
    private readonly HashSet<string> notSynced = new(StringComparer.Ordinal);

    private string? leaderId;
    private string? protocolName;
    private long? joinDeadlineMs;
    private long? syncDeadlineMs;

    public string Id { get; } = id;

    public GroupState State { get; private set; }

    /// <summary>Grows with every rebalance and never goes back.</summary>
    public int Generation { get; private set; } = generation;

    /// <summary>Null until the first member joins.</summary>
    public string? ProtocolType { get; private set; }

    /// <summary>Since when it has had no members.</summary>
    public long EmptySinceMs { get; private set; } = nowMs();

    public bool HasMembers => members.Count > 0 || promisedIds.Count > 0;

    /// <summary>When <see cref="Expire" /> has something to do at the latest; null where nothing is waited for.</summary>
    public long? NextDeadlineMs
    {
        get
        {
            var next = Math.Min(joinDeadlineMs ?? long.MaxValue, syncDeadlineMs ?? long.MaxValue);
            foreach (var deadline in promisedIds.Values)
            {
                next = Math.Min(next, deadline);
            }

            foreach (var member in members)
            {
                next = member.IsWaiting ? next : Math.Min(next, member.SessionDeadlineMs);
            }

            return next == long.MaxValue ? null : next;
        }
    }

    private int RebalanceTimeoutMs => members.Count == 0 ? 0 : members.Max(member => member.RebalanceTimeoutMs);

    /// <summary>Whether the id is a member's, and under that static id.</summary>
    public ErrorCode Check(MemberIdentity who)
    {
        if (who.InstanceId is { } instanceId)
        {
            if (!staticMembers.TryGetValue(instanceId, out var current))
            {
                return ErrorCode.UnknownMemberId;
            }

            if (current.Id != who.MemberId)
            {
                return ErrorCode.FencedInstanceId;
            }
        }

        return membersById.ContainsKey(who.MemberId) ? ErrorCode.None : ErrorCode.UnknownMemberId;
    }

    /// <summary>Whether offsets may be committed: by members of this generation, and by outsiders while there are no members.</summary>
    /// <remarks>Outsiders may always commit in a transaction: before version 3 TxnOffsetCommit cannot say who asks.</remarks>
    public ErrorCode CheckCommit(MemberIdentity who, bool isTransactional)
    {
        if (who.Generation < 0 && who.MemberId.Length == 0 && who.InstanceId is null)
        {
            return isTransactional || State == GroupState.Empty ? ErrorCode.None : ErrorCode.UnknownMemberId;
        }

        if (Check(who) is var error and not ErrorCode.None)
        {
            return error;
        }

        if (who.Generation != Generation)
        {
            return ErrorCode.IllegalGeneration;
        }

        return State == GroupState.CompletingRebalance && !isTransactional ? ErrorCode.RebalanceInProgress : ErrorCode.None;
    }

    public ErrorCode Heartbeat(MemberIdentity who)
    {
        if (Check(who) is var error and not ErrorCode.None)
        {
            return error;
        }

        if (who.Generation != Generation)
        {
            return ErrorCode.IllegalGeneration;
        }

        Touch(membersById[who.MemberId]);
        return State == GroupState.PreparingRebalance ? ErrorCode.RebalanceInProgress : ErrorCode.None;
    }

    /// <summary>A member has been heard of.</summary>
    public void Touch(string memberId)
    {
        if (membersById.TryGetValue(memberId, out var member))
        {
            Touch(member);
        }
    }

    /// <summary>Whether somebody reads the topic; where that cannot be known, whether there is anybody.</summary>
    public bool IsSubscribedTo(string topic) =>
        members.Count > 0
        && (ProtocolType != ConsumerSubscription.ProtocolType || members.Any(member => ConsumerSubscription.TopicsOf(member.MetadataOf(protocolName))?.Contains(topic) ?? true));

    public DescribedGroup Describe()
    {
        var isStable = State == GroupState.Stable;
        return new DescribedGroup(Id, ErrorCode.None, State, ProtocolType ?? "", isStable ? protocolName ?? "" : "",
        [
            .. members.Select(member => new DescribedMember(
                member.Id, member.InstanceId, member.ClientId, member.ClientHost,
                isStable ? member.MetadataOf(protocolName) : [], isStable ? member.Assignment : []))
        ]);
    }

    /// <summary>Ends the group: whoever waits is told to look for the coordinator again.</summary>
    public void Die()
    {
        foreach (var member in members.ToArray())
        {
            member.Answer(JoinResult.Refused(ErrorCode.CoordinatorNotAvailable, member.Id));
            member.Answer(SyncResult.Refused(ErrorCode.CoordinatorNotAvailable));
            Remove(member);
        }

        promisedIds.Clear();
        (joinDeadlineMs, syncDeadlineMs) = (null, null);
        State = GroupState.Dead;
    }

    private void Touch(Member member) => member.SessionDeadlineMs = nowMs() + member.SessionTimeoutMs;

    private void Insert(Member member)
    {
        members.Add(member);
        membersById.Add(member.Id, member);
        if (member.InstanceId is { } instanceId)
        {
            staticMembers.Add(instanceId, member);
        }

        leaderId ??= member.Id;
    }

    private void Remove(Member member)
    {
        // A member may go while its JoinGroup or SyncGroup waits: its client joins again if it is still there.
        member.Answer(JoinResult.Refused(ErrorCode.UnknownMemberId, ""));
        member.Answer(SyncResult.Refused(ErrorCode.UnknownMemberId));
        members.Remove(member);
        membersById.Remove(member.Id);
        notSynced.Remove(member.Id);
        if (member.InstanceId is { } instanceId)
        {
            staticMembers.Remove(instanceId);
        }

        budget.Give(member.MetadataBytes);
        if (leaderId == member.Id)
        {
            leaderId = members.Count > 0 ? members[0].Id : null;
        }
    }
}

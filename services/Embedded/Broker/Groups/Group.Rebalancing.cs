using Microsoft.Extensions.Logging;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Groups;

/// <content>From one generation to the next: waiting for all to join, choosing the protocol, handing out the leader's assignment.</content>
internal sealed partial class Group
{
    // Only while the group's first members are waited for.
    private bool isInitialRebalance;
    private long initialRemainingMs;
    private bool hasNewMember;

    /// <summary>Answered at once, or when the leader has assigned, or when that has failed; never left unanswered.</summary>
    public Task<SyncResult> Sync(SyncRequest request)
    {
        if (CheckSync(request) is var error and not ErrorCode.None)
        {
            return Task.FromResult(SyncResult.Refused(error));
        }

        var member = membersById[request.Member.MemberId];
        var isAssigning = State == GroupState.CompletingRebalance && member.Id == leaderId;
        if (isAssigning && !Assign(request.Assignments))
        {
            logger.LogWarning("Group {Group}: an assignment was refused, because all groups' metadata would take more than {Bytes} bytes.", Id, options.MaxMetadataBytes);
            return Task.FromResult(SyncResult.Refused(ErrorCode.GroupMaxSizeReached));
        }

        Touch(member);
        if (notSynced.Remove(member.Id) && notSynced.Count == 0)
        {
            syncDeadlineMs = null;
        }

        member.Answer(SyncResult.Refused(ErrorCode.RebalanceInProgress));
        var waiter = member.SyncWaiter = new TaskCompletionSource<SyncResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (isAssigning)
        {
            State = GroupState.Stable;
            logger.LogInformation("Group {Group} is stable in generation {Generation} with {Count} members.", Id, Generation, members.Count);
        }

        if (State == GroupState.Stable)
        {
            foreach (var waiting in members.Where(other => other.SyncWaiter is not null))
            {
                Touch(waiting);
                waiting.Answer(new SyncResult(ErrorCode.None, ProtocolType, protocolName, waiting.Assignment));
            }
        }

        return waiter.Task;
    }

    /// <summary>The connection that waited for the answer to a sync is gone. The member has its session timeout to come back.</summary>
    public void AbandonSync(Task<SyncResult> waiting)
    {
        if (members.Find(member => member.SyncWaiter?.Task == waiting) is { } member)
        {
            Touch(member);
            member.Answer(SyncResult.Refused(ErrorCode.RebalanceInProgress));
        }
    }

    private ErrorCode CheckSync(SyncRequest request)
    {
        if (Check(request.Member) is var error and not ErrorCode.None)
        {
            return error;
        }

        if (request.Member.Generation != Generation)
        {
            return ErrorCode.IllegalGeneration;
        }

        if ((request.ProtocolType ?? ProtocolType) != ProtocolType || (request.ProtocolName ?? protocolName) != protocolName)
        {
            return ErrorCode.InconsistentGroupProtocol;
        }

        return State == GroupState.PreparingRebalance ? ErrorCode.RebalanceInProgress : ErrorCode.None;
    }

    private bool Assign(IReadOnlyList<KeyValuePair<string, byte[]>> assignments)
    {
        var byMember = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (memberId, assignment) in assignments)
        {
            if (membersById.ContainsKey(memberId))
            {
                byMember[memberId] = assignment;
            }
        }

        if (!budget.TryTake(byMember.Values.Sum(assignment => (long)assignment.Length) - members.Sum(member => (long)member.Assignment.Length)))
        {
            return false;
        }

        foreach (var member in members)
        {
            member.Assignment = byMember.GetValueOrDefault(member.Id, []);
        }

        return true;
    }

    /// <summary>Begins a rebalance, or, where one is on, ends its first half if this was what it waited for.</summary>
    private void Rebalance(string reason)
    {
        if (State == GroupState.PreparingRebalance)
        {
            CompleteJoinIfAllHaveJoined();
            return;
        }

        logger.LogInformation("Group {Group} rebalances after generation {Generation}: {Reason}.", Id, Generation, reason);
        foreach (var member in members)
        {
            member.Answer(SyncResult.Refused(ErrorCode.RebalanceInProgress));
        }

        notSynced.Clear();
        syncDeadlineMs = null;
        isInitialRebalance = State == GroupState.Empty;
        State = GroupState.PreparingRebalance;
        if (isInitialRebalance)
        {
            hasNewMember = false;
            initialRemainingMs = RebalanceTimeoutMs;
            WaitForFirstMembers();
        }
        else
        {
            joinDeadlineMs = nowMs() + RebalanceTimeoutMs;
            CompleteJoinIfAllHaveJoined();
        }
    }

    /// <summary>As long as more members come, the first rebalance waits for others, up to the rebalance timeout.</summary>
    private void WaitForFirstMembers()
    {
        var delayMs = Math.Min((long)options.InitialRebalanceDelay.TotalMilliseconds, initialRemainingMs);
        initialRemainingMs -= delayMs;
        joinDeadlineMs = nowMs() + delayMs;
    }

    private void CompleteJoinIfAllHaveJoined()
    {
        if (State == GroupState.PreparingRebalance && !isInitialRebalance && promisedIds.Count == 0 && members.TrueForAll(member => member.JoinWaiter is not null))
        {
            CompleteJoin();
        }
    }

    private void CompleteJoin()
    {
        joinDeadlineMs = null;
        isInitialRebalance = false;

        // A static member that is away keeps its place until its session is over.
        foreach (var late in members.Where(member => member.JoinWaiter is null && member.InstanceId is null).ToArray())
        {
            logger.LogInformation("Group {Group}: {Member} did not join again in time and is removed.", Id, late.Id);
            Remove(late);
        }

        if (members.Count == 0)
        {
            Generation++;
            protocolName = null;
            EmptySinceMs = nowMs();
            State = GroupState.Empty;
            return;
        }

        if (members.Find(member => member.Id == leaderId && member.JoinWaiter is not null) is null)
        {
            if (members.Find(member => member.JoinWaiter is not null) is not { } leader)
            {
                // Only static members that are all away: wait for them, or for their sessions to end.
                joinDeadlineMs = nowMs() + RebalanceTimeoutMs;
                return;
            }

            leaderId = leader.Id;
        }

        Generation++;
        protocolName = SelectProtocol();
        State = GroupState.CompletingRebalance;
        syncDeadlineMs = nowMs() + RebalanceTimeoutMs;
        foreach (var member in members)
        {
            // A member that waits has nothing else to send; its session begins when it is answered.
            if (member.JoinWaiter is not null)
            {
                Touch(member);
            }

            notSynced.Add(member.Id);
            budget.Give(member.Assignment.Length);
            member.Assignment = [];
        }

        foreach (var member in members)
        {
            member.Answer(Joined(member));
        }
    }

    /// <summary>Of the protocols that all offer, the one that most members prefer; among equals, the first one voted for.</summary>
    private string SelectProtocol()
    {
        var candidates = members[0].Protocols.Select(protocol => protocol.Name).Where(name => members.TrueForAll(member => member.Offers(name))).ToHashSet(StringComparer.Ordinal);
        return members.Select(member => member.Protocols.First(protocol => candidates.Contains(protocol.Name)).Name)
            .GroupBy(name => name, StringComparer.Ordinal)
            .MaxBy(votes => votes.Count())!
            .Key;
    }
}

using Microsoft.Extensions.Logging;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Groups;

/// <content>Leaving, of a member's own will or because its time is over.</content>
internal sealed partial class Group
{
    /// <summary>Removes members. One that names only a static id is removed whoever has that id now.</summary>
    /// <returns>An error code for each.</returns>
    public IReadOnlyList<ErrorCode> Leave(IReadOnlyList<MemberIdentity> leaving)
    {
        var before = members.Count;
        var errors = leaving.Select(Leave).ToArray();
        if (members.Count < before)
        {
            Rebalance("members leave");
        }
        else
        {
            CompleteJoinIfAllHaveJoined();
        }

        return errors;
    }

    /// <summary>Does what is due.</summary>
    public void Expire()
    {
        var now = nowMs();
        var overdue = promisedIds.Where(promised => promised.Value <= now).Select(promised => promised.Key).ToArray();
        foreach (var memberId in overdue)
        {
            promisedIds.Remove(memberId);
        }

        var dead = members.Where(member => !member.IsWaiting && member.SessionDeadlineMs <= now).ToArray();
        foreach (var member in dead)
        {
            logger.LogInformation("Group {Group}: {Member} was not heard of for {Timeout} ms and is removed.", Id, member.Id, member.SessionTimeoutMs);
            Remove(member);
        }

        if (dead.Length > 0)
        {
            Rebalance("members have died");
        }
        else if (overdue.Length > 0)
        {
            CompleteJoinIfAllHaveJoined();
        }

        if (joinDeadlineMs <= now)
        {
            ExpireJoin();
        }

        if (syncDeadlineMs <= now)
        {
            ExpireSync();
        }
    }

    private ErrorCode Leave(MemberIdentity who)
    {
        if (who.MemberId.Length == 0)
        {
            if (who.InstanceId is null || !staticMembers.TryGetValue(who.InstanceId, out var named))
            {
                return ErrorCode.UnknownMemberId;
            }

            Remove(named);
            return ErrorCode.None;
        }

        if (promisedIds.Remove(who.MemberId))
        {
            return ErrorCode.None;
        }

        var error = Check(who);
        if (error == ErrorCode.None)
        {
            Remove(membersById[who.MemberId]);
        }

        return error;
    }

    private void ExpireJoin()
    {
        if (isInitialRebalance && hasNewMember && initialRemainingMs > 0)
        {
            hasNewMember = false;
            WaitForFirstMembers();
            return;
        }

        CompleteJoin();
    }

    private void ExpireSync()
    {
        syncDeadlineMs = null;
        foreach (var late in members.Where(member => notSynced.Contains(member.Id)).ToArray())
        {
            logger.LogInformation("Group {Group}: {Member} did not ask for its assignment in time and is removed.", Id, late.Id);
            Remove(late);
        }

        Rebalance("members did not ask for their assignments");
    }
}

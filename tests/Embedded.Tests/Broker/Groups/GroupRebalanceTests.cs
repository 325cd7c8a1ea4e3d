using StreamDistill.Embedded.Broker.Groups;
using StreamDistill.Embedded.Broker.Protocol;
using static StreamDistill.Embedded.Tests.Broker.Groups.GroupHarness;

namespace StreamDistill.Embedded.Tests.Broker.Groups;

public sealed class GroupRebalanceTests
{
    private readonly GroupHarness on = new();

    [Fact]
    public void Everybody_gets_what_the_leader_assigned_and_nothing_where_it_assigned_nothing()
    {
        var joining = new[] { on.JoinWithPromisedId(), on.JoinWithPromisedId(), on.JoinWithPromisedId() };
        on.Advance(InitialDelayMs * 2);
        var joined = joining.Select(Answer).ToArray();
        var second = on.Sync(joined[1].MemberId, 1);
        Assert.False(second.IsCompleted);

        var leader = on.Sync(joined[0].MemberId, 1, null, (joined[0].MemberId, [1]), (joined[1].MemberId, [2]), ("a stranger", [3]));

        Assert.Equal([1], Answer(leader).Assignment);
        Assert.Equal([2], Answer(second).Assignment);
        Assert.Empty(Answer(on.Sync(joined[2].MemberId, 1)).Assignment);
        Assert.Equal(("consumer", "range"), (Answer(second).ProtocolType, Answer(second).ProtocolName));
    }

    [Fact]
    public void A_sync_is_checked_for_member_generation_protocol_and_state()
    {
        var joined = on.Stable(2);

        Assert.Equal(ErrorCode.UnknownMemberId, Answer(on.Sync("nobody", 1)).Error);
        Assert.Equal(ErrorCode.IllegalGeneration, Answer(on.Sync(joined[0].MemberId, 2)).Error);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, Answer(on.Group.Sync(new SyncRequest("g", new MemberIdentity(joined[0].MemberId, null, 1), "consumer", "sticky", []))).Error);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, Answer(on.Group.Sync(new SyncRequest("g", new MemberIdentity(joined[0].MemberId, null, 1), "connect", "range", []))).Error);
        on.Join(joined[0].MemberId);
        Assert.Equal(ErrorCode.RebalanceInProgress, Answer(on.Sync(joined[1].MemberId, 1)).Error);
    }

    [Fact]
    public void A_heartbeat_says_what_a_member_must_know()
    {
        Assert.Equal(ErrorCode.UnknownMemberId, on.Heartbeat("nobody", 0));
        var joining = on.JoinWithPromisedId();
        on.Advance(InitialDelayMs);
        var id = Answer(joining).MemberId;

        Assert.Equal(ErrorCode.None, on.Heartbeat(id, 1));
        on.Sync(id, 1);
        Assert.Equal(ErrorCode.None, on.Heartbeat(id, 1));
        Assert.Equal(ErrorCode.IllegalGeneration, on.Heartbeat(id, 0));
        Assert.Equal(ErrorCode.IllegalGeneration, on.Heartbeat(id, 2));
        on.JoinWithPromisedId();
        Assert.Equal(ErrorCode.RebalanceInProgress, on.Heartbeat(id, 1));
    }

    [Fact]
    public void A_member_that_is_not_heard_of_is_removed_and_the_others_rebalance()
    {
        var joined = on.Stable(2);
        on.Advance(SessionMs - 1);
        Assert.Equal(ErrorCode.None, on.Heartbeat(joined[1].MemberId, 1));
        on.Advance(1);

        Assert.Equal(GroupState.PreparingRebalance, on.Group.State);
        Assert.Equal(ErrorCode.UnknownMemberId, on.Heartbeat(joined[0].MemberId, 1));
        Assert.Equal((2, joined[1].MemberId), (Answer(on.Join(joined[1].MemberId)).Generation, Answer(on.Join(joined[1].MemberId)).Leader));
    }

    [Fact]
    public void When_all_have_died_the_group_is_empty_in_a_new_generation_and_holds_no_memory()
    {
        on.Stable(3);
        on.Advance(SessionMs);

        Assert.Equal((GroupState.Empty, 2), (on.Group.State, on.Group.Generation));
        Assert.Equal(0, on.Budget.UsedBytes);
        Assert.Null(on.Group.NextDeadlineMs);
    }

    [Fact]
    public void A_dynamic_member_that_does_not_rejoin_in_the_rebalance_timeout_is_removed_though_it_beats()
    {
        var joined = on.Stable(2);
        var rejoining = on.Join(joined[1].MemberId, protocols: [Offer("range", "new")]);
        for (var passed = 0; passed < RebalanceMs; passed += 5000)
        {
            Assert.False(rejoining.IsCompleted);
            Assert.Equal(ErrorCode.RebalanceInProgress, on.Heartbeat(joined[0].MemberId, 1));
            on.Advance(5000);
        }

        Assert.Equal(joined[1].MemberId, Answer(rejoining).Leader);
        Assert.Equal(ErrorCode.UnknownMemberId, on.Heartbeat(joined[0].MemberId, 1));
    }

    [Fact]
    public void A_member_that_does_not_ask_for_its_assignment_is_removed()
    {
        var joining = new[] { on.JoinWithPromisedId(), on.JoinWithPromisedId() };
        on.Advance(InitialDelayMs * 2);
        var joined = joining.Select(Answer).ToArray();
        var waiting = on.Sync(joined[1].MemberId, 1);
        for (var passed = 0; passed < RebalanceMs; passed += 5000)
        {
            Assert.Equal(ErrorCode.None, on.Heartbeat(joined[0].MemberId, 1));
            on.Advance(5000);
        }

        Assert.Equal(ErrorCode.RebalanceInProgress, Answer(waiting).Error);
        Assert.Equal(ErrorCode.UnknownMemberId, on.Heartbeat(joined[0].MemberId, 1));
    }

    [Fact]
    public void A_new_member_makes_the_others_rejoin_and_a_new_generation_begins_when_all_have()
    {
        var joined = on.Stable(1);
        var newcomer = on.JoinWithPromisedId();
        Assert.False(newcomer.IsCompleted);
        var rejoining = on.Join(joined[0].MemberId);

        Assert.Equal((2, 2), (Answer(rejoining).Generation, Answer(newcomer).Generation));
        Assert.Equal(2, Answer(rejoining).Members.Count);
    }

    [Fact]
    public void A_member_that_leaves_makes_the_others_rebalance()
    {
        var joined = on.Stable(2);

        Assert.Equal(ErrorCode.None, on.Leave(joined[0].MemberId));
        Assert.Equal(ErrorCode.UnknownMemberId, on.Leave(joined[0].MemberId));
        Assert.Equal(ErrorCode.RebalanceInProgress, on.Heartbeat(joined[1].MemberId, 1));
        Assert.Equal(joined[1].MemberId, Answer(on.Join(joined[1].MemberId)).Leader);
    }

    [Fact]
    public void When_the_last_leaves_the_group_is_empty()
    {
        var joined = on.Stable(1);
        on.Leave(joined[0].MemberId);

        Assert.Equal(GroupState.Empty, on.Group.State);
        Assert.Equal(ErrorCode.UnknownMemberId, on.Heartbeat(joined[0].MemberId, 1));
        Assert.Equal(ErrorCode.UnknownMemberId, Answer(on.Sync(joined[0].MemberId, 2)).Error);
    }

    [Fact]
    public void A_promised_id_can_leave_without_a_rebalance()
    {
        on.Stable(1);
        var promised = Answer(on.Join());

        Assert.Equal(ErrorCode.None, on.Leave(promised.MemberId));
        Assert.Equal(GroupState.Stable, on.Group.State);
    }

    [Fact]
    public void A_member_that_leaves_while_it_waits_is_answered()
    {
        var joined = on.Stable(2);
        var waiting = on.Join(joined[0].MemberId);
        on.Leave(joined[0].MemberId);

        Assert.Equal(ErrorCode.UnknownMemberId, Answer(waiting).Error);
    }

    [Fact]
    public void A_group_that_dies_answers_all_who_wait()
    {
        var joined = on.Stable(2);
        var joining = on.Join(joined[0].MemberId);
        on.Group.Die();

        Assert.Equal(ErrorCode.CoordinatorNotAvailable, Answer(joining).Error);
        Assert.Equal((GroupState.Dead, 0L), (on.Group.State, on.Budget.UsedBytes));
    }

    [Fact]
    public void A_sync_whose_connection_goes_away_can_be_asked_again()
    {
        var joining = new[] { on.JoinWithPromisedId(), on.JoinWithPromisedId() };
        on.Advance(InitialDelayMs * 2);
        var joined = joining.Select(Answer).ToArray();
        on.Group.AbandonSync(on.Sync(joined[1].MemberId, 1));
        on.Sync(joined[0].MemberId, 1, null, (joined[1].MemberId, [9]));

        Assert.Equal([9], Answer(on.Sync(joined[1].MemberId, 1)).Assignment);
    }

    [Fact]
    public void Commits_are_for_members_of_the_generation_and_for_outsiders_while_there_are_no_members()
    {
        var outsider = new MemberIdentity("", null);
        Assert.Equal(ErrorCode.None, on.Group.CheckCommit(outsider, isTransactional: false));
        var joining = on.JoinWithPromisedId();
        on.Advance(InitialDelayMs);
        var id = Answer(joining).MemberId;

        Assert.Equal(ErrorCode.RebalanceInProgress, on.Group.CheckCommit(new MemberIdentity(id, null, 1), isTransactional: false));
        Assert.Equal(ErrorCode.None, on.Group.CheckCommit(new MemberIdentity(id, null, 1), isTransactional: true));
        on.Sync(id, 1);
        Assert.Equal(ErrorCode.None, on.Group.CheckCommit(new MemberIdentity(id, null, 1), isTransactional: false));
        Assert.Equal(ErrorCode.UnknownMemberId, on.Group.CheckCommit(outsider, isTransactional: false));
        Assert.Equal(ErrorCode.None, on.Group.CheckCommit(outsider, isTransactional: true));
        foreach (var isTransactional in new[] { false, true })
        {
            Assert.Equal(ErrorCode.IllegalGeneration, on.Group.CheckCommit(new MemberIdentity(id, null, 0), isTransactional));
            Assert.Equal(ErrorCode.UnknownMemberId, on.Group.CheckCommit(new MemberIdentity("nobody", null, 1), isTransactional));
            Assert.Equal(ErrorCode.UnknownMemberId, on.Group.CheckCommit(new MemberIdentity(id, "nobody", 1), isTransactional));
        }
    }

    [Fact]
    public void A_description_shows_metadata_and_assignments_of_a_stable_group_only()
    {
        on.Stable(2);
        var stable = on.Group.Describe();
        Assert.Equal(("range", 2), (stable.Protocol, stable.Members.Count));
        Assert.All(stable.Members, member => Assert.NotEmpty(member.Metadata));
        Assert.Equal([1], stable.Members[1].Assignment);

        on.Leave(stable.Members[0].MemberId);
        var rebalancing = on.Group.Describe();
        Assert.Equal((GroupState.PreparingRebalance, ""), (rebalancing.State, rebalancing.Protocol));
        Assert.All(rebalancing.Members, member => Assert.Empty(member.Metadata));
    }

    [Fact]
    public void A_group_knows_which_topics_its_members_read()
    {
        Assert.False(on.Group.IsSubscribedTo("t"));
        on.Stable(1);
        Assert.True(on.Group.IsSubscribedTo("t"));
        Assert.False(on.Group.IsSubscribedTo("other"));
    }
}

using StreamDistill.Embedded.Broker.Groups;
using StreamDistill.Embedded.Broker.Protocol;
using static StreamDistill.Embedded.Tests.Broker.Groups.GroupHarness;

namespace StreamDistill.Embedded.Tests.Broker.Groups;

public sealed class GroupStaticMemberTests
{
    private readonly GroupHarness on = new();

    [Fact]
    public void A_static_member_joins_at_once_with_an_id_that_begins_with_its_own()
    {
        var joining = on.Join(instanceId: "i0");
        on.Advance(InitialDelayMs);

        Assert.StartsWith("i0-", Answer(joining).MemberId, StringComparison.Ordinal);
        Assert.Equal("i0", Assert.Single(Answer(joining).Members).InstanceId);
    }

    [Fact]
    public void A_follower_that_starts_again_gets_its_assignment_without_a_rebalance_and_the_old_id_is_fenced()
    {
        var joined = on.StableStatic(2);

        var again = Answer(on.Join(instanceId: "i1"));

        Assert.Equal((ErrorCode.None, 1, joined[0].MemberId, false), (again.Error, again.Generation, again.Leader, again.SkipsAssignment));
        Assert.Equal([1], Answer(on.Sync(again.MemberId, 1, "i1")).Assignment);
        Assert.Equal(GroupState.Stable, on.Group.State);
        Assert.Equal(ErrorCode.FencedInstanceId, on.Heartbeat(joined[1].MemberId, 1, "i1"));
        Assert.Equal(ErrorCode.FencedInstanceId, Answer(on.Sync(joined[1].MemberId, 1, "i1")).Error);
        Assert.Equal(ErrorCode.FencedInstanceId, Answer(on.Join(joined[1].MemberId, "i1")).Error);
        Assert.Equal(ErrorCode.FencedInstanceId, on.Leave(joined[1].MemberId, "i1"));
        Assert.Equal(ErrorCode.FencedInstanceId, on.Group.CheckCommit(new MemberIdentity(joined[1].MemberId, "i1", 1), isTransactional: true));
        Assert.Equal(ErrorCode.UnknownMemberId, on.Heartbeat(joined[1].MemberId, 1));
    }

    [Fact]
    public void A_leader_that_starts_again_is_the_leader_still_and_skips_the_assignment()
    {
        on.StableStatic(2);

        var again = Answer(on.Join(instanceId: "i0"));

        Assert.True(again.SkipsAssignment);
        Assert.Equal((again.MemberId, 2), (again.Leader, again.Members.Count));
        Assert.Equal([0], Answer(on.Sync(again.MemberId, 1, "i0")).Assignment);
    }

    [Fact]
    public void A_leader_that_starts_again_and_cannot_be_told_to_skip_the_assignment_is_told_of_another_leader()
    {
        var joined = on.StableStatic(2);

        var again = Answer(on.Join(instanceId: "i0", version: 8));

        Assert.Equal((joined[0].MemberId, 0, false), (again.Leader, again.Members.Count, again.SkipsAssignment));
        Assert.Equal([0], Answer(on.Sync(again.MemberId, 1, "i0")).Assignment);
    }

    [Fact]
    public void One_that_starts_again_with_other_topics_begins_a_rebalance()
    {
        on.StableStatic(2);

        Assert.False(on.Join(instanceId: "i1", protocols: [Offer("range", "other")]).IsCompleted);
        Assert.Equal(GroupState.PreparingRebalance, on.Group.State);
    }

    [Fact]
    public void One_that_starts_again_and_changes_which_protocol_is_chosen_begins_a_rebalance()
    {
        var (a, b) = (Offer("a", "t"), Offer("b", "t"));
        var joining = on.Join(instanceId: "i0", protocols: [a, b]);
        on.Advance(InitialDelayMs);
        on.SyncAll([Answer(joining)]);

        Assert.Equal("b", Answer(on.Join(instanceId: "i0", protocols: [b, a])).ProtocolName);
        Assert.Equal(2, on.Group.Generation);
    }

    [Fact]
    public void One_that_starts_again_before_the_assignment_begins_another_rebalance()
    {
        var joining = new[] { on.Join(instanceId: "i0"), on.Join(instanceId: "i1") };
        on.Advance(InitialDelayMs * 2);
        var joined = joining.Select(Answer).ToArray();
        var waiting = on.Sync(joined[0].MemberId, 1, "i0");
        Assert.True(waiting.IsCompleted);
        on.Leave("", "i1");
        var third = on.Join(instanceId: "i2");
        var first = on.Join(joined[0].MemberId, "i0");
        Assert.Equal(2, Answer(third).Generation);

        var again = on.Join(instanceId: "i2");

        Assert.Equal(GroupState.PreparingRebalance, on.Group.State);
        on.Join(Answer(first).MemberId, "i0");
        Assert.Equal(3, Answer(again).Generation);
    }

    [Fact]
    public void One_that_waits_is_fenced_at_once_when_another_takes_its_place()
    {
        var first = on.Join(instanceId: "i0");

        var second = on.Join(instanceId: "i0");

        Assert.Equal(ErrorCode.FencedInstanceId, Answer(first).Error);
        on.Advance(InitialDelayMs);
        Assert.Equal(ErrorCode.None, Answer(second).Error);
    }

    [Fact]
    public void One_that_is_away_keeps_its_place_in_a_rebalance_until_its_session_ends()
    {
        var joined = on.StableStatic(2);
        var newcomer = on.Join(instanceId: "i2", rebalanceMs: 5000);
        on.Join(joined[0].MemberId, "i0", rebalanceMs: 5000);
        on.Advance(SessionMs - 1);
        Assert.False(newcomer.IsCompleted);
        on.Advance(1);

        Assert.Equal(2, Answer(newcomer).Generation);
        Assert.Equal(ErrorCode.UnknownMemberId, on.Heartbeat(joined[1].MemberId, 2, "i1"));
    }

    [Fact]
    public void One_that_beats_but_does_not_rejoin_is_not_removed_by_the_rebalance_timeout()
    {
        var joining = Enumerable.Range(0, 2).Select(i => on.Join(instanceId: $"i{i}", rebalanceMs: 6000, sessionMs: 60_000)).ToArray();
        on.Advance(InitialDelayMs * 2);
        var joined = on.SyncAll([.. joining.Select(Answer)]);
        var rejoining = on.Join(joined[0].MemberId, "i0", rebalanceMs: 6000, sessionMs: 60_000);
        on.Advance(6000);

        Assert.Equal(2, Answer(rejoining).Members.Count);
        Assert.Equal(ErrorCode.IllegalGeneration, on.Heartbeat(joined[1].MemberId, 1, "i1"));
    }

    [Fact]
    public void A_static_id_alone_can_be_made_to_leave_by_anybody()
    {
        on.StableStatic(2);

        Assert.Equal([ErrorCode.None, ErrorCode.UnknownMemberId], on.Group.Leave([new MemberIdentity("", "i1"), new MemberIdentity("", "i9")]));
        Assert.Equal(GroupState.PreparingRebalance, on.Group.State);
    }

    [Fact]
    public void An_unknown_static_id_is_an_unknown_member()
    {
        var joined = on.StableStatic(1);

        Assert.Equal(ErrorCode.UnknownMemberId, on.Heartbeat(joined[0].MemberId, 1, "i9"));
    }
}

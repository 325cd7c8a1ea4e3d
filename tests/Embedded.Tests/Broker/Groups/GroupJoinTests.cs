using StreamDistill.Embedded.Broker.Groups;
using StreamDistill.Embedded.Broker.Protocol;
using static StreamDistill.Embedded.Tests.Broker.Groups.GroupHarness;

namespace StreamDistill.Embedded.Tests.Broker.Groups;

public sealed class GroupJoinTests
{
    private readonly GroupHarness on = new();

    [Fact]
    public void A_new_dynamic_member_is_told_its_id_first_and_joins_with_it()
    {
        var promised = Answer(on.Join(clientId: "me"));

        Assert.Equal(ErrorCode.MemberIdRequired, promised.Error);
        Assert.StartsWith("me-", promised.MemberId, StringComparison.Ordinal);
        Assert.Equal(GroupState.Empty, on.Group.State);
        Assert.False(on.Join(promised.MemberId).IsCompleted);
        Assert.Equal(GroupState.PreparingRebalance, on.Group.State);
    }

    [Fact]
    public void A_client_of_before_version_4_joins_without_an_id()
    {
        var joining = on.Join(version: 3);
        on.Advance(InitialDelayMs);

        Assert.Equal(ErrorCode.None, Answer(joining).Error);
    }

    [Fact]
    public void The_first_generation_begins_when_the_initial_delay_is_over()
    {
        var joining = on.JoinWithPromisedId();
        on.Advance(InitialDelayMs - 1);
        Assert.False(joining.IsCompleted);
        on.Advance(1);

        var joined = Answer(joining);
        Assert.Equal((ErrorCode.None, 1, "consumer", "range", joined.MemberId), (joined.Error, joined.Generation, joined.ProtocolType, joined.ProtocolName, joined.Leader));
        Assert.Equal(joined.MemberId, Assert.Single(joined.Members).MemberId);
        Assert.Equal(GroupState.CompletingRebalance, on.Group.State);
    }

    [Fact]
    public void The_initial_delay_is_extended_while_members_come_but_not_beyond_the_rebalance_timeout()
    {
        var first = on.Join(version: 3, rebalanceMs: 250);
        for (var i = 0; i < 2; i++)
        {
            on.Advance(InitialDelayMs - 10);
            on.Join(version: 3, rebalanceMs: 250);
            on.Advance(10);
            Assert.False(first.IsCompleted);
        }

        on.Join(version: 3, rebalanceMs: 250);
        on.Advance(50);
        Assert.Equal(4, Answer(first).Members.Count);
    }

    [Fact]
    public void Only_the_leader_sees_the_members()
    {
        var joined = on.Stable(3);

        Assert.Equal(3, joined[0].Members.Count);
        Assert.All(joined[1..], member => Assert.Empty(member.Members));
        Assert.All(joined, member => Assert.Equal(joined[0].MemberId, member.Leader));
    }

    [Fact]
    public void The_protocol_that_most_members_prefer_of_those_all_offer_is_chosen()
    {
        var (a, b, c) = (Offer("a"), Offer("b"), Offer("c"));
        var joining = new[] { on.JoinWithPromisedId(c, a, b), on.JoinWithPromisedId(b, a), on.JoinWithPromisedId(b, a) };
        on.Advance(InitialDelayMs * 2);

        Assert.All(joining, join => Assert.Equal("b", Answer(join).ProtocolName));
    }

    [Theory]
    [InlineData("consumer", "other")]
    [InlineData("connect", "range")]
    [InlineData("", "range")]
    public void A_member_that_shares_no_protocol_is_inconsistent(string type, string protocol)
    {
        on.Stable(1);

        Assert.Equal(ErrorCode.InconsistentGroupProtocol, Answer(on.Join(protocolType: type, protocols: [Offer(protocol)])).Error);
        Assert.Equal(GroupState.Stable, on.Group.State);
    }

    [Fact]
    public void A_member_without_protocols_is_inconsistent() =>
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, Answer(on.Join(protocols: [])).Error);

    [Theory]
    [InlineData(999)]
    [InlineData(30 * 60 * 1000 + 1)]
    [InlineData(-1)]
    public void A_session_timeout_out_of_bounds_is_invalid(int sessionMs) => Assert.Equal(ErrorCode.InvalidSessionTimeout, Answer(on.Join(sessionMs: sessionMs)).Error);

    [Fact]
    public void An_id_that_the_group_has_not_given_out_is_unknown()
    {
        on.Stable(1);

        Assert.Equal(ErrorCode.UnknownMemberId, Answer(on.Join("client-" + Guid.NewGuid())).Error);
    }

    [Fact]
    public void A_promised_id_that_nobody_joins_with_expires()
    {
        var promised = Answer(on.Join());
        on.Advance(SessionMs);

        Assert.Equal(ErrorCode.UnknownMemberId, Answer(on.Join(promised.MemberId)).Error);
        Assert.False(on.Group.HasMembers);
    }

    [Fact]
    public void A_rebalance_waits_for_a_promised_id_until_it_expires()
    {
        var member = on.Stable(1)[0];
        Answer(on.Join());
        var rejoining = on.Join(member.MemberId, protocols: [Offer("range", "other")]);
        on.Advance(SessionMs - 1);
        Assert.False(rejoining.IsCompleted);
        on.Advance(1);

        Assert.Equal(2, Answer(rejoining).Generation);
    }

    [Fact]
    public void A_full_group_refuses_new_members_and_lets_its_own_rejoin()
    {
        var small = new GroupHarness(new GroupOptions { MaxGroupSize = 2 });
        var joined = small.Stable(2);

        Assert.Equal(ErrorCode.GroupMaxSizeReached, Answer(small.Join()).Error);
        var rejoining = small.Join(joined[0].MemberId);
        small.Join(joined[1].MemberId);
        Assert.Equal(ErrorCode.None, Answer(rejoining).Error);
    }

    [Fact]
    public void Metadata_beyond_the_limit_is_refused_and_what_leaves_is_given_back()
    {
        var small = new GroupHarness(new GroupOptions { MaxMetadataBytes = 1000 });
        var big = new GroupProtocol("range", new byte[900]);
        var joining = small.Join(version: 3, protocols: [big]);

        Assert.Equal(ErrorCode.GroupMaxSizeReached, Answer(small.Join(version: 3, protocols: [big])).Error);
        small.Advance(InitialDelayMs);
        small.Leave(Answer(joining).MemberId);
        Assert.Equal(0, small.Budget.UsedBytes);
    }

    [Fact]
    public void A_client_that_asks_twice_gets_its_answer_at_the_second_request()
    {
        var promised = Answer(on.Join());
        var first = on.Join(promised.MemberId);
        var second = on.Join(promised.MemberId);

        Assert.Equal(ErrorCode.RebalanceInProgress, Answer(first).Error);
        on.Advance(InitialDelayMs);
        Assert.Equal(ErrorCode.None, Answer(second).Error);
    }

    [Fact]
    public void A_follower_that_rejoins_unchanged_in_a_stable_group_is_told_where_it_stands()
    {
        var joined = on.Stable(2);

        var again = Answer(on.Join(joined[1].MemberId));

        Assert.Equal((ErrorCode.None, 1, joined[0].MemberId), (again.Error, again.Generation, again.Leader));
        Assert.Equal(GroupState.Stable, on.Group.State);
    }

    [Fact]
    public void A_leader_that_rejoins_in_a_stable_group_begins_a_rebalance()
    {
        var joined = on.Stable(2);

        Assert.False(on.Join(joined[0].MemberId).IsCompleted);
        Assert.Equal(GroupState.PreparingRebalance, on.Group.State);
    }

    [Fact]
    public void A_follower_with_new_metadata_begins_a_rebalance()
    {
        var joined = on.Stable(2);

        Assert.False(on.Join(joined[1].MemberId, protocols: [Offer("range", "t", "u")]).IsCompleted);
        Assert.Equal(GroupState.PreparingRebalance, on.Group.State);
    }

    [Fact]
    public void A_member_that_did_not_get_its_answer_gets_it_again_before_the_assignment()
    {
        var joining = on.JoinWithPromisedId();
        on.Advance(InitialDelayMs);
        var joined = Answer(joining);

        var again = Answer(on.Join(joined.MemberId));
        Assert.Equal((joined.Generation, joined.Leader, 1), (again.Generation, again.Leader, again.Members.Count));
    }

    [Fact]
    public void A_member_that_changes_before_the_assignment_begins_another_rebalance_and_those_who_wait_are_told()
    {
        var joining = new[] { on.JoinWithPromisedId(), on.JoinWithPromisedId() };
        on.Advance(InitialDelayMs * 2);
        var joined = joining.Select(Answer).ToArray();
        var waiting = on.Sync(joined[1].MemberId, 1);

        on.Join(joined[0].MemberId, protocols: [Offer("range", "new")]);

        Assert.Equal(ErrorCode.RebalanceInProgress, Answer(waiting).Error);
        Assert.Equal(GroupState.PreparingRebalance, on.Group.State);
    }

    [Fact]
    public void A_join_whose_connection_goes_away_leaves_the_member_its_session_to_come_back()
    {
        var joined = on.Stable(2);
        var waiting = on.Join(joined[0].MemberId);
        on.Group.AbandonJoin(waiting);
        var other = on.Join(joined[1].MemberId);
        Assert.False(other.IsCompleted);
        on.Advance(SessionMs);

        Assert.Equal((2, joined[1].MemberId), (Answer(other).Generation, Answer(other).Leader));
        Assert.True(waiting.IsCompleted);
    }
}

using Microsoft.Extensions.Logging.Abstractions;
using StreamDistill.Embedded.Broker.Groups;
using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Tests.Broker.Groups;

public sealed class GroupCoordinatorTests : IDisposable
{
    private static readonly TopicPartition T0 = new("t", 0);
    private static readonly TopicPartition T1 = new("t", 1);

    private readonly TemporaryDirectory directory = new();
    private readonly ManualTime time = new();
    private readonly HashSet<string> topics = ["t"];
    private GroupOptions options = new();
    private PartitionLog log;
    private GroupCoordinator coordinator;

    public GroupCoordinatorTests()
    {
        log = OpenLog();
        coordinator = Open();
    }

    public void Dispose()
    {
        coordinator.Dispose();
        log.Dispose();
        directory.Dispose();
    }

    [Fact]
    public async Task A_commit_is_there_and_survives_a_restart()
    {
        Assert.Equal([ErrorCode.None, ErrorCode.None], await Commit("g", (T0, 5), (T1, 6)));
        await Commit("g", (T0, 7));
        Assert.Equal((7, 6), (OffsetOf("g", T0), OffsetOf("g", T1)));

        Restart();

        Assert.Equal((7, 6), (OffsetOf("g", T0), OffsetOf("g", T1)));
        Assert.Equal(("g", GroupState.Empty), (Assert.Single(coordinator.Groups).GroupId, coordinator.Groups[0].State));
    }

    [Fact]
    public async Task What_cannot_be_committed_is_refused_one_by_one()
    {
        options = options with { MaxOffsetMetadataLength = 3 };
        Restart();
        var commit = new OffsetCommit("g", new MemberIdentity("", null),
        [
            new OffsetToCommit("t", 0, 1, -1, "abc"), new OffsetToCommit("t", 1, 1, -1, "abcd"),
            new OffsetToCommit("t", 2, 1, -1, null), new OffsetToCommit("nothing", 0, 1, -1, null),
        ]);

        Assert.Equal(
            [ErrorCode.None, ErrorCode.OffsetMetadataTooLarge, ErrorCode.UnknownTopicOrPartition, ErrorCode.UnknownTopicOrPartition],
            await coordinator.CommitAsync(commit));
        Assert.Equal("abc", coordinator.Fetch("g", [T0], requireStable: false).Single().Committed?.Metadata);
    }

    [Fact]
    public async Task An_outsider_cannot_commit_for_a_group_with_members_and_a_member_from_before_a_restart_is_unknown()
    {
        var member = await JoinAlone("g");
        Assert.Equal([ErrorCode.UnknownMemberId], await Commit("g", (T0, 5)));
        Assert.Equal([ErrorCode.None], await CommitAs(member, "g", (T0, 5)));

        Restart();

        Assert.Equal([ErrorCode.UnknownMemberId], await CommitAs(member, "g", (T0, 6)));
        Assert.Equal([ErrorCode.UnknownMemberId], await CommitAs(member, "another", (T0, 6)));
        Assert.Equal(ErrorCode.UnknownMemberId, coordinator.Heartbeat("g", member));
        Assert.Equal(ErrorCode.UnknownMemberId, CommitInTransaction(1, "g", member, (T0, 6)).Error);
        Assert.Equal(ErrorCode.UnknownMemberId, (await coordinator.JoinAsync(Joining("g", member.MemberId), CancellationToken.None)).Error);
        Assert.Equal(5, OffsetOf("g", T0));
    }

    [Fact]
    public async Task Offsets_of_a_transaction_count_when_it_commits_and_are_forgotten_when_it_aborts()
    {
        await Commit("g", (T0, 1));
        Assert.Equal(ErrorCode.None, CommitInTransaction(10, "g", new MemberIdentity("", null), (T0, 5)).Error);
        Assert.Equal(1, OffsetOf("g", T0));
        Assert.Equal(ErrorCode.UnstableOffsetCommit, coordinator.Fetch("g", [T0], requireStable: true).Single().Error);
        Assert.Equal(ErrorCode.None, coordinator.Fetch("g", [T1], requireStable: true).Single().Error);
        End(10, isCommit: true);
        Assert.Equal(5, OffsetOf("g", T0, requireStable: true));

        CommitInTransaction(10, "g", new MemberIdentity("", null), (T0, 9));
        End(10, isCommit: false);
        Assert.Equal(5, OffsetOf("g", T0, requireStable: true));

        Restart();
        Assert.Equal(5, OffsetOf("g", T0, requireStable: true));
    }

    [Fact]
    public void Offsets_of_an_open_transaction_wait_for_its_end_across_a_restart()
    {
        CommitInTransaction(10, "g", new MemberIdentity("", null), (T0, 5));
        CommitInTransaction(11, "h", new MemberIdentity("", null), (T0, 6));

        Restart();

        Assert.Equal(ErrorCode.UnstableOffsetCommit, coordinator.Fetch("g", [T0], requireStable: true).Single().Error);
        End(10, isCommit: true);
        End(11, isCommit: false);
        Assert.Equal((5, -1), (OffsetOf("g", T0, requireStable: true), OffsetOf("h", T0, requireStable: true)));
    }

    [Fact]
    public async Task A_plain_commit_after_that_of_a_transaction_stands_when_it_commits()
    {
        CommitInTransaction(10, "g", new MemberIdentity("", null), (T0, 5));
        await Commit("g", (T0, 8));
        End(10, isCommit: true);
        Assert.Equal(8, OffsetOf("g", T0));

        Restart();
        Assert.Equal(8, OffsetOf("g", T0));
    }

    [Fact]
    public async Task A_deleted_group_is_gone_for_good_and_one_with_members_cannot_be_deleted()
    {
        await Commit("g", (T0, 5), (T1, 5));
        await JoinAlone("h");

        Assert.Equal(ErrorCode.None, coordinator.Delete("g"));
        Assert.Equal(ErrorCode.GroupIdNotFound, coordinator.Delete("g"));
        Assert.Equal(ErrorCode.NonEmptyGroup, coordinator.Delete("h"));
        Restart();
        Assert.Empty(coordinator.Groups);
        Assert.Equal(GroupState.Dead, coordinator.Describe("g").State);
    }

    [Fact]
    public async Task Offsets_can_be_deleted_unless_a_member_reads_the_topic()
    {
        topics.Add("u");
        var member = await JoinAlone("g");
        await CommitAs(member, "g", (T0, 5), (new TopicPartition("u", 0), 6));

        var (error, errors) = coordinator.DeleteOffsets("g", [T0, new TopicPartition("u", 0), new TopicPartition("nothing", 0)]);

        Assert.Equal(ErrorCode.None, error);
        Assert.Equal([ErrorCode.GroupSubscribedToTopic, ErrorCode.None, ErrorCode.UnknownTopicOrPartition], errors);
        Restart();
        Assert.Equal((5, -1), (OffsetOf("g", T0), OffsetOf("g", new TopicPartition("u", 0))));
        Assert.Equal(ErrorCode.GroupIdNotFound, coordinator.DeleteOffsets("h", [T0]).Error);
    }

    [Fact]
    public async Task Offsets_of_a_deleted_topic_are_forgotten()
    {
        topics.Add("u");
        await Commit("g", (new TopicPartition("u", 0), 6), (T0, 5));
        topics.Remove("u");
        Restart();
        topics.Add("u");

        Assert.Equal((-1, 5), (OffsetOf("g", new TopicPartition("u", 0)), OffsetOf("g", T0)));
    }

    [Fact]
    public async Task A_group_without_members_loses_its_offsets_when_it_has_not_been_used_for_the_retention_time()
    {
        await Commit("old", (T0, 5));
        var member = await JoinAlone("used", sessionMs: 30 * 60_000);
        await CommitAs(member, "used", (T0, 6));
        for (var minutes = 0; minutes <= 7 * 24 * 60; minutes += 20)
        {
            Assert.Equal(ErrorCode.None, coordinator.Heartbeat("used", member));
            time.Advance(TimeSpan.FromMinutes(20));
        }

        Assert.Equal((-1, 6), (OffsetOf("old", T0), OffsetOf("used", T0)));
        coordinator.Leave("used", [member]);
        time.Advance(TimeSpan.FromDays(6));
        Assert.Equal(6, OffsetOf("used", T0));
        time.Advance(TimeSpan.FromDays(1.1));
        Assert.Equal(-1, OffsetOf("used", T0));
        Assert.Empty(coordinator.Groups);
    }

    [Fact]
    public async Task After_a_restart_members_have_a_day_to_come_back_before_old_offsets_go()
    {
        await Commit("g", (T0, 5));
        coordinator.Dispose();
        time.Advance(TimeSpan.FromDays(30));
        coordinator = Open();

        time.Advance(TimeSpan.FromHours(23));
        Assert.Equal(5, OffsetOf("g", T0));
        time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(-1, OffsetOf("g", T0));
    }

    [Fact]
    public async Task Beyond_the_limit_of_groups_those_that_nobody_uses_make_room_and_others_are_refused()
    {
        options = options with { MaxGroups = 2 };
        Restart();
        await Commit("a", (T0, 1));
        await Commit("b", (T0, 1));
        Assert.Equal([ErrorCode.GroupMaxSizeReached], await Commit("c", (T0, 1)));
        Assert.Equal(ErrorCode.GroupMaxSizeReached, (await coordinator.JoinAsync(Joining("c", ""), CancellationToken.None)).Error);
        coordinator.Delete("a");
        Assert.Equal([ErrorCode.None], await Commit("c", (T0, 1)));
    }

    [Fact]
    public async Task A_join_refused_leaves_no_group_behind()
    {
        var refused = await coordinator.JoinAsync(Joining("g", "") with { SessionTimeoutMs = 1 }, CancellationToken.None);

        Assert.Equal(ErrorCode.InvalidSessionTimeout, refused.Error);
        Assert.Empty(coordinator.Groups);
        Assert.Equal(ErrorCode.InvalidGroupId, (await coordinator.JoinAsync(Joining("", ""), CancellationToken.None)).Error);
    }

    [Fact]
    public async Task A_generation_does_not_come_back_with_a_group_that_was_removed()
    {
        var member = await JoinAlone("g");
        coordinator.Leave("g", [member]);
        Assert.Equal(ErrorCode.None, coordinator.Delete("g"));

        Assert.True((await JoinAlone("g")).Generation > member.Generation);
    }

    [Fact]
    public async Task A_member_whose_connection_goes_away_while_it_waits_is_removed_unless_it_comes_back()
    {
        using var gone = new CancellationTokenSource();
        var waiting = coordinator.JoinAsync(Joining("g", "") with { RequiresKnownMemberId = false }, gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting);
        Assert.Single(coordinator.Describe("g").Members);

        time.Advance(TimeSpan.FromMilliseconds(100));
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Empty(coordinator.Describe("g").Members);
    }

    [Fact]
    public async Task Those_who_wait_are_answered_when_the_broker_stops()
    {
        var waiting = coordinator.JoinAsync(Joining("g", "") with { RequiresKnownMemberId = false }, CancellationToken.None);
        coordinator.Dispose();

        Assert.Equal(ErrorCode.CoordinatorNotAvailable, (await waiting).Error);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, coordinator.Heartbeat("g", new MemberIdentity("m", null, 1)));
        Assert.Equal([ErrorCode.CoordinatorNotAvailable], await Commit("g", (T0, 1)));
    }

    private static JoinRequest Joining(string groupId, string memberId, int sessionMs = 10_000) => new(
        groupId, memberId, null, "client", "127.0.0.1", sessionMs, 60_000, "consumer", [GroupHarness.Offer("range", "t")],
        RequiresKnownMemberId: true, SupportsSkippingAssignment: true);

    private async Task<MemberIdentity> JoinAlone(string groupId, int sessionMs = 10_000)
    {
        var promised = await coordinator.JoinAsync(Joining(groupId, "", sessionMs), CancellationToken.None);
        var joining = coordinator.JoinAsync(Joining(groupId, promised.MemberId, sessionMs), CancellationToken.None);
        time.Advance(options.InitialRebalanceDelay);
        var joined = await joining;
        var member = new MemberIdentity(joined.MemberId, null, joined.Generation);
        var synced = await coordinator.SyncAsync(new SyncRequest(groupId, member, null, null, []), CancellationToken.None);
        Assert.Equal(ErrorCode.None, synced.Error);
        return member;
    }

    private ValueTask<IReadOnlyList<ErrorCode>> Commit(string groupId, params (TopicPartition Partition, long Offset)[] offsets) =>
        CommitAs(new MemberIdentity("", null), groupId, offsets);

    private ValueTask<IReadOnlyList<ErrorCode>> CommitAs(MemberIdentity member, string groupId, params (TopicPartition Partition, long Offset)[] offsets) =>
        coordinator.CommitAsync(Of(groupId, member, offsets));

    private AppendResult CommitInTransaction(long producerId, string groupId, MemberIdentity member, params (TopicPartition Partition, long Offset)[] offsets) =>
        coordinator.CommitInTransaction(Of(groupId, member, offsets), producerId, 0, new ErrorCode[offsets.Length]);

    private static OffsetCommit Of(string groupId, MemberIdentity member, (TopicPartition Partition, long Offset)[] offsets) =>
        new(groupId, member, [.. offsets.Select(offset => new OffsetToCommit(offset.Partition.Topic, offset.Partition.Partition, offset.Offset, -1, null))]);

    private void End(long producerId, bool isCommit)
    {
        Assert.Equal(ErrorCode.None, log.AppendMarker(producerId, 0, isCommit, 0).Error);
        coordinator.CompleteTransaction(producerId, isCommit);
    }

    private long OffsetOf(string groupId, TopicPartition partition, bool requireStable = false)
    {
        var fetched = coordinator.Fetch(groupId, [partition], requireStable).Single();
        Assert.Equal(ErrorCode.None, fetched.Error);
        return fetched.Committed?.Offset ?? -1;
    }

    private void Restart()
    {
        coordinator.Dispose();
        log.Dispose();
        log = OpenLog();
        coordinator = Open();
    }

    private PartitionLog OpenLog() => PartitionLog.Open(
        DiskFileSystem.Instance, directory.Path, "__consumer_offsets-0", new LogOptions { Compacts = true, Deletes = false }, time, NullLogger.Instance);

    private GroupCoordinator Open() => new(log, (topic, partition) => topics.Contains(topic) && partition is 0 or 1, options, time, NullLogger.Instance);
}

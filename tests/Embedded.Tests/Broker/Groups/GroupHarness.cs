using System.Buffers.Binary;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using StreamDistill.Embedded.Broker.Groups;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Tests.Broker.Groups;

/// <summary>A group with a clock that the test moves, and short ways to do what members do.</summary>
internal sealed class GroupHarness
{
    public const int SessionMs = 10_000;
    public const int RebalanceMs = 60_000;
    public const int InitialDelayMs = 100;

    public GroupHarness(GroupOptions? options = null)
    {
        Options = options ?? new GroupOptions();
        Budget = new MetadataBudget(Options.MaxMetadataBytes);
        Group = new Group("g", 0, Options, Budget, () => NowMs, NullLogger.Instance);
    }

    public GroupOptions Options { get; }

    public MetadataBudget Budget { get; }

    public Group Group { get; }

    public long NowMs { get; private set; } = 1_000_000;

    public static GroupProtocol Offer(string name, params string[] topics)
    {
        var metadata = new List<byte> { 0, 1, 0, 0, 0, (byte)topics.Length };
        foreach (var topic in topics)
        {
            var length = new byte[2];
            BinaryPrimitives.WriteInt16BigEndian(length, (short)topic.Length);
            metadata.AddRange([.. length, .. Encoding.UTF8.GetBytes(topic)]);
        }

        return new GroupProtocol(name, [.. metadata]);
    }

    /// <summary>The answer to something that must have been answered.</summary>
    public static T Answer<T>(Task<T> task)
    {
        Assert.True(task.IsCompletedSuccessfully, "It was not answered.");
        return task.Result;
    }

    /// <summary>Time passes, and the group's timer fires whenever it is due.</summary>
    public void Advance(long ms)
    {
        var until = NowMs + ms;
        while (Group.NextDeadlineMs is { } next && next <= until)
        {
            NowMs = Math.Max(NowMs, next);
            Group.Expire();
        }

        NowMs = until;
    }

    public Task<JoinResult> Join(
        string memberId = "",
        string? instanceId = null,
        GroupProtocol[]? protocols = null,
        int version = 9,
        int sessionMs = SessionMs,
        int rebalanceMs = RebalanceMs,
        string protocolType = "consumer",
        string clientId = "client") =>
        Group.Join(new JoinRequest(
            "g", memberId, instanceId, clientId, "127.0.0.1", sessionMs, rebalanceMs, protocolType, protocols ?? [Offer("range", "t")],
            RequiresKnownMemberId: version >= 4, SupportsSkippingAssignment: version >= 9));

    /// <summary>As a current client does it: first the member id, then the join.</summary>
    public Task<JoinResult> JoinWithPromisedId(params GroupProtocol[] protocols)
    {
        var promised = Answer(Join(protocols: protocols.Length == 0 ? null : protocols));
        Assert.Equal(ErrorCode.MemberIdRequired, promised.Error);
        return Join(promised.MemberId, protocols: protocols.Length == 0 ? null : protocols);
    }

    public Task<SyncResult> Sync(string memberId, int generation, string? instanceId = null, params (string MemberId, byte[] Assignment)[] assignments) =>
        Group.Sync(new SyncRequest("g", new MemberIdentity(memberId, instanceId, generation), null, null, [.. assignments.Select(a => KeyValuePair.Create(a.MemberId, a.Assignment))]));

    public ErrorCode Heartbeat(string memberId, int generation, string? instanceId = null) => Group.Heartbeat(new MemberIdentity(memberId, instanceId, generation));

    public ErrorCode Leave(string memberId, string? instanceId = null) => Group.Leave([new MemberIdentity(memberId, instanceId)]).Single();

    /// <summary>So many dynamic members in a stable group; the first one is the leader, and member i has the assignment [i].</summary>
    public JoinResult[] Stable(int count)
    {
        var joining = Enumerable.Range(0, count).Select(_ => JoinWithPromisedId()).ToArray();
        Advance(InitialDelayMs * (count > 1 ? 2 : 1));
        return SyncAll([.. joining.Select(Answer)]);
    }

    /// <summary>So many static members i0, i1, … in a stable group.</summary>
    public JoinResult[] StableStatic(int count)
    {
        var joining = Enumerable.Range(0, count).Select(i => Join(instanceId: $"i{i}")).ToArray();
        Advance(InitialDelayMs * (count > 1 ? 2 : 1));
        return SyncAll([.. joining.Select(Answer)]);
    }

    public JoinResult[] SyncAll(JoinResult[] joined)
    {
        Assert.All(joined, result => Assert.Equal(ErrorCode.None, result.Error));
        var leader = joined.Single(result => result.MemberId == result.Leader);
        var followers = joined.Where(result => result != leader).Select(result => Sync(result.MemberId, result.Generation)).ToArray();
        Assert.All(followers, follower => Assert.False(follower.IsCompleted));
        var led = Sync(leader.MemberId, leader.Generation, null, [.. joined.Select((result, i) => (result.MemberId, new[] { (byte)i }))]);
        Assert.Equal(ErrorCode.None, Answer(led).Error);
        Assert.All(followers, follower => Assert.Equal(ErrorCode.None, Answer(follower).Error));
        Assert.Equal(GroupState.Stable, Group.State);
        return joined;
    }
}

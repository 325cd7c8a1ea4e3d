using Microsoft.Extensions.Logging;
using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Groups;

/// <summary>Classic consumer groups and their committed offsets. Its members may be called by several threads.</summary>
/// <remarks>
/// Committed offsets are in __consumer_offsets and survive. Who is a member is not kept: after a restart every group is Empty, and
/// members join again when they hear that their id is unknown. That is safe because member ids are unique for ever: a commit by a
/// member from before the restart, in a transaction or not, is refused and never taken for one of today's.
/// One lock for all groups: what is done under it is short, and a commit must be atomic with the check of its member and with the
/// order of the log, which is one for all groups too. The transaction's lock comes before it, the log's after it.
/// </remarks>
internal sealed partial class GroupCoordinator : IDisposable
{
    private readonly Lock gate = new();
    private readonly PartitionLog log;
    private readonly Func<string, int, bool> partitionExists;
    private readonly GroupOptions options;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly MetadataBudget budget;
    private readonly OffsetStore offsets;
    private readonly Dictionary<string, (Group Group, GroupTimer Timer)> groups = new(StringComparer.Ordinal);
    private readonly long origin;
    private readonly ITimer cleaning;

    // A group that is removed and comes back does not begin before the generations it had.
    private int firstGeneration;
    private bool isStopped;

    /// <summary>Reads the committed offsets.</summary>
    /// <param name="log">The partition of __consumer_offsets.</param>
    /// <param name="partitionExists">Offsets are committed only for partitions that exist. Called under the coordinator's lock.</param>
    /// <param name="options">Limits and times.</param>
    /// <param name="time">For sessions, rebalances and retention.</param>
    /// <param name="logger">Gets what happens to groups.</param>
    public GroupCoordinator(PartitionLog log, Func<string, int, bool> partitionExists, GroupOptions options, TimeProvider time, ILogger logger)
    {
        (this.log, this.partitionExists, this.options, this.time, this.logger) = (log, partitionExists, options, time, logger);
        budget = new MetadataBudget(options.MaxMetadataBytes);
        offsets = new OffsetStore(budget);
        origin = time.GetTimestamp();
        Load();
        cleaning = time.CreateTimer(_ => RemoveExpired(), null, options.OffsetsRetentionCheckInterval, options.OffsetsRetentionCheckInterval);
    }

    private long NowMs => (long)time.GetElapsedTime(origin).TotalMilliseconds;

    /// <summary>Answered when everybody has joined.</summary>
    public async ValueTask<JoinResult> JoinAsync(JoinRequest request, CancellationToken cancellationToken)
    {
        Task<JoinResult> joining;
        Group group;
        lock (gate)
        {
            if (Validate(request.GroupId) is var error and not ErrorCode.None)
            {
                return JoinResult.Refused(error, request.MemberId);
            }

            // A member id was given out by a group that is there, or by nobody.
            if (request.MemberId.Length > 0 && !groups.ContainsKey(request.GroupId))
            {
                return JoinResult.Refused(ErrorCode.UnknownMemberId, request.MemberId);
            }

            if (FindOrAdd(request.GroupId) is not { } found)
            {
                return JoinResult.Refused(ErrorCode.GroupMaxSizeReached, request.MemberId);
            }

            group = found;
            joining = group.Join(request);
            Settle(group);
        }

        try
        {
            return await joining.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            lock (gate)
            {
                group.AbandonJoin(joining);
                Settle(group);
            }

            throw;
        }
    }

    /// <summary>Answered when the leader has assigned.</summary>
    public async ValueTask<SyncResult> SyncAsync(SyncRequest request, CancellationToken cancellationToken)
    {
        Task<SyncResult> syncing;
        Group group;
        lock (gate)
        {
            if (Find(request.GroupId, out var error) is not { } found)
            {
                return SyncResult.Refused(error);
            }

            group = found;
            syncing = group.Sync(request);
            Settle(group);
        }

        try
        {
            return await syncing.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            lock (gate)
            {
                group.AbandonSync(syncing);
                Settle(group);
            }

            throw;
        }
    }

    public ErrorCode Heartbeat(string groupId, MemberIdentity member)
    {
        lock (gate)
        {
            return Find(groupId, out var error) is { } group ? group.Heartbeat(member) : error;
        }
    }

    /// <returns>An error for all, and one for each where there is none.</returns>
    public (ErrorCode Error, IReadOnlyList<ErrorCode> Members) Leave(string groupId, IReadOnlyList<MemberIdentity> leaving)
    {
        lock (gate)
        {
            if (Find(groupId, out var error) is not { } group)
            {
                // That there is no such group is told member by member.
                return error == ErrorCode.UnknownMemberId ? (ErrorCode.None, [.. leaving.Select(_ => error)]) : (error, []);
            }

            var errors = group.Leave(leaving);
            Settle(group);
            return (ErrorCode.None, errors);
        }
    }

    /// <summary>Tells everybody who waits to look for the coordinator again.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            isStopped = true;
            cleaning.Dispose();
            foreach (var (group, timer) in groups.Values)
            {
                group.Die();
                timer.Dispose();
            }

            groups.Clear();
        }
    }

    private ErrorCode Validate(string groupId) =>
        isStopped ? ErrorCode.CoordinatorNotAvailable
        : groupId.Length is 0 or > Group.MaxNameLength ? ErrorCode.InvalidGroupId
        : ErrorCode.None;

    private Group? Find(string groupId, out ErrorCode error)
    {
        error = Validate(groupId);
        if (error == ErrorCode.None && groups.TryGetValue(groupId, out var found))
        {
            return found.Group;
        }

        error = error == ErrorCode.None ? ErrorCode.UnknownMemberId : error;
        return null;
    }

    /// <summary>Null where there are too many groups.</summary>
    private Group? FindOrAdd(string groupId)
    {
        if (groups.TryGetValue(groupId, out var found))
        {
            return found.Group;
        }

        if (groups.Count >= options.MaxGroups)
        {
            RemoveExpired(grace: TimeSpan.Zero);
            if (groups.Count >= options.MaxGroups)
            {
                logger.LogWarning("Group {Group} was refused: there are {Count} groups already.", groupId, groups.Count);
                return null;
            }
        }

        return Add(groupId);
    }

    private Group Add(string groupId)
    {
        var group = new Group(groupId, firstGeneration, options, budget, () => NowMs, logger);
        groups.Add(groupId, (group, new GroupTimer(time, () => Expire(group))));
        return group;
    }

    private void Remove(Group group)
    {
        firstGeneration = Math.Max(firstGeneration, group.Generation);
        group.Die();
        if (groups.Remove(group.Id, out var removed))
        {
            removed.Timer.Dispose();
        }
    }

    /// <summary>After every change of a group: the timer knows its next deadline, and a group that nothing became of is forgotten.</summary>
    private void Settle(Group group)
    {
        if (!groups.TryGetValue(group.Id, out var entry) || entry.Group != group)
        {
            return;
        }

        if (group is { HasMembers: false, State: GroupState.Empty, ProtocolType: null } && !offsets.HasAny(group.Id))
        {
            Remove(group);
            return;
        }

        entry.Timer.Arm(group.NextDeadlineMs, NowMs);
    }

    private void Expire(Group group)
    {
        lock (gate)
        {
            if (!isStopped && groups.TryGetValue(group.Id, out var entry) && entry.Group == group)
            {
                entry.Timer.HasFired();
                group.Expire();
                Settle(group);
            }
        }
    }
}

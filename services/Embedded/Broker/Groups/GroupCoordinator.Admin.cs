using Microsoft.Extensions.Logging;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Groups;

/// <content>Looking at groups, deleting them, and forgetting those that nobody has used for long.</content>
internal sealed partial class GroupCoordinator
{
    // After a restart nobody knows how long a group has been without members: its members get this long to come back.
    private static readonly TimeSpan GraceAfterStart = TimeSpan.FromDays(1);

    public IReadOnlyList<DescribedGroup> Groups
    {
        get
        {
            lock (gate)
            {
                return [.. groups.Values.Select(entry => entry.Group.Describe())];
            }
        }
    }

    /// <summary>A group that is not there is shown as Dead, which is Kafka's way.</summary>
    public DescribedGroup Describe(string groupId)
    {
        lock (gate)
        {
            return isStopped
                ? new DescribedGroup(groupId, ErrorCode.CoordinatorNotAvailable, GroupState.Dead, "", "", [])
                : groups.TryGetValue(groupId, out var found)
                    ? found.Group.Describe()
                    : new DescribedGroup(groupId, ErrorCode.None, GroupState.Dead, "", "", []);
        }
    }

    /// <summary>Deletes a group without members, and its offsets.</summary>
    public ErrorCode Delete(string groupId)
    {
        lock (gate)
        {
            if (isStopped || !groups.TryGetValue(groupId, out var found))
            {
                return isStopped ? ErrorCode.CoordinatorNotAvailable : ErrorCode.GroupIdNotFound;
            }

            if (found.Group.HasMembers)
            {
                return ErrorCode.NonEmptyGroup;
            }

            var error = WriteTombstones(groupId, offsets.PartitionsOf(groupId));
            if (error == ErrorCode.None)
            {
                Remove(found.Group);
            }

            return error;
        }
    }

    /// <summary>Deletes committed offsets of topics that no member reads.</summary>
    /// <returns>An error for all, and one for each partition where there is none.</returns>
    public (ErrorCode Error, IReadOnlyList<ErrorCode> Partitions) DeleteOffsets(string groupId, IReadOnlyList<TopicPartition> partitions)
    {
        lock (gate)
        {
            if (isStopped || !groups.TryGetValue(groupId, out var found))
            {
                return (isStopped ? ErrorCode.CoordinatorNotAvailable : ErrorCode.GroupIdNotFound, []);
            }

            if (found.Group is { State: not GroupState.Empty, ProtocolType: not ConsumerSubscription.ProtocolType })
            {
                return (ErrorCode.NonEmptyGroup, []);
            }

            var errors = partitions.Select(partition =>
                !partitionExists(partition.Topic, partition.Partition) ? ErrorCode.UnknownTopicOrPartition
                : found.Group.IsSubscribedTo(partition.Topic) ? ErrorCode.GroupSubscribedToTopic
                : ErrorCode.None).ToArray();
            var known = offsets.PartitionsOf(groupId).ToHashSet();
            var error = WriteTombstones(groupId, [.. partitions.Where((partition, i) => errors[i] == ErrorCode.None && known.Contains(partition))]);
            return (error, errors);
        }
    }

    /// <summary>A topic is gone, and with it what any group had committed for it: a topic of the same name made later is another.</summary>
    public void ForgetTopic(string topic)
    {
        lock (gate)
        {
            Forget(partition => partition.Topic == topic);
        }
    }

    /// <summary>The same for topics whose deletion a stop of the broker cut short.</summary>
    private void ForgetDeletedTopics() => Forget(partition => !partitionExists(partition.Topic, partition.Partition));

    private void Forget(Func<TopicPartition, bool> which)
    {
        foreach (var groupId in offsets.Groups.ToArray())
        {
            WriteTombstones(groupId, [.. offsets.PartitionsOf(groupId).Where(which)]);
        }
    }

    private ErrorCode WriteTombstones(string groupId, IReadOnlyList<TopicPartition> partitions)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return Append(
            [.. partitions.Select(partition => (partition, (CommittedOffset?)null, OffsetRecord.Of(groupId, partition, null, now)))],
            (record, position) => offsets.Apply(groupId, record.Partition, null, position));
    }

    private void RemoveExpired()
    {
        lock (gate)
        {
            if (!isStopped)
            {
                ForgetDeletedTopics();
                RemoveExpired(GraceAfterStart);
            }
        }
    }

    /// <summary>
    /// Groups that have had no members, and committed nothing, for the retention time lose their offsets; groups without members
    /// and offsets are forgotten.
    /// </summary>
    private void RemoveExpired(TimeSpan grace)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var retentionMs = (long)options.OffsetsRetention.TotalMilliseconds;
        foreach (var (group, _) in groups.Values.ToArray())
        {
            if (group.HasMembers || group.State != GroupState.Empty || offsets.HasPending(group.Id))
            {
                continue;
            }

            // A group that had members in this process has a protocol type: then the time since they left is known.
            var emptyForMs = NowMs - group.EmptySinceMs;
            var isDue = emptyForMs >= (group.ProtocolType is null ? (long)Math.Min(grace.TotalMilliseconds, retentionMs) : retentionMs);
            var last = offsets.Of(group.Id).Select(entry => (long?)entry.Value.CommittedAtMs).Max();
            if (last is null || (isDue && now - last >= retentionMs && Forget(group)))
            {
                Remove(group);
            }
        }
    }

    private bool Forget(Group group)
    {
        logger.LogInformation("Group {Group} has not been used for {Days} days; its offsets are removed.", group.Id, options.OffsetsRetention.TotalDays);
        return WriteTombstones(group.Id, offsets.PartitionsOf(group.Id)) == ErrorCode.None;
    }
}

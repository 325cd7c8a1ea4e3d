namespace StreamDistill.Embedded.Broker.Groups;

/// <summary>
/// The committed offsets of all groups, and those that wait for their transaction to end: what a replay of __consumer_offsets up
/// to here gives. Used under the coordinator's lock.
/// </summary>
internal sealed class OffsetStore(MetadataBudget budget)
{
    // About what the objects of one entry take besides its text.
    private const int EntryBytes = 160;

    private readonly Dictionary<string, Dictionary<TopicPartition, Entry>> committed = new(StringComparer.Ordinal);
    private readonly Dictionary<long, Dictionary<(string Group, TopicPartition Partition), Entry>> pendingByProducer = [];

    /// <summary>The groups that have offsets, or will if a transaction commits.</summary>
    public IEnumerable<string> Groups => committed.Keys.Concat(pendingByProducer.Values.SelectMany(pending => pending.Keys.Select(key => key.Group))).Distinct(StringComparer.Ordinal);

    public static long BytesOf(CommittedOffset offset) => EntryBytes + (2L * offset.Metadata.Length);

    /// <summary>Applies a record.</summary>
    /// <param name="group">Its group.</param>
    /// <param name="partition">Its partition.</param>
    /// <param name="offset">Null for a tombstone.</param>
    /// <param name="position">Where in the log it stands.</param>
    public void Apply(string group, TopicPartition partition, CommittedOffset? offset, long position)
    {
        if (offset is not null)
        {
            Put(group, partition, new Entry(offset, position));
            return;
        }

        Remove(group, partition);
        foreach (var (producerId, pending) in pendingByProducer.ToArray())
        {
            Drop(producerId, pending, (group, partition));
        }
    }

    /// <summary>Keeps a record of an open transaction until <see cref="Complete" />.</summary>
    public void ApplyPending(long producerId, string group, TopicPartition partition, CommittedOffset? offset, long position)
    {
        if (!pendingByProducer.TryGetValue(producerId, out var pending))
        {
            pendingByProducer.Add(producerId, pending = []);
        }

        Drop(producerId, pending, (group, partition));
        if (offset is not null)
        {
            pendingByProducer[producerId] = pending;
            pending[(group, partition)] = new Entry(offset, position);
            budget.Take(BytesOf(offset));
        }
    }

    /// <summary>A producer's transaction has ended.</summary>
    /// <returns>The groups that have new offsets.</returns>
    public IReadOnlyCollection<string> Complete(long producerId, bool isCommit)
    {
        var changed = new HashSet<string>(StringComparer.Ordinal);
        if (!pendingByProducer.Remove(producerId, out var pending))
        {
            return changed;
        }

        foreach (var (key, entry) in pending)
        {
            budget.Give(BytesOf(entry.Offset));

            // A commit that came later, outside the transaction, stands.
            if (isCommit && !(Find(key.Group, key.Partition) is { } current && current.Position > entry.Position))
            {
                Put(key.Group, key.Partition, entry);
                changed.Add(key.Group);
            }
        }

        return changed;
    }

    public CommittedOffset? Get(string group, TopicPartition partition) => Find(group, partition)?.Offset;

    /// <summary>Everything committed for a group.</summary>
    public IEnumerable<KeyValuePair<TopicPartition, CommittedOffset>> Of(string group) =>
        committed.TryGetValue(group, out var offsets) ? offsets.Select(entry => KeyValuePair.Create(entry.Key, entry.Value.Offset)) : [];

    /// <summary>The partitions of a group with an offset, committed or not yet.</summary>
    public IReadOnlyList<TopicPartition> PartitionsOf(string group) =>
    [
        .. Of(group).Select(entry => entry.Key)
            .Concat(pendingByProducer.Values.SelectMany(pending => pending.Keys.Where(key => key.Group == group).Select(key => key.Partition)))
            .Distinct()
    ];

    public bool HasPending(string group, TopicPartition partition) => pendingByProducer.Values.Any(pending => pending.ContainsKey((group, partition)));

    public bool HasPending(string group) => pendingByProducer.Values.Any(pending => pending.Keys.Any(key => key.Group == group));

    public bool HasAny(string group) => committed.ContainsKey(group) || HasPending(group);

    private Entry? Find(string group, TopicPartition partition) => committed.TryGetValue(group, out var offsets) ? offsets.GetValueOrDefault(partition) : null;

    private void Put(string group, TopicPartition partition, Entry entry)
    {
        Remove(group, partition);
        if (!committed.TryGetValue(group, out var offsets))
        {
            committed.Add(group, offsets = []);
        }

        offsets.Add(partition, entry);
        budget.Take(BytesOf(entry.Offset));
    }

    private void Remove(string group, TopicPartition partition)
    {
        if (committed.TryGetValue(group, out var offsets) && offsets.Remove(partition, out var removed))
        {
            budget.Give(BytesOf(removed.Offset));
            if (offsets.Count == 0)
            {
                committed.Remove(group);
            }
        }
    }

    private void Drop(long producerId, Dictionary<(string Group, TopicPartition Partition), Entry> pending, (string Group, TopicPartition Partition) key)
    {
        if (pending.Remove(key, out var dropped))
        {
            budget.Give(BytesOf(dropped.Offset));
            if (pending.Count == 0)
            {
                pendingByProducer.Remove(producerId);
            }
        }
    }

    private sealed record Entry(CommittedOffset Offset, long Position);
}

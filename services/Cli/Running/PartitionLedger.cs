using Confluent.Kafka;

namespace StreamDistill.Cli.Running;

/// <summary>What was read of a partition.</summary>
/// <param name="First">Offset of the first record; -1 where there was none.</param>
/// <param name="Next">The offset after the last record.</param>
/// <param name="Records">Records read. Less than Next - First where transactions left their markers.</param>
internal sealed record PartitionRange(long First, long Next, long Records);

/// <summary>Keeps the books of what was read of each partition, and says when the pipeline has drained.</summary>
internal sealed class PartitionLedger
{
    private readonly Dictionary<TopicPartition, Account> accounts = [];

    /// <summary>Every partition with a record, in order of topic and number.</summary>
    public IEnumerable<(TopicPartition Partition, PartitionRange Range)> Ranges => accounts
        .Where(entry => entry.Value.Records > 0)
        .OrderBy(entry => entry.Key.Topic, StringComparer.Ordinal)
        .ThenBy(entry => entry.Key.Partition.Value)
        .Select(entry => (entry.Key, new PartitionRange(entry.Value.First, entry.Value.Next, entry.Value.Records)));

    /// <summary>A record was read.</summary>
    /// <param name="partition">Where.</param>
    /// <param name="offset">Its offset.</param>
    public void OnRecord(TopicPartition partition, long offset)
    {
        var account = Of(partition);
        if (account.Records++ == 0)
        {
            account.First = offset;
        }

        account.Next = offset + 1;
        account.Reached = Math.Max(account.Reached, offset + 1);
    }

    /// <summary>Everything before this offset was read, transaction markers included.</summary>
    public void OnEnd(TopicPartition partition, long offset)
    {
        var account = Of(partition);
        account.Reached = Math.Max(account.Reached, offset);
    }

    /// <summary>Whether everything up to these ends was read.</summary>
    public bool HasReached(IReadOnlyDictionary<TopicPartition, long> ends) =>
        ends.All(end => end.Value <= 0 || (accounts.TryGetValue(end.Key, out var account) && account.Reached >= end.Value));

    /// <summary>
    /// Whether every stage has processed every record read. With <paramref name="committed"/> asked first, then the ends,
    /// then everything up to the ends read (<see cref="HasReached"/>), true means that the pipeline has drained: a stage's
    /// outputs are committed together with its offsets, so outputs of what is counted as processed lie before the ends, and
    /// a next stage that has not processed them is behind. Records are compared, not ends: markers of transactions occupy
    /// offsets that no stage ever commits.
    /// </summary>
    public bool IsProcessed(IReadOnlyDictionary<TopicPartition, long> committed, IReadOnlyCollection<string> inputTopics) =>
        accounts
            .Where(entry => entry.Value.Records > 0 && inputTopics.Contains(entry.Key.Topic))
            .All(entry => committed.GetValueOrDefault(entry.Key, 0) >= entry.Value.Next);

    private Account Of(TopicPartition partition)
    {
        if (!accounts.TryGetValue(partition, out var account))
        {
            accounts[partition] = account = new Account();
        }

        return account;
    }

    private sealed class Account
    {
        public long First { get; set; } = -1;

        public long Next { get; set; }

        public long Reached { get; set; }

        public long Records { get; set; }
    }
}

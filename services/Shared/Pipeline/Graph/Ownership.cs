using Confluent.Kafka;

namespace StreamDistill.Pipeline;

/// <summary>
/// Which partitions this instance owns, and the gate between taking one away and committing a transaction. Kafka fences a
/// commit by the group's generation, not by partition: a stage whose partition moved to another member could still commit
/// offsets for it. So a commit holds the gate, drops what is no longer owned, and a revocation waits for the gate.
/// </summary>
internal sealed class Ownership : IDisposable
{
    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly Dictionary<TopicPartition, long> owned = [];
    private long lastAssignment;

    /// <summary>The partitions owned now.</summary>
    public IReadOnlyCollection<TopicPartition> Current
    {
        get
        {
            lock (owned)
            {
                return [.. owned.Keys];
            }
        }
    }

    /// <summary>Begins a new assignment for each of the partitions.</summary>
    public void Assign(IEnumerable<TopicPartition> partitions)
    {
        lock (owned)
        {
            foreach (var partition in partitions)
            {
                owned[partition] = ++lastAssignment;
            }
        }
    }

    /// <summary>Ends the partitions' assignments, after the transaction that is under way.</summary>
    public void Revoke(IEnumerable<TopicPartition> partitions)
    {
        gate.Wait();
        try
        {
            lock (owned)
            {
                foreach (var partition in partitions)
                {
                    owned.Remove(partition);
                }
            }
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>The current assignment of a partition; 0 where it is not owned.</summary>
    public long AssignmentOf(TopicPartition partition)
    {
        lock (owned)
        {
            return owned.GetValueOrDefault(partition);
        }
    }

    /// <summary>Whether the unit was read under the assignment that holds now.</summary>
    public bool Owns(RawUnit unit) => AssignmentOf(unit.Partition) == unit.Assignment;

    /// <summary>Keeps partitions from being revoked until the result is disposed.</summary>
    public async Task<IDisposable> HoldAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        return new Hold(gate);
    }

    /// <inheritdoc />
    public void Dispose() => gate.Dispose();

    private sealed class Hold(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}

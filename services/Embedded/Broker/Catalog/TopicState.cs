using StreamDistill.Embedded.Broker.Log;

namespace StreamDistill.Embedded.Broker.Catalog;

/// <summary>A topic with its partitions' logs.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">Its id, which a topic of the same name made later does not have.</param>
/// <param name="Partitions">By number.</param>
/// <param name="Settings">What was set for it, by Kafka's names; what is not set has its default.</param>
internal sealed record TopicState(string Name, Guid Id, IReadOnlyList<PartitionLog> Partitions, IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>Whether it is the broker's own: clients may read it, not write it.</summary>
    public bool IsInternal => Name is TopicCatalog.ConsumerOffsets or TopicCatalog.TransactionState;

    /// <summary>A partition's log; null where the topic has none of that number.</summary>
    public PartitionLog? Partition(int number) => (uint)number < (uint)Partitions.Count ? Partitions[number] : null;
}

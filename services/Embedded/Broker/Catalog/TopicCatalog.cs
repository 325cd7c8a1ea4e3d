using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Protocol;

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
}

/// <summary>Which topics there are. Its members may be called by several threads; reading takes no lock.</summary>
internal sealed class TopicCatalog
{
    /// <summary>Where committed offsets are kept: one partition, compacted.</summary>
    public const string ConsumerOffsets = "__consumer_offsets";

    /// <summary>Where transactions are kept: one partition, compacted.</summary>
    public const string TransactionState = "__transaction_state";

    /// <summary>Every topic by name, internal ones too. A snapshot that never changes.</summary>
    public IReadOnlyDictionary<string, TopicState> Topics => throw new NotImplementedException();

    /// <summary>Null where there is none.</summary>
    public TopicState? Find(string name) => throw new NotImplementedException();

    /// <summary>Null where there is none.</summary>
    public TopicState? Find(Guid id) => throw new NotImplementedException();

    /// <summary>The log, or null where topic or partition do not exist.</summary>
    public PartitionLog? Partition(string topic, int partition) => throw new NotImplementedException();

    /// <summary>Makes a topic; it survives a power cut once this returns.</summary>
    /// <returns>None, or TopicAlreadyExists, InvalidTopic, InvalidPartitions, InvalidConfig and a message.</returns>
    public (ErrorCode Error, string? Message) Create(string name, int partitions, IReadOnlyDictionary<string, string> settings, bool validateOnly = false) => throw new NotImplementedException();
}

namespace StreamDistill.Embedded.Broker.Catalog;

/// <summary>What topics there may be.</summary>
internal sealed record CatalogOptions
{
    /// <summary>num.partitions: how many partitions a topic gets where nobody says how many.</summary>
    public int DefaultPartitions { get; init; } = 1;

    /// <summary>auto.create.topics.enable: whether a topic is made when a client asks for it that allows it.</summary>
    public bool AutoCreates { get; init; } = true;

    /// <summary>The most partitions of one topic.</summary>
    public int TopicPartitionsMax { get; init; } = 10_000;

    /// <summary>The most partitions of all topics together: each holds open files and some memory.</summary>
    public int PartitionsMax { get; init; } = 20_000;
}

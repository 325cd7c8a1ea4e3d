namespace StreamDistill.Embedded.Broker.Catalog;

/// <summary>A topic as it is kept.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">Its id.</param>
/// <param name="Partitions">How many it has.</param>
/// <param name="Settings">What was set for it, by Kafka's names.</param>
internal sealed record CatalogTopic(string Name, Guid Id, int Partitions, IReadOnlyDictionary<string, string> Settings);

/// <summary>What the catalog keeps.</summary>
/// <param name="ClusterId">22 characters, as Kafka writes ids; made at the first start.</param>
/// <param name="NextProducerId">No producer id from this one on was ever given out.</param>
/// <param name="Topics">Every topic, internal ones too, by name.</param>
internal sealed record CatalogContent(string ClusterId, long NextProducerId, IReadOnlyList<CatalogTopic> Topics);

namespace StreamDistill.Interop.Conformance;

/// <summary>What is shown of the clients: which have which feature. A feature that a client lacks is not a cell.</summary>
internal static class Features
{
    public const string Librdkafka = "Confluent.Kafka";
    public const string Kcat = "kcat";
    public const string Python = "python3-kafka";
    public const string KafkaJs = "kafkajs";
    public const string Platformatic = "@platformatic/kafka";
    public const string Registry = "@confluentinc/schemaregistry";

    /// <summary>The Kafka clients, in the order of the table's columns.</summary>
    public static readonly string[] Clients = [Librdkafka, Kcat, Python, KafkaJs, Platformatic];

    private static readonly string[] Transactional = [Librdkafka, KafkaJs, Platformatic];
    private static readonly string[] Admins = [Librdkafka, Python, KafkaJs, Platformatic];

    /// <summary>
    /// By feature: what it is, and who has it. A second transactional producer of @platformatic/kafka claims the producer id 0
    /// and so fences itself, on any broker; Confluent.Kafka waits without a word for a broker that has KIP-848.
    /// </summary>
    public static readonly (string Id, string Text, string[] Clients)[] OfKafka =
    [
        ("none", "produce and consume", Clients),
        ("gzip", "  gzip", Clients),
        ("snappy", "  snappy", [Librdkafka, Kcat, Python, Platformatic]),
        ("lz4", "  lz4", [Librdkafka, Kcat, Python, Platformatic]),
        ("zstd", "  zstd", [Librdkafka, Kcat, Python]),
        ("headers", "  headers and keys", Clients),
        ("tombstones", "  tombstones, empty values", Clients),
        ("large", "  900 KB in one record", Clients),
        ("auto-create", "  topic made on first use", Clients),
        ("idempotence", "idempotent producer", [Librdkafka, Kcat, KafkaJs, Platformatic]),
        ("commit", "transaction: commit", [Librdkafka, Kcat, KafkaJs, Platformatic]),
        ("abort", "transaction: abort, isolation", Transactional),
        ("transaction-offsets", "transaction: offsets", Transactional),
        ("fencing", "transaction: zombie fenced", [Librdkafka, KafkaJs]),
        ("group", "group: commit, go on", Clients),
        ("eager", "group: members come and go", Clients),
        ("killed", "group: a member is killed", [Librdkafka]),
        ("cooperative", "group: cooperative", [Librdkafka]),
        ("static", "group: static member", [Librdkafka, Platformatic]),
        ("restart", "broker restarts: all goes on", [Librdkafka]),
        ("seek", "seek", Clients),
        ("pause", "pause and resume", [Librdkafka, Python, KafkaJs]),
        ("times", "offsets for times", Clients),
        ("topics", "admin: create, delete topics", Admins),
        ("partitions", "admin: more partitions", Admins),
        ("configs", "admin: topic settings", Admins),
        ("delete-records", "admin: delete records", [Librdkafka, KafkaJs, Platformatic]),
        ("groups", "admin: list, delete groups", Admins),
        ("group-offsets", "admin: a group's offsets", [Librdkafka]),
        ("list-offsets", "admin: first, last offsets", Clients),
        ("cluster", "admin: cluster and metadata", Clients),
        ("refused-acls", "refused: ACLs", Admins),
        ("refused-quotas", "refused: quotas", [Platformatic]),
        ("refused-scram", "refused: SCRAM users", [Librdkafka]),
        ("refused-consumer-protocol", "refused: KIP-848 groups", [Platformatic]),
    ];

    /// <summary>By feature of the schema registry.</summary>
    public static readonly (string Id, string Text, string[] Clients)[] OfRegistry =
    [
        ("register", "register", [Registry]),
        ("lookup", "look up by schema, by id", [Registry]),
        ("guid", "look up by GUID", [Registry]),
        ("versions", "subjects and versions", [Registry]),
        ("references", "references", [Registry]),
        ("compatibility", "compatibility", [Registry]),
        ("config", "levels", [Registry]),
        ("delete", "delete, soft and for good", [Registry]),
        ("avro", "Avro there and back", [Registry]),
        ("avro-header", "  with the id in a header", [Registry]),
        ("refused-rules", "refused: rules, Protobuf", [Registry]),
    ];

    /// <summary>Every cell.</summary>
    public static IEnumerable<TheoryDataRow<string, string>> Cells =>
        from feature in OfKafka.Concat(OfRegistry)
        from client in feature.Clients
        select new TheoryDataRow<string, string>(client, feature.Id);
}

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>
/// The requests of Kafka's protocol that this broker does not know, and why. It does not announce them in ApiVersions, and
/// answers none: a client that sends one all the same gets what Kafka's brokers give for a request they do not know.
/// </summary>
/// <remarks>
/// Beside these, what is not there of requests that are: replication (one replica, leader epoch 0), racks, quotas, authorization
/// (who gets in may do everything), message formats before 2 (Kafka 0.10 and older clients), tiered storage, log directories
/// beside the one, settings that change while the broker runs, and consumer groups of the new protocol (KIP-848), share groups
/// and streams groups.
/// </remarks>
internal static class Unsupported
{
    private const string BetweenBrokers = "There is one broker: nothing passes between brokers and controllers.";
    private const string Replicas = "There is one broker and one replica of everything: nothing can be moved or elected.";
    private const string NoAuthorization = "There is no authorization: who gets in may do everything.";
    private const string NoTokens = "There are no delegation tokens: users and passwords are given when the broker starts.";
    private const string NoQuotas = "There are no quotas.";
    private const string NewGroups = "Consumer groups are of the classic protocol (group.protocol=classic, the clients' default).";
    private const string ShareGroups = "There are no share groups.";
    private const string StreamsGroups = "There are no streams groups: Kafka Streams' classic groups work.";

    /// <summary>By the number of the request.</summary>
    public static IReadOnlyDictionary<short, (string Name, string Why)> All { get; } = new Dictionary<short, (string, string)>
    {
        [4] = ("LeaderAndIsr", BetweenBrokers),
        [5] = ("StopReplica", BetweenBrokers),
        [6] = ("UpdateMetadata", BetweenBrokers),
        [7] = ("ControlledShutdown", BetweenBrokers),
        [29] = ("DescribeAcls", NoAuthorization),
        [30] = ("CreateAcls", NoAuthorization),
        [31] = ("DeleteAcls", NoAuthorization),
        [34] = ("AlterReplicaLogDirs", Replicas),
        [38] = ("CreateDelegationToken", NoTokens),
        [39] = ("RenewDelegationToken", NoTokens),
        [40] = ("ExpireDelegationToken", NoTokens),
        [41] = ("DescribeDelegationToken", NoTokens),
        [43] = ("ElectLeaders", Replicas),
        [45] = ("AlterPartitionReassignments", Replicas),
        [46] = ("ListPartitionReassignments", Replicas),
        [48] = ("DescribeClientQuotas", NoQuotas),
        [49] = ("AlterClientQuotas", NoQuotas),
        [50] = ("DescribeUserScramCredentials", NoTokens),
        [51] = ("AlterUserScramCredentials", NoTokens),
        [52] = ("Vote", BetweenBrokers),
        [53] = ("BeginQuorumEpoch", BetweenBrokers),
        [54] = ("EndQuorumEpoch", BetweenBrokers),
        [55] = ("DescribeQuorum", BetweenBrokers),
        [56] = ("AlterPartition", BetweenBrokers),
        [57] = ("UpdateFeatures", "There are no features to switch: the program's version is the broker's."),
        [58] = ("Envelope", BetweenBrokers),
        [59] = ("FetchSnapshot", BetweenBrokers),
        [62] = ("BrokerRegistration", BetweenBrokers),
        [63] = ("BrokerHeartbeat", BetweenBrokers),
        [64] = ("UnregisterBroker", BetweenBrokers),
        [67] = ("AllocateProducerIds", BetweenBrokers),
        [68] = ("ConsumerGroupHeartbeat", NewGroups),
        [69] = ("ConsumerGroupDescribe", NewGroups),
        [70] = ("ControllerRegistration", BetweenBrokers),
        [71] = ("GetTelemetrySubscriptions", "Clients' metrics are not collected."),
        [72] = ("PushTelemetry", "Clients' metrics are not collected."),
        [73] = ("AssignReplicasToDirs", BetweenBrokers),
        [74] = ("ListConfigResources", "Only topics and the broker have settings: Metadata lists them."),
        [75] = ("DescribeTopicPartitions", "Metadata describes every topic."),
        [76] = ("ShareGroupHeartbeat", ShareGroups),
        [77] = ("ShareGroupDescribe", ShareGroups),
        [78] = ("ShareFetch", ShareGroups),
        [79] = ("ShareAcknowledge", ShareGroups),
        [80] = ("AddRaftVoter", BetweenBrokers),
        [81] = ("RemoveRaftVoter", BetweenBrokers),
        [82] = ("UpdateRaftVoter", BetweenBrokers),
        [83] = ("InitializeShareGroupState", ShareGroups),
        [84] = ("ReadShareGroupState", ShareGroups),
        [85] = ("WriteShareGroupState", ShareGroups),
        [86] = ("DeleteShareGroupState", ShareGroups),
        [87] = ("ReadShareGroupStateSummary", ShareGroups),
        [88] = ("StreamsGroupHeartbeat", StreamsGroups),
        [89] = ("StreamsGroupDescribe", StreamsGroups),
        [90] = ("DescribeShareGroupOffsets", ShareGroups),
        [91] = ("AlterShareGroupOffsets", ShareGroups),
        [92] = ("DeleteShareGroupOffsets", ShareGroups),
    };
}

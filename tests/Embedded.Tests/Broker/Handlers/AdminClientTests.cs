using Confluent.Kafka;
using Confluent.Kafka.Admin;
using StreamDistill.Embedded.Broker;

namespace StreamDistill.Embedded.Tests.Broker.Handlers;

/// <summary>The admin requests as librdkafka sends them.</summary>
public sealed class AdminClientTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private EmbeddedBroker broker = null!;
    private IAdminClient admin = null!;

    public async ValueTask InitializeAsync()
    {
        broker = await EmbeddedBroker.StartAsync(new BrokerOptions { AutoCreateTopics = false }, TestContext.Current.CancellationToken);
        admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.BootstrapServers }).Build();
    }

    public async ValueTask DisposeAsync()
    {
        admin.Dispose();
        await broker.DisposeAsync();
    }

    [Fact]
    public async Task A_topic_is_made_with_its_settings_grown_and_deleted()
    {
        await admin.CreateTopicsAsync([new TopicSpecification { Name = "made", NumPartitions = 2, ReplicationFactor = -1, Configs = new() { ["retention.ms"] = "1000" } }]);
        Assert.Equal(2, PartitionsOf("made"));

        await admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = "made", IncreaseTo = 5 }]);
        Assert.Equal(5, PartitionsOf("made"));

        await admin.DeleteTopicsAsync(["made"]);
        Assert.Equal(0, PartitionsOf("made"));
    }

    [Fact]
    public async Task What_is_wrong_with_a_new_topic_is_said()
    {
        var refused = await Assert.ThrowsAsync<CreateTopicsException>(() => admin.CreateTopicsAsync(
        [
            new TopicSpecification { Name = "a b", NumPartitions = 1, ReplicationFactor = 1 },
            new TopicSpecification { Name = "three", NumPartitions = 1, ReplicationFactor = 3 },
            new TopicSpecification { Name = "compressed", NumPartitions = 1, ReplicationFactor = 1, Configs = new() { ["compression.type"] = "zstd" } },
        ]));

        Assert.Equal([ErrorCode.TopicException, ErrorCode.InvalidReplicationFactor, ErrorCode.InvalidConfig], refused.Results.Select(r => r.Error.Code));
        Assert.Contains("allowed is producer", refused.Results[2].Error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_topics_settings_are_changed_one_by_one_and_described()
    {
        await admin.CreateTopicsAsync([new TopicSpecification { Name = "made", NumPartitions = 1, ReplicationFactor = 1, Configs = new() { ["retention.ms"] = "1000" } }]);
        var resource = new ConfigResource { Type = ResourceType.Topic, Name = "made" };

        await admin.IncrementalAlterConfigsAsync(new()
        {
            [resource] =
            [
                new ConfigEntry { Name = "retention.ms", IncrementalOperation = AlterConfigOpType.Delete },
                new ConfigEntry { Name = "cleanup.policy", Value = "compact", IncrementalOperation = AlterConfigOpType.Append },
            ],
        });

        var entries = (await admin.DescribeConfigsAsync([resource])).Single().Entries;
        Assert.Equal(("604800000", true), (entries["retention.ms"].Value, entries["retention.ms"].IsDefault));
        Assert.Equal(("delete,compact", false), (entries["cleanup.policy"].Value, entries["cleanup.policy"].IsDefault));
    }

    [Fact]
    public async Task The_brokers_settings_are_described_read_only()
    {
        var entries = (await admin.DescribeConfigsAsync([new ConfigResource { Type = ResourceType.Broker, Name = "1" }])).Single().Entries;

        Assert.Equal(("false", true), (entries["auto.create.topics.enable"].Value, entries["auto.create.topics.enable"].IsReadOnly));
    }

    [Fact]
    public async Task Records_are_deleted_up_to_an_offset()
    {
        await admin.CreateTopicsAsync([new TopicSpecification { Name = "made", NumPartitions = 1, ReplicationFactor = 1 }]);
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = broker.BootstrapServers }).Build();
        for (var i = 0; i < 5; i++)
        {
            await producer.ProduceAsync("made", new Message<Null, string> { Value = $"{i}" });
        }

        var deleted = await admin.DeleteRecordsAsync([new TopicPartitionOffset("made", 0, 3)]);

        Assert.Equal(3, deleted.Single().Offset.Value);
    }

    [Fact]
    public async Task The_cluster_is_one_broker_that_is_its_own_controller()
    {
        var cluster = await admin.DescribeClusterAsync();

        Assert.Equal((1, 1), (cluster.Controller.Id, Assert.Single(cluster.Nodes).Id));
        Assert.Equal(broker.BootstrapServers, $"{cluster.Nodes[0].Host}:{cluster.Nodes[0].Port}");
        Assert.Equal(22, cluster.ClusterId.Length);
    }

    private int PartitionsOf(string topic) => admin.GetMetadata(topic, Patience).Topics.Single().Partitions.Count;
}

using Confluent.Kafka;
using Confluent.Kafka.Admin;
using StreamDistill.Contracts;
using StreamDistill.Embedded.Broker;
using StreamDistill.Embedded.SchemaRegistry;
using StreamDistill.Embedded.SchemaRegistry.Storage;

namespace StreamDistill.Embedded.Tests.SchemaRegistry;

/// <summary>The registry on a broker, and what happens to it when either goes away.</summary>
public sealed class SchemasTopicTests : IAsyncLifetime
{
    private const string V1 = """{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}""";
    private const string V2 = """{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":"int","default":0}]}""";

    private readonly string directory = Directory.CreateTempSubdirectory("schemas-topic-").FullName;
    private EmbeddedBroker broker = null!;
    private int port;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private SchemaRegistryOptions Options => new() { BootstrapServers = $"127.0.0.1:{port}", WriteTimeout = TimeSpan.FromSeconds(3) };

    public async ValueTask InitializeAsync()
    {
        await StartBrokerAsync();
        port = int.Parse(broker.BootstrapServers.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        await broker.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Ids_versions_levels_modes_and_soft_deletions_survive_restarts_of_registry_and_broker()
    {
        await using (var registry = await RegistryClient.StartAsync(Options))
        {
            await registry.RegisterAsync("s", V1);
            await registry.RegisterAsync("s", V2);
            await registry.RegisterAsync("t", V2);
            await registry.OkAsync("PUT", "/config", """{"compatibility":"FULL"}""");
            await registry.OkAsync("PUT", "/config/s", """{"compatibility":"NONE"}""");
            await registry.OkAsync("PUT", "/mode/t", """{"mode":"READONLY"}""");
            await registry.OkAsync("DELETE", "/subjects/s/versions/1");
        }

        await broker.DisposeAsync();
        await StartBrokerAsync();

        await using var again = await RegistryClient.StartAsync(Options);
        Assert.Equal("[1,2]", (await again.OkAsync("GET", "/subjects/s/versions?deleted=true")).GetRawText());
        Assert.Equal("[2]", (await again.OkAsync("GET", "/subjects/s/versions")).GetRawText());
        Assert.Equal(V1, (await again.OkAsync("GET", "/schemas/ids/1")).GetProperty("schema").GetString());
        Assert.Equal(2, (await again.OkAsync("GET", "/subjects/t/versions/1")).GetProperty("id").GetInt32());
        Assert.Equal("""{"compatibilityLevel":"FULL"}""", (await again.OkAsync("GET", "/config")).GetRawText());
        Assert.Equal("""{"compatibilityLevel":"NONE"}""", (await again.OkAsync("GET", "/config/s")).GetRawText());
        Assert.Equal("""{"mode":"READONLY"}""", (await again.OkAsync("GET", "/mode/t")).GetRawText());
        Assert.Equal(3, await again.RegisterAsync("u", "\"int\""));
    }

    [Fact]
    public async Task Without_a_broker_nothing_is_half_changed_reads_go_on_and_it_recovers_with_the_broker()
    {
        await using var registry = await RegistryClient.StartAsync(Options);
        await registry.RegisterAsync("s", V1);
        await broker.DisposeAsync();

        var message = await registry.RefusedAsync(500, 50002, "POST", "/subjects/s/versions", RegistryClient.Body(V2));
        Assert.Contains("timed out", message, StringComparison.Ordinal);
        Assert.Equal("[1]", (await registry.OkAsync("GET", "/subjects/s/versions")).GetRawText());
        Assert.Equal(1, await registry.RegisterAsync("s", V1));
        message = await registry.RefusedAsync(500, 50001, "DELETE", "/subjects/s");
        Assert.Contains("Error in the backend data store", message, StringComparison.Ordinal);

        await StartBrokerAsync();
        Assert.Equal(2, await EventuallyRegisteredAsync(registry, "s", V2));
        Assert.Equal("[1,2]", (await registry.OkAsync("GET", "/subjects/s/versions")).GetRawText());
    }

    [Fact]
    public async Task It_waits_for_a_broker_that_is_not_up_yet()
    {
        await broker.DisposeAsync();
        var starting = RegistryClient.StartAsync(Options);
        await StartBrokerAsync();

        await using var registry = await starting;
        Assert.Equal(1, await registry.RegisterAsync("s", V1));
    }

    [Fact]
    public async Task Of_two_registries_on_a_topic_none_gives_an_id_that_the_other_gave()
    {
        await using var one = await RegistryClient.StartAsync(Options);
        await using var two = await RegistryClient.StartAsync(Options);

        Assert.Equal(1, await one.RegisterAsync("a", "\"int\""));
        Assert.Equal(2, await two.RegisterAsync("b", "\"long\""));
        Assert.Equal(3, await one.RegisterAsync("c", "\"string\""));
        Assert.Equal(2, await one.RegisterAsync("d", "\"long\""));
    }

    [Fact]
    public async Task Clients_that_register_the_same_at_the_same_time_get_one_id()
    {
        await using var registry = await RegistryClient.StartAsync(Options);

        var ids = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => registry.RegisterAsync("s" + (i % 3), i % 2 == 0 ? "\"int\"" : "{\"type\":\"int\"}")));

        Assert.All(ids, id => Assert.Equal(1, id));
    }

    [Fact]
    public async Task The_topic_is_made_with_one_partition_and_compacted()
    {
        await using var registry = await RegistryClient.StartAsync(Options);
        using var admin = Admin();

        Assert.Single(admin.GetMetadata("_schemas", TimeSpan.FromSeconds(10)).Topics[0].Partitions);
        var described = await admin.DescribeConfigsAsync([new ConfigResource { Type = ResourceType.Topic, Name = "_schemas" }]);
        Assert.Equal("compact", described[0].Entries["cleanup.policy"].Value);
    }

    [Fact]
    public async Task A_topic_that_would_drop_schemas_is_compacted_and_one_with_more_partitions_is_refused()
    {
        using var admin = Admin();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = "dropping", NumPartitions = 1 }, new TopicSpecification { Name = "wide", NumPartitions = 3 }]);

        await using (await RegistryClient.StartAsync(Options with { Topic = "dropping" }))
        {
            var described = await admin.DescribeConfigsAsync([new ConfigResource { Type = ResourceType.Topic, Name = "dropping" }]);
            Assert.Equal("compact", described[0].Entries["cleanup.policy"].Value);
        }

        var refused = await Assert.ThrowsAsync<StreamDistillException>(() => SchemaRegistryServer.StartAsync(Options with { Topic = "wide" }, Ct));
        Assert.Contains("has 3 partitions", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_unfinished_transaction_left_behind_is_not_read()
    {
        await using (var registry = await RegistryClient.StartAsync(Options))
        {
            await registry.RegisterAsync("s", V1);
        }

        using (var killed = new ProducerBuilder<byte[], byte[]?>(new ProducerConfig
        {
            BootstrapServers = Options.BootstrapServers,
            TransactionalId = "streamdistill-registry-_schemas",
        }).Build())
        {
            killed.InitTransactions(TimeSpan.FromSeconds(10));
            killed.BeginTransaction();
            var (key, value) = SchemasRecord.Of(new VersionPut(new SchemaVersion("t", 1, 2, new SchemaContent("\"int\"", []))));
            await killed.ProduceAsync(new TopicPartition("_schemas", 0), new Message<byte[], byte[]?> { Key = key, Value = value }, Ct);
        }

        await using var again = await RegistryClient.StartAsync(Options);
        Assert.Equal("[\"s\"]", (await again.OkAsync("GET", "/subjects")).GetRawText());
        Assert.Equal(2, await again.RegisterAsync("u", "\"long\""));
    }

    [Fact]
    public async Task A_record_that_is_none_of_the_registrys_stops_the_start_and_is_named()
    {
        using (var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = Options.BootstrapServers }).Build())
        {
            using var admin = Admin();
            await admin.CreateTopicsAsync([new TopicSpecification { Name = "foreign", NumPartitions = 1 }]);
            await producer.ProduceAsync(new TopicPartition("foreign", 0), new Message<string, string> { Key = "k", Value = "v" }, Ct);
        }

        var refused = await Assert.ThrowsAsync<StreamDistillException>(() => SchemaRegistryServer.StartAsync(Options with { Topic = "foreign" }, Ct));
        Assert.Contains("The record at offset 0 of the topic foreign cannot be read", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<int> EventuallyRegisteredAsync(RegistryClient registry, string subject, string schema)
    {
        for (var end = DateTime.UtcNow.AddSeconds(60); DateTime.UtcNow < end;)
        {
            var (status, body) = await registry.SendAsync("POST", $"/subjects/{subject}/versions", RegistryClient.Body(schema));
            if (status == 200)
            {
                return body.GetProperty("id").GetInt32();
            }
        }

        throw new TimeoutException("The registry did not recover within a minute.");
    }

    private IAdminClient Admin() => new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Options.BootstrapServers }).Build();

    private async Task StartBrokerAsync() => broker = await EmbeddedBroker.StartAsync(new BrokerOptions { DataDirectory = directory, Port = port }, Ct);
}

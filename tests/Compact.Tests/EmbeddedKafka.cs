using Microsoft.Extensions.Configuration;
using streamdistill;
using StreamDistill.Embedded.Broker;
using StreamDistill.Embedded.SchemaRegistry;
using StreamDistill.Pipeline;

namespace StreamDistill.Compact.Tests;

/// <summary>A broker and a schema registry for one test.</summary>
public abstract class EmbeddedKafka : IAsyncLifetime
{
    private EmbeddedBroker broker = null!;
    private SchemaRegistryServer registry = null!;

    private protected KafkaClients Clients { get; private set; } = null!;

    private protected KafkaCuratedLog Log => new(Clients, new RecordDeserializer<TrainingExample>(Clients));

    private protected string BootstrapServers => broker.BootstrapServers;

    private protected string RegistryUrl => registry.Url.ToString();

    public async ValueTask InitializeAsync()
    {
        broker = await EmbeddedBroker.StartAsync(new BrokerOptions(), CancellationToken.None);
        registry = await SchemaRegistryServer.StartAsync(new() { InMemory = true }, CancellationToken.None);
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create("Kafka:bootstrap.servers", (string?)BootstrapServers)])
            .Build();
        Clients = new KafkaClients(configuration, new Pipeline.SchemaRegistryOptions { Url = RegistryUrl });
    }

    public async ValueTask DisposeAsync()
    {
        Clients.Dispose();
        await registry.DisposeAsync();
        await broker.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

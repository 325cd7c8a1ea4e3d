using Microsoft.Extensions.Configuration;
using StreamDistill.Embedded.Broker;
using StreamDistill.Embedded.SchemaRegistry;
using StreamDistill.Pipeline;

namespace StreamDistill.Benchmarks;

/// <summary>The embedded broker and registry in a process of their own, so that their work is not counted as the clients'.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private readonly Child child;

    private Cluster(Child child, string bootstrapServers, string registryUrl)
    {
        this.child = child;
        BootstrapServers = bootstrapServers;
        RegistryUrl = registryUrl;
        Configuration = new ConfigurationBuilder().AddInMemoryCollection(Settings).Build();
        Clients = new KafkaClients(Configuration, new Pipeline.SchemaRegistryOptions { Url = registryUrl });
    }

    public string BootstrapServers { get; }

    public string RegistryUrl { get; }

    /// <summary>The process of both.</summary>
    public int ProcessId => child.Id;

    /// <summary>What a service in this process needs to know.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Settings => [new("Kafka:bootstrap.servers", BootstrapServers), new("SchemaRegistry:Url", RegistryUrl)];

    /// <summary>What a service in another process needs to know.</summary>
    public Dictionary<string, string> Environment => new() { ["KAFKA_BOOTSTRAP_SERVERS"] = BootstrapServers, ["SCHEMA_REGISTRY_URL"] = RegistryUrl };

    public IConfiguration Configuration { get; }

    public KafkaClients Clients { get; }

    public static async Task<Cluster> StartAsync()
    {
        var child = Child.StartSelf(["cluster"]);
        var addresses = (await child.ReadAsync()).Split(' ');
        return new Cluster(child, addresses[0], addresses[1]);
    }

    /// <summary>The child's side: serves until its standard input ends.</summary>
    public static async Task<int> ServeAsync()
    {
        await using var broker = await EmbeddedBroker.StartAsync(new BrokerOptions(), CancellationToken.None);
        await using var registry = await SchemaRegistryServer.StartAsync(new Embedded.SchemaRegistry.SchemaRegistryOptions { InMemory = true }, CancellationToken.None);
        Console.WriteLine($"{broker.BootstrapServers} {registry.Url}");
        await Console.In.ReadToEndAsync();
        return 0;
    }

    public ValueTask DisposeAsync()
    {
        Clients.Dispose();
        return child.DisposeAsync();
    }
}

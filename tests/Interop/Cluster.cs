using StreamDistill.Embedded.Broker;
using StreamDistill.Embedded.SchemaRegistry;

[assembly: AssemblyFixture(typeof(StreamDistill.Interop.Cluster))]

namespace StreamDistill.Interop;

/// <summary>The embedded broker and registry.</summary>
public sealed class Cluster : IAsyncLifetime
{
    private EmbeddedBroker broker = null!;
    private SchemaRegistryServer registry = null!;

    /// <summary>Our client of it.</summary>
    public OurClient Ours { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        broker = await EmbeddedBroker.StartAsync(new BrokerOptions(), CancellationToken.None);
        registry = await SchemaRegistryServer.StartAsync(new SchemaRegistryOptions { InMemory = true }, CancellationToken.None);
        Ours = new OurClient(broker.BootstrapServers, registry.Url.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        Ours.Dispose();
        await registry.DisposeAsync();
        await broker.DisposeAsync();
    }

    /// <summary>A topic of the test's own; the broker creates it on first use.</summary>
    public static string NewTopic(string name) => $"{name}-{Guid.NewGuid():N}";
}

using System.Collections.Concurrent;
using System.Text;
using StreamDistill.Embedded.Broker;
using StreamDistill.Embedded.SchemaRegistry;

namespace StreamDistill.Interop.Conformance;

/// <summary>The broker and the registry that the clients are tried on, and what came of it: a table in artifacts/conformance.txt.</summary>
public sealed class Stand : IAsyncLifetime
{
    private readonly string directory = Directory.CreateTempSubdirectory("conformance-").FullName;
    private readonly ConcurrentDictionary<(string Client, string Feature), string> results = [];
    private EmbeddedBroker broker = null!;
    private SchemaRegistryServer registry = null!;

    /// <summary>Where Kafka's clients go.</summary>
    public string Bootstrap => broker.BootstrapServers;

    /// <summary>Where the registry's clients go.</summary>
    public string RegistryUrl => registry.Url.ToString();

    public async ValueTask InitializeAsync()
    {
        broker = await EmbeddedBroker.StartAsync(new BrokerOptions { DataDirectory = directory }, CancellationToken.None);
        registry = await SchemaRegistryServer.StartAsync(new SchemaRegistryOptions { BootstrapServers = Bootstrap }, CancellationToken.None);
    }

    /// <summary>Stops the broker and starts it again on the same port and data.</summary>
    public async Task RestartBrokerAsync()
    {
        var port = int.Parse(Bootstrap.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
        await broker.DisposeAsync();
        broker = await EmbeddedBroker.StartAsync(new BrokerOptions { DataDirectory = directory, Port = port }, CancellationToken.None);
    }

    /// <summary>Notes how a cell ended: pass, FAIL or, where a client is not installed, skip.</summary>
    public void Note(string client, string feature, string result) => results[(client, feature)] = result;

    public async ValueTask DisposeAsync()
    {
        await registry.DisposeAsync();
        await broker.DisposeAsync();
        Directory.Delete(directory, recursive: true);
        await File.WriteAllTextAsync(Path.Combine(AppContext.BaseDirectory, "conformance.txt"), Table());
    }

    private string Table()
    {
        var table = new StringBuilder();
        Write(table, "feature", Features.Clients, Features.OfKafka);
        table.AppendLine();
        Write(table, "schema registry", [Features.Registry], Features.OfRegistry);
        return table.ToString();
    }

    private void Write(StringBuilder table, string title, string[] clients, (string Id, string Text, string[] Clients)[] features)
    {
        var width = features.Max(feature => feature.Text.Length);
        table.Append(title.PadRight(width));
        table.AppendLine(string.Concat(clients.Select(client => "  " + client)));
        foreach (var feature in features)
        {
            table.Append(feature.Text.PadRight(width));
            foreach (var client in clients)
            {
                var cell = feature.Clients.Contains(client) ? results.GetValueOrDefault((client, feature.Id), "not run") : "-";
                table.Append("  ").Append(cell.PadRight(client.Length));
            }

            table.AppendLine();
        }
    }
}

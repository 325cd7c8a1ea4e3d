using System.Globalization;
using System.Net.Sockets;
using StreamDistill.Contracts;
using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker;

/// <summary>
/// A single-node Kafka broker inside this process, for one machine without a Kafka of its own. It keeps its log on disk, knows
/// idempotent producers, transactions and classic consumer groups, and has the pipeline's topics from the start.
/// It has no replicas and no other nodes, no quotas, no access lists, no tiered storage and no consumer groups of KIP-848.
/// </summary>
public sealed class EmbeddedBroker : IAsyncDisposable
{
    private readonly BrokerServer server;
    private readonly string? temporaryDirectory;

    private EmbeddedBroker(BrokerServer server, string? temporaryDirectory)
    {
        this.server = server;
        this.temporaryDirectory = temporaryDirectory;
    }

    /// <summary>The address for Kafka clients, host:port.</summary>
    public string BootstrapServers => server.Endpoint.ToString();

    /// <summary>Returns the broker once it accepts connections.</summary>
    /// <exception cref="StreamDistillException">An option is not allowed, the port is taken, the directory is in use by another broker, or what is in it is damaged.</exception>
    public static async Task<EmbeddedBroker> StartAsync(BrokerOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        cancellationToken.ThrowIfCancellationRequested();
        var temporaryDirectory = options.DataDirectory is null ? Directory.CreateTempSubdirectory("streamdistill-broker-").FullName : null;
        try
        {
            var directory = options.DataDirectory ?? temporaryDirectory!;
            return new EmbeddedBroker(await BrokerServer.StartAsync(options, directory, DiskFileSystem.Instance, MakeTopics, TimeProvider.System).ConfigureAwait(false), temporaryDirectory);
        }
        catch (SocketException e)
        {
            Remove(temporaryDirectory);
            throw new StreamDistillException(string.Create(CultureInfo.InvariantCulture, $"The broker cannot listen on {options.Host}:{options.Port}: {e.Message}. Choose another port, or 0 for a free one."), isTransient: false, e);
        }
        catch
        {
            Remove(temporaryDirectory);
            throw;
        }
    }

    /// <summary>Finishes the requests in progress, flushes and closes; removes the log where it was temporary.</summary>
    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync().ConfigureAwait(false);
        Remove(temporaryDirectory);
    }

    /// <summary>A consumer that subscribes before anyone has written would otherwise find no topic.</summary>
    private static void MakeTopics(TopicCatalog catalog)
    {
        foreach (var topic in Topics.All)
        {
            if (catalog.Create(topic.Name, topic.Partitions, topic.Settings) is { Error: not (ErrorCode.None or ErrorCode.TopicAlreadyExists) } problem)
            {
                throw new StreamDistillException($"The broker cannot make the topic {topic.Name}: {problem.Message ?? problem.Error.ToString()}");
            }
        }
    }

    private static void Remove(string? directory)
    {
        if (directory is not null)
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}

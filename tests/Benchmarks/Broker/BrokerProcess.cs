using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Confluent.Kafka;
using StreamDistill.Embedded.Broker;

namespace StreamDistill.Benchmarks;

/// <summary>
/// A broker in a process of its own: the embedded one, or librdkafka's mock cluster, which has the same client and the same
/// machine to itself in turn.
/// </summary>
internal sealed class BrokerProcess : IAsyncDisposable
{
    private readonly Child child;
    private readonly bool isMock;

    private BrokerProcess(Child child, string bootstrapServers, bool isMock = false)
    {
        this.child = child;
        this.isMock = isMock;
        BootstrapServers = bootstrapServers;
    }

    public string BootstrapServers { get; }

    public int ProcessId => child.Id;

    /// <summary>Starts the embedded broker over a directory.</summary>
    public static async Task<BrokerProcess> StartAsync(string directory, int port = 0, bool fsyncAlways = false)
    {
        var child = Child.StartSelf(["broker", directory, port.ToString(CultureInfo.InvariantCulture), fsyncAlways ? "always" : "interval"]);
        return new BrokerProcess(child, await child.ReadAsync());
    }

    /// <summary>Starts the embedded broker without waiting for it.</summary>
    public static BrokerProcess Launch(string directory, int port) =>
        new(Child.StartSelf(["broker", directory, port.ToString(CultureInfo.InvariantCulture), "interval"]), $"127.0.0.1:{port}");

    /// <summary>Starts librdkafka's mock cluster of one broker.</summary>
    public static async Task<BrokerProcess> StartMockAsync()
    {
        var child = Child.StartSelf(["mock"]);
        return new BrokerProcess(child, await child.ReadAsync(), isMock: true);
    }

    /// <summary>The embedded broker's side: serves until its standard input ends.</summary>
    public static async Task<int> ServeAsync(string directory, string port, string fsync)
    {
        var options = new BrokerOptions { DataDirectory = directory, Port = int.Parse(port, CultureInfo.InvariantCulture), FsyncAlways = fsync == "always" };
        await using var broker = await EmbeddedBroker.StartAsync(options, CancellationToken.None);
        Console.WriteLine(broker.BootstrapServers);
        await Console.In.ReadToEndAsync();
        return 0;
    }

    /// <summary>The mock cluster's side.</summary>
    public static async Task<int> ServeMockAsync()
    {
        var config = new ProducerConfig();
        config.Set("test.mock.num.brokers", "1");
        using var mock = new ProducerBuilder<Null, Null>(config).SetLogHandler((_, _) => { }).Build();
        using var admin = new DependentAdminClientBuilder(mock.Handle).Build();
        var broker = admin.GetMetadata(TimeSpan.FromSeconds(10)).Brokers.Single();
        Console.WriteLine($"{broker.Host}:{broker.Port}");
        await Console.In.ReadToEndAsync();
        return 0;
    }

    /// <summary>A port that is free now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Makes a topic of four partitions, which is what the mock cluster gives every topic.</summary>
    public async Task CreateTopicAsync(string topic)
    {
        using var admin = new AdminClientBuilder(Clients.Common(this)).Build();
        if (isMock)
        {
            // It knows no CreateTopics; asking about a topic creates it.
            admin.GetMetadata(topic, TimeSpan.FromSeconds(10));
            return;
        }

        await admin.CreateTopicsAsync([new() { Name = topic, NumPartitions = Clients.Partitions, ReplicationFactor = 1 }]);
    }

    public async Task DeleteTopicAsync(string topic)
    {
        using var admin = new AdminClientBuilder(Clients.Common(this)).Build();
        await admin.DeleteTopicsAsync([topic]);
    }

    /// <summary>The process's resident memory now and at its highest, in bytes.</summary>
    public (long Resident, long Peak) Memory()
    {
        using var process = Process.GetProcessById(ProcessId);
        return (process.WorkingSet64, process.PeakWorkingSet64);
    }

    /// <summary>Ends the process as kill -9 does.</summary>
    public ValueTask KillAsync() => child.KillAsync();

    public ValueTask DisposeAsync() => child.DisposeAsync();
}

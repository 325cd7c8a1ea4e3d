using StreamDistill.Cli.Kafka;
using StreamDistill.Contracts;

namespace StreamDistill.Cli.Supervision;

/// <summary>What of a system is to be started, and how.</summary>
internal sealed record SystemPlan
{
    /// <summary>The services in the order of the flow, which is also the order in which they are stopped.</summary>
    public static readonly IReadOnlyList<string> ServiceNames = ["ingest", "teach", "verify", "compact"];

    /// <summary>Where logs and state file go.</summary>
    public required string Directory { get; init; }

    /// <summary>The broker's port; 0 takes a free one.</summary>
    public int BrokerPort { get; init; }

    /// <summary>The registry's port; 0 takes a free one.</summary>
    public int RegistryPort { get; init; }

    /// <summary>Ingest's port; 0 takes a free one.</summary>
    public int IngestPort { get; init; }

    /// <summary>A Kafka and a registry that run already; null starts the embedded ones.</summary>
    public (string BootstrapServers, string SchemaRegistryUrl)? External { get; init; }

    /// <summary>Settings (--Section:Key=value) by service name.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Settings { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>How a service that dies is started again.</summary>
    public RestartPolicy Restarts { get; init; } = RestartPolicy.Persistent;
}

/// <summary>Broker, registry and services as children of this process.</summary>
internal sealed class LocalSystem : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ReadyPatience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);

    private readonly SystemPlan plan;
    private readonly Action<string> announce;
    private readonly TimeProvider time;
    private readonly List<(string Name, ChildProcess Process, ChildLog Log)> servers = [];
    private readonly List<Service> services = [];
    private readonly TaskCompletionSource broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Endpoints? endpoints;
    private bool isStopping;

    private LocalSystem(SystemPlan plan, Action<string> announce, TimeProvider time) => (this.plan, this.announce, this.time) = (plan, announce, time);

    /// <summary>Where everything listens.</summary>
    public Endpoints Endpoints => endpoints ?? throw new InvalidOperationException("The system has not started.");

    /// <summary>Fails when the system cannot go on: the broker or the registry died, or a service was given up.</summary>
    public Task Broken => broken.Task;

    /// <summary>Process id by name, for whoever shows what is up.</summary>
    public IEnumerable<(string Name, int ProcessId)> Processes =>
        servers.Select(server => (server.Name, server.Process.Id)).Concat(services.Select(service => (service.Name, service.ProcessId)));

    /// <summary>Where a part's log is.</summary>
    public static string LogPath(string directory, string name) => Path.Combine(directory, "logs", name + ".log");

    /// <summary>Returns when everything is ready.</summary>
    /// <param name="plan">What to start.</param>
    /// <param name="announce">Gets a line for a person whenever something happens that they should know.</param>
    /// <param name="time">For delays and patience.</param>
    /// <param name="cancellationToken">Stops everything that was started so far.</param>
    /// <exception cref="StreamDistillException">A part did not start; nothing is left running.</exception>
    public static async Task<LocalSystem> StartAsync(SystemPlan plan, Action<string> announce, TimeProvider time, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.Combine(plan.Directory, "logs"));
        var system = new LocalSystem(plan, announce, time);
        try
        {
            var (bootstrap, registry) = plan.External ?? await system.StartServersAsync(cancellationToken);
            await TopicSetup.ApplyAsync(bootstrap, registry, announce: null, cancellationToken);
            await system.StartServicesAsync(bootstrap, registry, cancellationToken);
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops everything, each part after those that send to it.</summary>
    public async Task StopAsync()
    {
        isStopping = true;
        foreach (var service in services)
        {
            await service.StopAsync();
        }

        foreach (var (name, process, log) in Enumerable.Reverse(servers))
        {
            log.Quiet();
            if (!await process.StopAsync(StopPatience))
            {
                announce($"{name} did not stop within {StopPatience.TotalSeconds:0} s and was killed.");
            }
        }
    }

    /// <summary>Stops what is still running.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        foreach (var service in services)
        {
            await service.DisposeAsync();
        }

        foreach (var (_, process, log) in servers)
        {
            await process.DisposeAsync();
            log.Dispose();
        }
    }

    private async Task<(string BootstrapServers, string SchemaRegistryUrl)> StartServersAsync(CancellationToken cancellationToken)
    {
        var broker = StartServer("broker", plan.BrokerPort);
        var registry = StartServer("registry", plan.RegistryPort, "--in-memory");
        return (await AddressAsync(broker, cancellationToken), await AddressAsync(registry, cancellationToken));
    }

    private (ChildProcess Process, ChildLog Log) StartServer(string name, int port, params string[] more)
    {
        var program = ChildProgram.Of(name, "streamdistill", [name, "--port", port.ToString(System.Globalization.CultureInfo.InvariantCulture), .. more], new Dictionary<string, string>());
        var log = NewLog(name);
        var process = ChildProcess.Start(program, log);
        servers.Add((name, process, log));
        _ = WatchAsync(name, process, log);
        return (process, log);
    }

    /// <summary>The broker's records and the registry's ids are in their memory: without them the system cannot go on.</summary>
    private async Task WatchAsync(string name, ChildProcess process, ChildLog log)
    {
        var exitCode = await process.Exited;
        if (!isStopping)
        {
            // Every service would now complain at length about the same thing.
            services.ForEach(service => service.Quiet());
            broken.TrySetException(new StreamDistillException($"The {name} ended with exit code {exitCode}, and what it kept is lost. Its last lines:{Environment.NewLine}{log.Last}{Environment.NewLine}Its log: {log.FilePath}"));
        }
    }

    /// <summary>A server's first line ends with its address.</summary>
    private async Task<string> AddressAsync((ChildProcess Process, ChildLog Log) server, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAny(server.Log.FirstLine, server.Process.Exited).WaitAsync(StartPatience, time, cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new StreamDistillException($"It is not up after {StartPatience.TotalSeconds:0} s. Its log: {server.Log.FilePath}", isTransient: false, e);
        }

        return server.Log.FirstLine.IsCompleted
            ? (await server.Log.FirstLine).Split(' ')[^1]
            : throw new StreamDistillException($"The system did not start. {server.Log.Last}");
    }

    private async Task StartServicesAsync(string bootstrap, string registry, CancellationToken cancellationToken)
    {
        var environment = new Dictionary<string, string> { ["KAFKA_BOOTSTRAP_SERVERS"] = bootstrap, ["SCHEMA_REGISTRY_URL"] = registry };
        var urls = new Dictionary<string, Uri>();
        foreach (var name in SystemPlan.ServiceNames)
        {
            var port = name == "ingest" && plan.IngestPort > 0 ? plan.IngestPort : Service.FreePort();
            urls[name] = new Uri($"http://127.0.0.1:{port}");
            var assembly = $"StreamDistill.{char.ToUpperInvariant(name[0])}{name[1..]}";
            var program = ChildProgram.Of(name, assembly, ["--urls", urls[name].GetLeftPart(UriPartial.Authority), .. Lasting(), .. plan.Settings.GetValueOrDefault(name, [])], environment);
            var service = new Service(program, NewLog(name), plan.Restarts, announce, time);
            services.Add(service);
            _ = service.GivenUp.ContinueWith(
                given => broken.TrySetException(given.Exception!.InnerExceptions), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }

        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var ready = Task.WhenAll(services.Select(service => service.ReadyAsync(http, urls[service.Name], ReadyPatience, cancellationToken)));
        await await Task.WhenAny(ready, broken.Task);
        endpoints = new Endpoints(bootstrap, registry, urls, Environment.ProcessId);
    }

    /// <summary>
    /// Settings that let a restarted service go on at once: its name lasts, so that it ends its predecessor's transaction,
    /// and the embedded broker, which lets a group wait for a session when a member is gone, has a short one.
    /// </summary>
    private IEnumerable<string> Lasting()
    {
        yield return "--Pipeline:InstanceId=" + Environment.MachineName;
        if (plan.External is null)
        {
            yield return "--Kafka:Consumer:session.timeout.ms=10000";
        }
    }

    private ChildLog NewLog(string name) => new(name, LogPath(plan.Directory, name), announce);
}

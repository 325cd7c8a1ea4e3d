using StreamDistill.Cli.Commands;
using StreamDistill.Cli.Exporting;
using StreamDistill.Cli.Kafka;
using StreamDistill.Contracts;
using static System.FormattableString;

namespace StreamDistill.Cli.Supervision;

/// <summary>What of a system is to be started, and how.</summary>
internal sealed record SystemPlan
{
    /// <summary>The name of the service that a local teacher is.</summary>
    public const string Teacher = "teacher";

    /// <summary>The model that a local teacher answers as.</summary>
    public const string TeacherModel = "teacher";

    /// <summary>The services in the order of the flow, which is also the order in which they are stopped.</summary>
    public IReadOnlyList<string> ServiceNames =>
        [.. TeacherDirectory is null ? Array.Empty<string>() : [Teacher], "ingest", "teach", "verify", "compact", .. Student is null ? Array.Empty<string>() : ["train", "serve"]];

    /// <summary>Where the broker's log, the parts' logs and the state file go.</summary>
    public required string Directory { get; init; }

    /// <summary>When the broker flushes to the disk: interval or always.</summary>
    public string Fsync { get; init; } = BrokerCommand.DefaultFsync;

    /// <summary>The broker's port; 0 takes a free one.</summary>
    public int BrokerPort { get; init; }

    /// <summary>The registry's port; 0 takes a free one.</summary>
    public int RegistryPort { get; init; }

    /// <summary>Ingest's port; 0 takes a free one.</summary>
    public int IngestPort { get; init; }

    /// <summary>The port of the student's OpenAI-compatible endpoint; 0 takes a free one.</summary>
    public int ServePort { get; init; }

    /// <summary>A Kafka and a registry that run already; null starts the embedded ones.</summary>
    public (string BootstrapServers, string SchemaRegistryUrl)? External { get; init; }

    /// <summary>A model's directory that is served as the teacher; null where the teacher is set up otherwise.</summary>
    public string? TeacherDirectory { get; init; }

    /// <summary>The student to train and to serve; null for neither.</summary>
    public StudentPlan? Student { get; init; }

    /// <summary>Settings (--Section:Key=value) that all services get; each reads its own section.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>How a service that dies is started again.</summary>
    public RestartPolicy Restarts { get; init; } = RestartPolicy.Persistent;
}

/// <summary>A student of a local system.</summary>
/// <param name="Name">What it is called on <c>checkpoints</c> and by Serve.</param>
/// <param name="BaseDirectory">The model that it begins with.</param>
/// <param name="CheckpointsDirectory">Where its checkpoints go, in a directory of its name.</param>
internal sealed record StudentPlan(string Name, string BaseDirectory, string CheckpointsDirectory)
{
    /// <summary>The name of a student whose name nobody chose.</summary>
    public const string DefaultName = "student";

    /// <summary>A student of that name, whose checkpoints are below a directory.</summary>
    public static StudentPlan Of(string baseDirectory, string directory) =>
        new(DefaultName, Path.GetFullPath(baseDirectory), Path.GetFullPath(OutputDirectory.CheckpointsIn(directory)));
}

/// <summary>
/// Broker, registry and services as children of this process. Each of them is started again when it dies, at the same address,
/// and goes on with what the broker's log holds.
/// </summary>
internal sealed class LocalSystem : IAsyncDisposable
{
    /// <summary>A client's longest wait between attempts to reach a broker that is being started again, in milliseconds.</summary>
    private static readonly KeyValuePair<string, string> ReconnectBackoff = KeyValuePair.Create("reconnect.backoff.max.ms", "500");

    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ReadyPatience = TimeSpan.FromSeconds(120);

    private readonly SystemPlan plan;
    private readonly Action<string> announce;
    private readonly TimeProvider time;
    private readonly List<Service> servers = [];
    private readonly List<Service> services = [];
    private readonly TaskCompletionSource broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Endpoints? endpoints;

    private LocalSystem(SystemPlan plan, Action<string> announce, TimeProvider time) => (this.plan, this.announce, this.time) = (plan, announce, time);

    /// <summary>Where everything listens.</summary>
    public Endpoints Endpoints => endpoints ?? throw new InvalidOperationException("The system has not started.");

    /// <summary>Fails when the system cannot go on: a part was given up.</summary>
    public Task Broken => broken.Task;

    /// <summary>Process id by name, for whoever shows what is up.</summary>
    public IEnumerable<(string Name, int ProcessId)> Processes =>
        servers.Concat(services).Select(part => (part.Name, part.ProcessId));

    /// <summary>Where the broker keeps its log.</summary>
    public static string BrokerDirectory(string directory) => Path.Combine(directory, "broker");

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
        foreach (var part in services.Concat(Enumerable.Reverse(servers)))
        {
            await part.StopAsync();
        }
    }

    /// <summary>Stops what is still running.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        foreach (var part in services.Concat(servers))
        {
            await part.DisposeAsync();
        }
    }

    private async Task<(string BootstrapServers, string SchemaRegistryUrl)> StartServersAsync(CancellationToken cancellationToken)
    {
        var brokerPort = plan.BrokerPort > 0 ? plan.BrokerPort : Service.FreePort();
        var registryPort = plan.RegistryPort > 0 ? plan.RegistryPort : Service.FreePort();
        var bootstrap = Invariant($"127.0.0.1:{brokerPort}");
        await StartServerAsync("broker", ["--port", Invariant($"{brokerPort}"), "--data", BrokerDirectory(plan.Directory), "--fsync", plan.Fsync], cancellationToken);
        await StartServerAsync("registry", ["--port", Invariant($"{registryPort}"), "--bootstrap-servers", bootstrap], cancellationToken);
        return (bootstrap, Invariant($"http://127.0.0.1:{registryPort}"));
    }

    private async Task StartServerAsync(string name, string[] arguments, CancellationToken cancellationToken)
    {
        var environment = new Dictionary<string, string> { ["Kafka__" + ReconnectBackoff.Key] = ReconnectBackoff.Value };
        var server = new Service(ChildProgram.Of(name, "streamdistill", [name, .. arguments], environment), NewLog(name), plan.Restarts, announce, time, isServer: true);
        Keep(server, servers);
        await server.ListeningAsync(StartPatience, cancellationToken);
    }

    private void Keep(Service part, List<Service> parts)
    {
        parts.Add(part);
        _ = part.GivenUp.ContinueWith(
            given =>
            {
                // Every other part may now complain at length about the same thing.
                services.ForEach(service => service.Quiet());
                broken.TrySetException(given.Exception!.InnerExceptions);
            },
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted,
            TaskScheduler.Default);
    }

    private async Task StartServicesAsync(string bootstrap, string registry, CancellationToken cancellationToken)
    {
        var environment = new Dictionary<string, string> { ["KAFKA_BOOTSTRAP_SERVERS"] = bootstrap, ["SCHEMA_REGISTRY_URL"] = registry };
        var urls = new Dictionary<string, Uri>();
        foreach (var name in plan.ServiceNames)
        {
            var port = name switch
            {
                "ingest" when plan.IngestPort > 0 => plan.IngestPort,
                "serve" when plan.ServePort > 0 => plan.ServePort,
                _ => Service.FreePort(),
            };
            urls[name] = new Uri($"http://127.0.0.1:{port}");
            var program = ChildProgram.Of(
                name, AssemblyOf(name), ["--urls", urls[name].GetLeftPart(UriPartial.Authority), .. Lasting(), .. OwnSettings(name, urls), .. plan.Settings], environment);
            Keep(new Service(program, NewLog(name), plan.Restarts, announce, time), services);
        }

        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var ready = Task.WhenAll(services.Select(service => service.ReadyAsync(http, urls[service.Name], ReadyPatience, cancellationToken, ProbeOf(service.Name))));
        await await Task.WhenAny(ready, broken.Task);
        endpoints = new Endpoints(bootstrap, registry, urls, Environment.ProcessId);
    }

    /// <summary>Serve is ready once a checkpoint is promoted, which can take its time.</summary>
    private static string ProbeOf(string name) => name == "serve" ? "/health/live" : "/health/ready";

    /// <summary>A local teacher is served by the same program as a student.</summary>
    private static string AssemblyOf(string name) =>
        name == SystemPlan.Teacher ? "StreamDistill.Serve" : $"StreamDistill.{char.ToUpperInvariant(name[0])}{name[1..]}";

    private IEnumerable<string> OwnSettings(string name, Dictionary<string, Uri> urls) => (name, plan.Student) switch
    {
        (SystemPlan.Teacher, _) => [$"--Serve:Directory={plan.TeacherDirectory}", $"--Serve:ModelName={SystemPlan.TeacherModel}"],
        ("teach", _) when plan.TeacherDirectory is not null => [$"--Teach:Teacher={new Uri(urls[SystemPlan.Teacher], "v1")}", $"--Teach:Model={SystemPlan.TeacherModel}"],
        ("train", { } student) => [$"--Train:Student={student.Name}", $"--Train:BaseModel={student.BaseDirectory}", $"--Train:Output={student.CheckpointsDirectory}"],
        ("serve", { } student) => [$"--Serve:Student={student.Name}"],
        _ => [],
    };

    /// <summary>
    /// Settings that let a restarted service go on at once. Its name lasts, so that it ends its predecessor's transaction; on the
    /// embedded broker it is also a static member of its group (group.instance.id), so that it takes its predecessor's place
    /// and partitions without the group waiting for a session to end. That is safe because a service is started again only
    /// after its predecessor has ended; were one to live on all the same, the broker fences it. A stage that is added by hand
    /// has no such name, and takes over what a frozen one held after the session timeout.
    /// </summary>
    private IEnumerable<string> Lasting()
    {
        yield return "--Pipeline:InstanceId=" + Environment.MachineName;
        if (plan.External is null)
        {
            yield return "--Kafka:Consumer:group.instance.id=" + Environment.MachineName;
            yield return "--Kafka:Consumer:session.timeout.ms=10000";
            yield return $"--Kafka:{ReconnectBackoff.Key}={ReconnectBackoff.Value}";
        }
    }

    private ChildLog NewLog(string name) => new(name, LogPath(plan.Directory, name), announce);
}

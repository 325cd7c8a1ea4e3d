using System.Net.Sockets;
using StreamDistill.Cli.Supervision;

namespace StreamDistill.EndToEnd.Crashing;

/// <summary>'streamdistill up' as a process of its own, and its parts.</summary>
internal sealed class RunningSystem : IDisposable
{
    /// <summary>Every part, each of which is a process.</summary>
    public static readonly IReadOnlyList<string> PartNames = ["ingest", "teach", "verify", "compact", "broker", "registry"];

    private static readonly TimeSpan ReadyPatience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);

    private readonly StreamDistillProcess up;
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(2) };

    private RunningSystem(StreamDistillProcess up, Endpoints endpoints) => (this.up, Endpoints) = (up, endpoints);

    /// <summary>Where it listens; the same after restarts of its parts.</summary>
    public Endpoints Endpoints { get; }

    /// <summary>What the supervisor said.</summary>
    public string Output => up.Output;

    /// <summary>The parts that run now.</summary>
    public IReadOnlyList<Part> Parts => ChildProcesses.Of(up.Id);

    /// <summary>Returns when everything is up.</summary>
    /// <param name="data">Its data directory.</param>
    /// <param name="arguments">Of the command, 'up' included.</param>
    public static async Task<RunningSystem> StartAsync(string data, params string[] arguments)
    {
        var up = StreamDistillProcess.Start(arguments);
        try
        {
            await up.SaysAsync("Everything is up");
            return new RunningSystem(up, Endpoints.Find(data));
        }
        catch
        {
            up.Dispose();
            throw;
        }
    }

    /// <summary>The process of a part.</summary>
    public async Task<Part> PartAsync(string name)
    {
        for (var deadline = DateTime.UtcNow + ReadyPatience; DateTime.UtcNow < deadline; await Task.Delay(LookAgain))
        {
            if (Parts.FirstOrDefault(part => part.Name == name) is { Id: > 0 } found)
            {
                return found;
            }
        }

        throw new TimeoutException($"{name} was not started again within {ReadyPatience.TotalSeconds:0} s.");
    }

    /// <summary>Returns when every part runs and answers, with the name of the one that was the last to; empty where nothing was awaited.</summary>
    /// <exception cref="TimeoutException">One of them does not recover.</exception>
    public async Task<string> ReadyAsync(CancellationToken cancellationToken)
    {
        var (missing, last) = ("", "");
        for (var deadline = DateTime.UtcNow + ReadyPatience; DateTime.UtcNow < deadline; await Task.Delay(LookAgain, cancellationToken))
        {
            Assert.False(up.HasExited, $"The supervisor ended:\n{up.Output}");
            var running = Parts.Select(part => part.Name).ToHashSet(StringComparer.Ordinal);
            missing = string.Join(", ", PartNames.Where(name => !running.Contains(name)));
            if (missing.Length == 0 && (missing = await NotReadyAsync(cancellationToken)).Length == 0)
            {
                return last;
            }

            last = missing;
        }

        throw new TimeoutException($"Left alone for {ReadyPatience.TotalSeconds:0} s, the system is not up again: {missing}");
    }

    /// <summary>Asks it to stop, and waits until it has.</summary>
    public async Task<int> StopAsync()
    {
        up.Signal("TERM");
        return await up.ExitAsync();
    }

    public void Dispose()
    {
        up.Dispose();
        http.Dispose();
    }

    private async Task<string> NotReadyAsync(CancellationToken cancellationToken)
    {
        foreach (var (name, url) in Endpoints.Services)
        {
            if (!await AnswersAsync(new Uri(url, "/health/ready"), cancellationToken))
            {
                return name;
            }
        }

        return !await AnswersAsync(new Uri(new Uri(Endpoints.SchemaRegistryUrl), "/subjects"), cancellationToken) ? "registry"
            : !await ListensAsync(cancellationToken) ? "broker" : "";
    }

    private async Task<bool> AnswersAsync(Uri url, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync(url, cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    private async Task<bool> ListensAsync(CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            var address = Endpoints.BootstrapServers.Split(':');
            await client.ConnectAsync(address[0], int.Parse(address[1], System.Globalization.CultureInfo.InvariantCulture), cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

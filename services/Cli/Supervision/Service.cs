using System.Net;
using System.Net.Sockets;
using StreamDistill.Contracts;
using StreamDistill.Pipeline;

namespace StreamDistill.Cli.Supervision;

/// <summary>How a service that dies is started again.</summary>
/// <param name="FirstDelay">Before the first restart; doubles with each one after that.</param>
/// <param name="LongestDelay">The delay never grows beyond it.</param>
/// <param name="RestartsMax">Restarts without peace before the service is given up.</param>
/// <param name="Peace">A run longer than this starts the count anew.</param>
internal sealed record RestartPolicy(TimeSpan FirstDelay, TimeSpan LongestDelay, int RestartsMax, TimeSpan Peace)
{
    /// <summary>For a system that is to stay up.</summary>
    public static RestartPolicy Persistent { get; } = new(TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(30), int.MaxValue, TimeSpan.FromSeconds(10));

    /// <summary>For a job that is to end.</summary>
    public static RestartPolicy Limited { get; } = new(TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(8), 6, TimeSpan.FromMinutes(1));

    /// <summary>The same policy with no delay longer than this.</summary>
    public RestartPolicy NoLongerThan(TimeSpan longest) =>
        this with { LongestDelay = longest, FirstDelay = longest < FirstDelay ? longest : FirstDelay };

    /// <summary>The delay before a restart, counted from 1.</summary>
    public TimeSpan DelayBefore(int restart) =>
        TimeSpan.FromTicks((long)Math.Min(LongestDelay.Ticks, FirstDelay.Ticks * Math.Pow(2, Math.Min(restart - 1, 30))));
}

/// <summary>A service as a child process that is started again when it dies.</summary>
internal sealed class Service : IAsyncDisposable
{
    /// <summary>What a service exits with when its configuration is wrong: starting it again cannot help.</summary>
    private const int Misconfigured = 2;

    private const int FirstPort = 10_000;
    private const int FirstEphemeralPort = 32_768;
    private const int PortAttempts = 100;

    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan ProbeEvery = TimeSpan.FromMilliseconds(100);

    private readonly ChildProgram program;
    private readonly ChildLog log;
    private readonly RestartPolicy policy;
    private readonly Action<string> announce;
    private readonly TimeProvider time;
    private readonly bool isServer;
    private readonly CancellationTokenSource stopping = new();
    private readonly Lock starting = new();
    private ChildProcess child;

    /// <param name="program">What to run.</param>
    /// <param name="log">Takes what it says.</param>
    /// <param name="policy">How it is started again.</param>
    /// <param name="announce">Gets a line for a person whenever something happens that they should know.</param>
    /// <param name="time">For delays and patience.</param>
    /// <param name="isServer">Whether its first line says that it listens; one that ends before it has ever said so is given up at once.</param>
    public Service(ChildProgram program, ChildLog log, RestartPolicy policy, Action<string> announce, TimeProvider time, bool isServer = false)
    {
        (this.program, this.log, this.policy, this.announce, this.time, this.isServer) = (program, log, policy, announce, time, isServer);
        child = ChildProcess.Start(program, log);
        GivenUp = SuperviseAsync();
    }

    /// <summary>Its name.</summary>
    public string Name => program.Name;

    /// <summary>The process id of the one that runs now.</summary>
    public int ProcessId => child.Id;

    /// <summary>Fails when the service is given up; completes when it was stopped.</summary>
    public Task GivenUp { get; }

    /// <summary>
    /// A loopback port that was free a moment ago, for a part that comes back to it when it is started again. It is below those
    /// that systems give to outgoing connections: one of these could take it while the part is down.
    /// </summary>
    public static int FreePort()
    {
        for (var attempt = 1; ; attempt++)
        {
            using var socket = new TcpListener(IPAddress.Loopback, Random.Shared.Next(FirstPort, FirstEphemeralPort));
            try
            {
                socket.Start();
                return ((IPEndPoint)socket.LocalEndpoint).Port;
            }
            catch (SocketException) when (attempt < PortAttempts)
            {
                // Somebody has it; there are many more.
            }
        }
    }

    /// <summary>Returns when a server has said for the first time that it listens.</summary>
    /// <exception cref="StreamDistillException">It was given up, or does not listen within the time given.</exception>
    public async Task ListeningAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            await await Task.WhenAny(log.FirstLine, GivenUp).WaitAsync(patience, time, cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new StreamDistillException($"{Name} is not up after {patience.TotalSeconds:0} s. Its log: {log.FilePath}", isTransient: false, e);
        }
    }

    /// <summary>Returns when the service says that it is ready, or where that can last, that it is live.</summary>
    /// <exception cref="StreamDistillException">It was given up, or is not ready within the time given.</exception>
    public async Task ReadyAsync(HttpClient http, Uri url, TimeSpan patience, CancellationToken cancellationToken, string probe = "/health/ready")
    {
        var started = time.GetTimestamp();
        var answer = "it does not answer yet";
        while (time.GetElapsedTime(started) < patience)
        {
            if (GivenUp.IsFaulted)
            {
                await GivenUp;
            }

            try
            {
                using var response = await http.GetAsync(new Uri(url, probe), cancellationToken);
                if (response.IsSuccessStatusCode)
                {
                    return;
                }

                answer = await response.Content.ReadAsStringAsync(cancellationToken);
            }
            catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                // Not listening yet, or too busy starting to answer in time.
            }

            await Task.Delay(ProbeEvery, time, cancellationToken);
        }

        throw new StreamDistillException($"{Name} is not ready after {patience.TotalSeconds:0} s: {answer}. Its log: {log.FilePath}");
    }

    /// <summary>Passes nothing more on: what it says is in its log only.</summary>
    public void Quiet() => log.Quiet();

    /// <summary>Stops the service in its own time, and kills it when it takes too long.</summary>
    public async Task StopAsync()
    {
        StartNoMore();
        log.Quiet();
        if (!await child.StopAsync(StopPatience))
        {
            announce($"{Name} did not stop within {StopPatience.TotalSeconds:0} s and was killed.");
        }

        await GivenUp.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Kills the service where it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        StartNoMore();
        await child.DisposeAsync();
        await GivenUp.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        log.Dispose();
        stopping.Dispose();
    }

    private async Task SuperviseAsync()
    {
        for (var restarts = 0; ;)
        {
            var started = time.GetTimestamp();
            var exitCode = await child.Exited;
            if (stopping.IsCancellationRequested)
            {
                return;
            }

            if (exitCode == Misconfigured)
            {
                throw new ConfigurationException($"{Name} refuses its configuration: {log.Last}");
            }

            if (isServer && !log.FirstLine.IsCompleted)
            {
                throw new StreamDistillException($"The system did not start. {log.Last}");
            }

            restarts = time.GetElapsedTime(started) > policy.Peace ? 1 : restarts + 1;
            if (restarts > policy.RestartsMax)
            {
                throw new StreamDistillException($"{Name} ended with exit code {exitCode} again after {policy.RestartsMax} restarts. Its last lines:{Environment.NewLine}{log.Last}{Environment.NewLine}Its log: {log.FilePath}");
            }

            var delay = policy.DelayBefore(restarts);
            announce($"{Name} ended with exit code {exitCode}; it is started again in {delay.TotalSeconds:0.#} s. Its log: {log.FilePath}");
            await Task.Delay(delay, time, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await child.DisposeAsync();
            lock (starting)
            {
                if (stopping.IsCancellationRequested)
                {
                    return;
                }

                child = ChildProcess.Start(program, log);
            }
        }
    }

    private void StartNoMore()
    {
        lock (starting)
        {
            stopping.Cancel();
        }
    }
}

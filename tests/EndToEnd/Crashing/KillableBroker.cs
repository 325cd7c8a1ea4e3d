using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace StreamDistill.EndToEnd.Crashing;

/// <summary>'streamdistill broker' as a process of its own, that comes back on the same port and data when it is killed.</summary>
internal sealed class KillableBroker : IDisposable
{
    private readonly string directory;
    private readonly int port;
    private StreamDistillProcess process;

    private KillableBroker(string directory, int port) => (this.directory, this.port, process) = (directory, port, Start(directory, port));

    /// <summary>Where it listens, also after a kill.</summary>
    public string Address => $"127.0.0.1:{port}";

    public static async Task<KillableBroker> StartAsync(string directory)
    {
        var broker = new KillableBroker(directory, FreePort());
        await broker.process.SaysAsync("listening on");
        return broker;
    }

    /// <summary>Kills it and returns when it is up again.</summary>
    public async Task KillAsync()
    {
        process.Signal("KILL");
        await process.ExitAsync();
        process.Dispose();
        process = Start(directory, port);
        await process.SaysAsync("listening on");
    }

    public void Dispose() => process.Dispose();

    private static StreamDistillProcess Start(string directory, int port) =>
        StreamDistillProcess.Start("broker", "--data", directory, "--port", port.ToString(CultureInfo.InvariantCulture));

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}

using System.Diagnostics;
using System.Globalization;

namespace StreamDistill.Benchmarks;

/// <summary>What moving many records between this process and a broker took.</summary>
/// <param name="Records">How many.</param>
/// <param name="Seconds">Wall time.</param>
/// <param name="ClientSeconds">CPU time of this process.</param>
/// <param name="BrokerSeconds">CPU time of the broker's process.</param>
/// <param name="BusiestClientThread">The share of wall time that this process's busiest thread was running: 1 means it is what bounds.</param>
internal readonly record struct Transfer(long Records, double Seconds, double ClientSeconds, double BrokerSeconds, double BusiestClientThread)
{
    public double PerSecond => Records / Seconds;

    public double ClientMicroseconds => ClientSeconds * 1e6 / Records;

    public double BrokerMicroseconds => BrokerSeconds * 1e6 / Records;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{PerSecond:N0}/s, CPU {ClientMicroseconds:N2} + {BrokerMicroseconds:N2} µs, busiest client thread {BusiestClientThread:P0}");

    /// <summary>Runs and measures.</summary>
    public static Transfer Measure(BrokerProcess broker, long records, Action move)
    {
        var threads = ThreadTimes();
        var (client, server) = (CpuOf(Environment.ProcessId), CpuOf(broker.ProcessId));
        var started = Stopwatch.GetTimestamp();
        move();
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var busiest = ThreadTimes().Max(thread => thread.Value - threads.GetValueOrDefault(thread.Key));
        return new Transfer(records, seconds, CpuOf(Environment.ProcessId) - client, CpuOf(broker.ProcessId) - server, busiest / seconds);
    }

    private static double CpuOf(int processId)
    {
        using var process = Process.GetProcessById(processId);
        return process.TotalProcessorTime.TotalSeconds;
    }

    private static Dictionary<int, double> ThreadTimes()
    {
        using var process = Process.GetCurrentProcess();
        return process.Threads.Cast<ProcessThread>().ToDictionary(thread => thread.Id, thread => thread.TotalProcessorTime.TotalSeconds);
    }
}

using System.Globalization;

namespace StreamDistill.Benchmarks;

/// <summary>What a process has used, as the kernel counts it.</summary>
/// <param name="CpuMicroseconds">User and system time.</param>
/// <param name="SystemShare">The system's share of it.</param>
/// <param name="PeakMegabytes">The most that was ever resident.</param>
internal sealed record ProcessCost(double CpuMicroseconds, double SystemShare, double PeakMegabytes)
{
    // Linux counts in hundredths of a second on every machine (proc_pid_stat(5), USER_HZ).
    private const double MicrosecondsPerTick = 10_000;

    /// <summary>Reads a living process.</summary>
    public static ProcessCost Of(int processId)
    {
        // The second field is the program's name in parentheses, which may hold spaces.
        var fields = File.ReadAllText($"/proc/{processId}/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var (user, system) = (double.Parse(fields[11], CultureInfo.InvariantCulture), double.Parse(fields[12], CultureInfo.InvariantCulture));
        var peak = File.ReadLines($"/proc/{processId}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return new ProcessCost(
            (user + system) * MicrosecondsPerTick,
            user + system > 0 ? system / (user + system) : 0,
            double.Parse(peak.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024 / 1e6);
    }

    /// <summary>What was used since an earlier look.</summary>
    public ProcessCost Since(ProcessCost earlier)
    {
        var cpu = CpuMicroseconds - earlier.CpuMicroseconds;
        var system = (CpuMicroseconds * SystemShare) - (earlier.CpuMicroseconds * earlier.SystemShare);
        return new ProcessCost(cpu, cpu > 0 ? system / cpu : 0, PeakMegabytes);
    }
}

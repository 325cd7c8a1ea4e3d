using System.Diagnostics;
using System.Globalization;

namespace StreamDistill.Benchmarks;

/// <summary>What a record cost on its way through; CPU and memory are this process's, without the broker's.</summary>
internal sealed record PassCost(double WallMicroseconds, double CpuMicroseconds, double AllocatedBytes)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{WallMicroseconds:N2} µs wall, {CpuMicroseconds:N2} µs CPU");
}

/// <summary>The clocks at the first record.</summary>
internal sealed class PassClock
{
    private readonly long started = Stopwatch.GetTimestamp();
    private readonly TimeSpan cpu = Environment.CpuUsage.TotalTime;
    private readonly long allocated = GC.GetTotalAllocatedBytes();

    public PassCost CostOf(int records) => new(
        Stopwatch.GetElapsedTime(started).TotalMicroseconds / records,
        (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / records,
        (GC.GetTotalAllocatedBytes() - allocated) / (double)records);
}

using System.Globalization;
using System.Reflection;

namespace StreamDistill.Benchmarks;

/// <summary>Runs a service's program as it is, in this process, and prints its memory every two seconds.</summary>
internal static class MeteredService
{
    /// <summary>What lines of memory begin with; all other lines are the service's own.</summary>
    public const string MemoryMark = "memory ";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <returns>The service's exit code.</returns>
    public static int Run(string name, string[] arguments)
    {
        using var timer = new Timer(_ => Console.WriteLine(Sample().ToString()), null, Interval, Interval);
        return (int)Assembly.Load("StreamDistill." + name).EntryPoint!.Invoke(null, [arguments])!;
    }

    // A heap that was not collected says when the collector last found it worth its while, not what the service holds.
    private static MemorySample Sample() => new(Environment.WorkingSet, GC.GetTotalMemory(forceFullCollection: true));
}

/// <summary>What a process takes.</summary>
/// <param name="Resident">Resident set, in bytes.</param>
/// <param name="Heap">What is alive on the managed heap, in bytes: what a full collection leaves.</param>
internal readonly record struct MemorySample(long Resident, long Heap)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{MeteredService.MemoryMark}{Resident} {Heap}");

    /// <summary>The sample of a line, or null where the line is the service's own.</summary>
    public static MemorySample? Read(string line) =>
        line.StartsWith(MeteredService.MemoryMark, StringComparison.Ordinal) && line.Split(' ') is [_, var resident, var heap]
            ? new MemorySample(long.Parse(resident, CultureInfo.InvariantCulture), long.Parse(heap, CultureInfo.InvariantCulture))
            : null;
}

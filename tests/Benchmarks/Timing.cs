namespace StreamDistill.Benchmarks;

/// <summary>One round's cost of one operation.</summary>
/// <param name="Nanoseconds">CPU time of the whole process, its garbage collector and compiler included.</param>
/// <param name="AllocatedBytes">Managed memory allocated by the thread.</param>
internal readonly record struct Cost(double Nanoseconds, double AllocatedBytes);

/// <summary>
/// Plain timing loops. What is single-threaded is measured in CPU time: it is the same as wall time on an idle machine, and
/// still true on a busy one.
/// </summary>
internal static class Timing
{
    /// <summary>The CPU time that a round of one contender takes.</summary>
    public static readonly TimeSpan Round = TimeSpan.FromSeconds(0.3);

    /// <summary>Repeats the operation for a round, on this thread.</summary>
    public static Cost Measure(Action operation)
    {
        const int Stride = 64;
        var operations = 0L;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var started = Environment.CpuUsage.TotalTime;
        TimeSpan spent;
        do
        {
            for (var i = 0; i < Stride; i++)
            {
                operation();
            }

            operations += Stride;
            spent = Environment.CpuUsage.TotalTime - started;
        }
        while (spent < Round);

        return new Cost(spent.TotalNanoseconds / operations, (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)operations);
    }

    public static double Median(this IEnumerable<double> values)
    {
        var ordered = values.Order().ToList();
        return (ordered[(ordered.Count - 1) / 2] + ordered[ordered.Count / 2]) / 2;
    }

    /// <param name="values">At least one.</param>
    /// <param name="percent">50 is the median.</param>
    public static double Percentile(this IEnumerable<double> values, int percent)
    {
        var ordered = values.Order().ToList();
        return ordered[(ordered.Count - 1) * percent / 100];
    }
}

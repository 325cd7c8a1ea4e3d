using System.Diagnostics;

namespace StreamDistill.Benchmarks;

/// <summary>One round's cost of one operation.</summary>
/// <param name="Nanoseconds">Wall time.</param>
/// <param name="AllocatedBytes">Managed memory allocated by the thread.</param>
internal readonly record struct Cost(double Nanoseconds, double AllocatedBytes);

/// <summary>Plain timing loops.</summary>
internal static class Timing
{
    /// <summary>How long a round of one contender takes.</summary>
    public static readonly TimeSpan Round = TimeSpan.FromSeconds(0.3);

    /// <summary>Repeats the operation for a round, on this thread.</summary>
    public static Cost Measure(Action operation)
    {
        const int Stride = 16;
        var operations = 0L;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var started = Stopwatch.GetTimestamp();
        TimeSpan elapsed;
        do
        {
            for (var i = 0; i < Stride; i++)
            {
                operation();
            }

            operations += Stride;
            elapsed = Stopwatch.GetElapsedTime(started);
        }
        while (elapsed < Round);

        return new Cost(elapsed.TotalNanoseconds / operations, (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)operations);
    }

    public static double Median(this IEnumerable<double> values)
    {
        var ordered = values.Order().ToList();
        return (ordered[(ordered.Count - 1) / 2] + ordered[ordered.Count / 2]) / 2;
    }
}

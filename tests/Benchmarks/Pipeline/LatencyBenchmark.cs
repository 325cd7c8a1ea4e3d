using StreamDistill.Pipeline;

namespace StreamDistill.Benchmarks;

/// <summary>From Ingest's acknowledgement of a prompt until a committed reader has its example from curated, at a steady rate.</summary>
internal sealed class LatencyBenchmark : IBenchmark
{
    private const int PerSecond = 100;
    // Before that the just-in-time compiler still has work.
    private const int WarmUpPrompts = 20 * PerSecond;
    private const int MeasuredPrompts = 20 * PerSecond;

    public string Name => "latency";

    public async Task RunAsync(Report report)
    {
        const int Prompts = WarmUpPrompts + MeasuredPrompts;
        await using var pipeline = await RunningPipeline.StartAsync(Prompts, DeliveryGuarantee.ExactlyOnce);
        var latencies = (await pipeline.TrickleAsync(Prompts, PerSecond)).Skip(WarmUpPrompts).Order().ToList();
        double At(double quantile) => latencies[(int)(quantile * (latencies.Count - 1))];
        report.Add("prompts", $"{MeasuredPrompts:N0} at {PerSecond}/s");
        report.Add("acknowledged to curated, p50", $"{At(0.5):N1} ms");
        report.Add("acknowledged to curated, p99", $"{At(0.99):N1} ms", At(0.99) < 100 ? "below 100 ms: met" : "below 100 ms: MISSED");
        report.Add("acknowledged to curated, most", $"{latencies[^1]:N1} ms");
    }
}

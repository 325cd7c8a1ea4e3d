using StreamDistill.Pipeline;

namespace StreamDistill.Benchmarks;

/// <summary>
/// The whole pipeline on this machine: generated prompts, one sample each, through Ingest, Teach with a recording that answers
/// at once, Verify and Compact, each in a process of its own, on the embedded broker and registry. Every prompt ends as an
/// example of its own in curated.
/// </summary>
internal sealed class PipelineBenchmark : IBenchmark
{
    // The just-in-time compiler has its work done by then.
    private const int WarmUpPrompts = 10_000;
    private const int RatioPrompts = 30_000;
    private const int RatioRounds = 3;
    private const int Prompts = 100_000;
    private const int ManyPrompts = 300_000;

    public string Name => "pipeline";

    public async Task RunAsync(Report report)
    {
        await AddRatioAsync(report);
        var some = await RunAsync(Prompts, DeliveryGuarantee.ExactlyOnce);
        var many = await RunAsync(ManyPrompts, DeliveryGuarantee.ExactlyOnce);
        report.Add("prompts through the whole pipeline", $"{Prompts:N0} in {some.Seconds:N1} s, {ManyPrompts:N0} in {many.Seconds:N1} s");
        report.AddAtLeast("prompts, the first 100,000", Prompts / some.Seconds, "/s", 5000);
        report.AddAtLeast("prompts, all 300,000", ManyPrompts / many.Seconds, "/s", 5000);
        foreach (var (part, cost) in some.Costs)
        {
            report.Add($"  {part}", $"{cost.CpuMicroseconds / Prompts:N1} µs of CPU a prompt, {100 * cost.SystemShare:N0} % of it in the kernel");
        }

        report.Add("  all", $"{some.Costs.Sum(each => each.Cost.CpuMicroseconds) / Prompts:N1} µs of CPU a prompt, {some.Costs.Sum(each => each.Cost.CpuMicroseconds) / 1e6 / some.Seconds:N2} of {Environment.ProcessorCount} cores busy with it");
        foreach (var ((part, one), (_, other)) in some.Costs.Zip(many.Costs))
        {
            report.Add($"  {part}: peak memory", $"{one.PeakMegabytes:N0} MB, with 300,000 prompts {other.PeakMegabytes:N0} MB");
        }
    }

    /// <summary>Rounds of both guarantees in turn, so that a busy machine is busy for both.</summary>
    private static async Task AddRatioAsync(Report report)
    {
        var seconds = new Dictionary<DeliveryGuarantee, List<double>> { [DeliveryGuarantee.ExactlyOnce] = [], [DeliveryGuarantee.AtLeastOnce] = [] };
        for (var round = 0; round < RatioRounds; round++)
        {
            foreach (var (guarantee, results) in seconds)
            {
                results.Add((await RunAsync(RatioPrompts, guarantee)).Seconds);
            }
        }

        var (exactly, least) = (seconds[DeliveryGuarantee.ExactlyOnce].Median(), seconds[DeliveryGuarantee.AtLeastOnce].Median());
        report.Add("exactly once", $"{RatioPrompts / exactly:N0} prompts/s ({RatioRounds} rounds of {RatioPrompts:N0})");
        report.Add("at least once", $"{RatioPrompts / least:N0} prompts/s");
        report.Add("exactly once costs", $"{100 * ((exactly / least) - 1):N1} % of time", exactly <= 1.1 * least ? "at most 10 %: met" : "at most 10 %: MISSED");
    }

    private static async Task<PipelineResult> RunAsync(int prompts, DeliveryGuarantee guarantee)
    {
        await using var pipeline = await RunningPipeline.StartAsync(WarmUpPrompts + prompts, guarantee);
        await pipeline.ProcessAsync(0, WarmUpPrompts);
        var result = await pipeline.ProcessAsync(WarmUpPrompts, prompts);
        await Console.Error.WriteLineAsync(FormattableString.Invariant($"  {prompts:N0} prompts, {guarantee}: {prompts / result.Seconds:N0}/s"));
        return result;
    }
}

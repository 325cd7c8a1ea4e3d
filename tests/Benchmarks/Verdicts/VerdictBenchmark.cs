using System.Globalization;
using System.Text.Json;
using streamdistill;
using StreamDistill.Verification;

namespace StreamDistill.Benchmarks;

/// <summary>Numeric verdicts per second on one core: the verifier alone, and the decision of a policy as Verify asks for it.</summary>
internal sealed class VerdictBenchmark : IBenchmark
{
    private const int Rounds = 5;

    public string Name => "verdicts";

    public async Task RunAsync(Report report)
    {
        await MeasureAsync(report, "generated", Generated());
        if (Environment.GetEnvironmentVariable("GSM8K_DIR") is { Length: > 0 } folder)
        {
            await MeasureAsync(report, "GSM8K", Real(folder));
        }
    }

    private static async Task MeasureAsync(Report report, string kind, IReadOnlyList<Candidate> candidates)
    {
        var verifier = VerifierCatalog.Create("numeric", []).Verifier;
        var policy = new VerifierSet([new VerifierSpec { Name = "numeric" }], TimeProvider.System);
        var next = 0;
        List<Cost> verdicts = [], decisions = [];
        for (var round = -2; round < Rounds; round++)
        {
            // Both complete synchronously.
            var one = Timing.Measure(() => verifier.VerifyAsync(candidates[next++ % candidates.Count], CancellationToken.None).GetAwaiter().GetResult());
            var other = Timing.Measure(() => policy.DecideAsync(candidates[next++ % candidates.Count], CancellationToken.None).GetAwaiter().GetResult());
            if (round >= 0)
            {
                verdicts.Add(one);
                decisions.Add(other);
            }
        }

        await Console.Error.WriteLineAsync($"  {kind}: {Rounds} rounds");
        report.Add($"{kind}: completions", $"{candidates.Count:N0}, {candidates.Average(candidate => candidate.Answer.Length):N0} characters on average");
        Add(report, $"{kind}: numeric verdicts on one core", verdicts);
        Add(report, $"{kind}: decisions of a policy on one core", decisions);
    }

    private static void Add(Report report, string what, List<Cost> costs)
    {
        report.AddAtLeast(what, 1e9 / costs.Select(cost => cost.Nanoseconds).Median(), "/s", 100_000);
        report.Add(what + ", each", $"{costs.Select(cost => cost.Nanoseconds).Median():N0} ns, {costs.Select(cost => cost.AllocatedBytes).Median():N0} bytes allocated");
    }

    private static List<Candidate> Generated()
    {
        var random = new Random(1);
        string[] endings = ["#### {0}", "A: {0}", "So \\boxed{{{0}}}.", "The answer is ${0}.", "Therefore, the final answer is **{0}** dollars."];
        return Enumerable.Range(0, 1000).Select(i =>
        {
            var answer = random.Next(1, 100_000);
            var steps = Enumerable.Range(0, random.Next(2, 7)).Select(_ =>
            {
                var (a, b) = (random.Next(1, 100), random.Next(1, 100));
                return $"First she has {a} boxes with {b} pens in each of them, so {a} * {b} = <<{a}*{b}={a * b}>>{a * b} pens in all.";
            });
            var said = answer + (i % 4 == 0 ? 1 : 0);
            var ending = string.Format(CultureInfo.InvariantCulture, endings[i % endings.Length], i % 3 == 0 ? said.ToString("N0", CultureInfo.InvariantCulture) : said);
            return new Candidate { Answer = string.Join('\n', steps) + "\n" + ending, Reference = answer.ToString(CultureInfo.InvariantCulture), FinishReason = "stop" };
        }).ToList();
    }

    private static List<Candidate> Real(string folder)
    {
        var references = File.ReadLines(Path.Combine(folder, "prompts.jsonl"))
            .Select(line => JsonSerializer.Deserialize<JsonElement>(line))
            .ToDictionary(prompt => prompt.GetProperty("prompt_id").GetString()!, prompt => prompt.GetProperty("reference").GetProperty("answer").GetString());
        return File.ReadLines(Path.Combine(folder, "completions.jsonl"))
            .Select(line => JsonSerializer.Deserialize<JsonElement>(line))
            .Select(completion => new Candidate
            {
                Answer = completion.GetProperty("content").GetString()!,
                Reference = references[completion.GetProperty("prompt_id").GetString()!],
                FinishReason = "stop",
            })
            .ToList();
    }
}

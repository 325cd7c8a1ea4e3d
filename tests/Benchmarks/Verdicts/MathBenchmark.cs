using System.Globalization;
using System.Text.Json;
using streamdistill;
using StreamDistill.Verification;

namespace StreamDistill.Benchmarks;

/// <summary>Mathematical verdicts per second on one core, beside SymPy deciding the same pairs.</summary>
internal sealed class MathBenchmark : IBenchmark
{
    private const int Rounds = 5, Pairs = 120;

    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    public string Name => "math";

    public async Task RunAsync(Report report)
    {
        await MeasureAsync(report, "numeric", 20_000, Numeric());
        await MeasureAsync(report, "symbolic", 2_000, Symbolic());
    }

    /// <summary>In turn, so that a busy machine is busy for both.</summary>
    private static async Task MeasureAsync(Report report, string kind, double wanted, List<MathPair> pairs)
    {
        var verifier = VerifierCatalog.Create(MathVerifier.Name, []).Verifier;
        foreach (var pair in pairs)
        {
            var outcome = Judge(verifier, pair).Outcome;
            if (outcome != (pair.IsEqual ? Outcome.PASS : Outcome.FAIL))
            {
                throw new InvalidOperationException($"{pair.Answer} beside {pair.Gold}: {outcome}");
            }
        }

        await using var python = Child.Start("python3", [Path.Combine(Child.SourceFolder, "Verdicts", "python3_sympy.py")]);
        var ready = await python.AskAsync(JsonSerializer.Serialize(new { pairs, seconds = Timing.Round.TotalSeconds }, Web));
        if (ready != "ready")
        {
            throw new InvalidOperationException($"python3_sympy.py: {ready}");
        }

        var next = 0;
        List<double> ours = [], theirs = [];
        for (var round = -1; round < Rounds; round++)
        {
            var one = Timing.Measure(() => Judge(verifier, pairs[next++ % pairs.Count])).Nanoseconds;
            var other = double.Parse(await python.AskAsync("round"), CultureInfo.InvariantCulture);
            if (round >= 0)
            {
                ours.Add(one);
                theirs.Add(other);
            }
        }

        await Console.Error.WriteLineAsync($"  {kind}: {Rounds} rounds");
        report.AddAtLeast($"{kind} answers on one core", 1e9 / ours.Median(), "/s", wanted);
        report.Add($"{kind} answers, SymPy", $"{1e9 / theirs.Median():N0}/s");
        report.AddAtLeast($"{kind} answers, ours / SymPy", theirs.Median() / ours.Median(), "×", 100);
    }

    private static Finding Judge(IVerifier verifier, MathPair pair) =>
        verifier.VerifyAsync(new Candidate { Answer = pair.Answer, Reference = pair.Gold, FinishReason = "stop" }, CancellationToken.None).GetAwaiter().GetResult();

    private static List<MathPair> Numeric()
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, Pairs).Select(i =>
        {
            var (a, b, wrong) = (random.Next(2, 5000), random.Next(2, 99), i % 4 == 0 ? 1 : 0);
            return (i % 5) switch
            {
                0 => new MathPair($"{a}", $"{a + wrong}", wrong == 0),
                1 => new MathPair($"{a}/{b}", $"{a * 3}/{(b * 3) + wrong}", wrong == 0),
                2 => new MathPair(FormattableString.Invariant($"{a / 8.0}"), $"{a + wrong}/8", wrong == 0),
                3 => new MathPair($"{b}*sqrt({a})", $"sqrt({(a * b * b) + wrong})", wrong == 0),
                _ => new MathPair($"{b}^5", $"{Math.Pow(b, 5) + wrong:F0}", wrong == 0),
            };
        })];
    }

    private static List<MathPair> Symbolic()
    {
        var random = new Random(2);
        return [.. Enumerable.Range(0, Pairs).Select(i =>
        {
            var (a, b, c, wrong) = (random.Next(2, 9), random.Next(2, 9), random.Next(2, 9), i % 4 == 0 ? 1 : 0);
            return (i % 6) switch
            {
                0 => new MathPair($"(x + {a})*(x - {b})", $"x^2 + {a - b}*x - {(a * b) + wrong}", wrong == 0),
                1 => new MathPair($"({a}*x + {b}*y)^3", $"{a * a * a}*x^3 + {3 * a * a * b}*x^2*y + {(3 * a * b * b) + wrong}*x*y^2 + {b * b * b}*y^3", wrong == 0),
                2 => new MathPair($"{a}/(x + {b}) + {c}/(x - {b})", $"({a + c}*x + {((c - a) * b) + wrong})/(x^2 - {b * b})", wrong == 0),
                3 => new MathPair($"{a}*sin(2*x)", $"{2 * (a + wrong)}*sin(x)*cos(x)", wrong == 0),
                4 => new MathPair($"exp({a}*x)*exp({b}*x)", $"exp({a + b + wrong}*x)", wrong == 0),
                _ => new MathPair($"(x^{a} - 1)/(x - 1)", string.Join(" + ", Enumerable.Range(0, a).Select(power => power == 0 ? $"{1 + wrong}" : $"x^{power}")), wrong == 0),
            };
        })];
    }

    private sealed record MathPair(string Gold, string Answer, bool IsEqual);
}

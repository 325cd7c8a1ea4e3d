using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using StreamDistill.Student;
using TorchSharp;

namespace StreamDistill.Benchmarks;

/// <summary>
/// Tokens of 1, 4 and 16 answers at a time, on the engine alone and through Serve over HTTP. On one thread, and a second is one
/// of CPU time of the process that generates: the same as wall time on an idle machine.
/// </summary>
internal sealed class GenerationBenchmark : IBenchmark
{
    private const int Rounds = 3;
    private const int TokensPerAnswer = 32;
    private const string Question = "A farmer has 12 crates with 7 apples in each and sells 5 of them. How many apples are left?";

    private static readonly int[] Concurrencies = [1, 4, 16];

    public string Name => "generation";

    public async Task RunAsync(Report report)
    {
        using var student = new BenchmarkStudent();
        report.Add("the student", $"{student.Parameters / 1e6:N1} M parameters in float32; one thread; {TokensPerAnswer} tokens an answer; medians of {Rounds} rounds");
        using (var model = StudentModel.Load(student.Directory))
        {
            torch.set_num_threads(1);
            await MeasureAsync(report, "engine", concurrent => Task.FromResult(RunEngine(model, concurrent)));
        }

        await using var service = RunningService.StartAsItIs("Serve", null, $"--Serve:Directory={student.Directory}", "--Serve:ModelName=s", "--Serve:Threads=1");
        using var http = new HttpClient { BaseAddress = new Uri(await service.AddressAsync()), Timeout = TimeSpan.FromMinutes(5) };
        await MeasureAsync(report, "HTTP", concurrent => RunServiceAsync(http, service.ProcessId, concurrent));
    }

    /// <summary>Rounds take turns, so that what else the machine does falls on all alike.</summary>
    private static async Task MeasureAsync(Report report, string what, Func<int, Task<(double TokensPerSecond, List<double> AnswerSeconds)>> run)
    {
        var speeds = Concurrencies.ToDictionary(concurrent => concurrent, _ => new List<double>());
        var latencies = Concurrencies.ToDictionary(concurrent => concurrent, _ => new List<double>());
        for (var round = -1; round < Rounds; round++)
        {
            foreach (var concurrent in Concurrencies)
            {
                var (speed, seconds) = await run(concurrent);
                if (round >= 0)
                {
                    speeds[concurrent].Add(speed);
                    latencies[concurrent].AddRange(seconds);
                }
            }

            await Console.Error.WriteLineAsync(FormattableString.Invariant($"  {what}, round {round + 1} of {Rounds}"));
        }

        foreach (var concurrent in Concurrencies)
        {
            report.Add($"{what}, {concurrent} at a time", $"{speeds[concurrent].Median():N0} tokens/s of CPU; p50 of an answer {latencies[concurrent].Median() * 1000:N0} ms of wall time");
        }

        report.AddAtLeast($"{what}, 16 to 1", speeds[16].Median() / speeds[1].Median(), "x", 3);
    }

    private static (double TokensPerSecond, List<double> AnswerSeconds) RunEngine(StudentModel model, int concurrent)
    {
        using var engine = new GenerationEngine(model.Decoder, model.Tokenizer, concurrent);
        var started = Stopwatch.GetTimestamp();
        var cost = ProcessCost.Of(Environment.ProcessId);
        for (var i = 0; i < concurrent; i++)
        {
            engine.Add(
                model.Tokenizer.Chat.Encode([("user", string.Create(CultureInfo.InvariantCulture, $"{i}. {Question}"))], addGenerationPrompt: true),
                new SamplingOptions(Temperature: 0, MaxTokens: TokensPerAnswer));
        }

        var tokens = 0;
        List<double> answers = [];
        while (engine.Active > 0)
        {
            var step = engine.Step();
            tokens += step.Count;
            answers.AddRange(step.Where(token => token.Finish is not null).Select(_ => Stopwatch.GetElapsedTime(started).TotalSeconds));
        }

        return (tokens / SecondsSince(cost, Environment.ProcessId), answers);
    }

    private static async Task<(double TokensPerSecond, List<double> AnswerSeconds)> RunServiceAsync(HttpClient http, int processId, int concurrent)
    {
        var cost = ProcessCost.Of(processId);
        var answers = await Task.WhenAll(Enumerable.Range(0, concurrent).Select(async i =>
        {
            var asked = Stopwatch.GetTimestamp();
            using var response = await http.PostAsJsonAsync(new Uri("/v1/chat/completions", UriKind.Relative), new
            {
                model = "s",
                messages = new[] { new { role = "user", content = string.Create(CultureInfo.InvariantCulture, $"{i}. {Question}") } },
                temperature = 0,
                max_tokens = TokensPerAnswer,
            });
            response.EnsureSuccessStatusCode();
            var body = await response.Content.ReadFromJsonAsync<JsonElement>();
            return (Tokens: body.GetProperty("usage").GetProperty("completion_tokens").GetInt32(), Seconds: Stopwatch.GetElapsedTime(asked).TotalSeconds);
        }));
        return (answers.Sum(answer => answer.Tokens) / SecondsSince(cost, processId), [.. answers.Select(answer => answer.Seconds)]);
    }

    private static double SecondsSince(ProcessCost earlier, int processId) => ProcessCost.Of(processId).Since(earlier).CpuMicroseconds / 1e6;
}

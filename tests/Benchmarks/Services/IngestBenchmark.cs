using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace StreamDistill.Benchmarks;

/// <summary>Prompts a second that Ingest takes by HTTP as NDJSON, each acknowledged by the broker.</summary>
internal sealed class IngestBenchmark : IBenchmark
{
    private const int Prompts = 20_000;
    private const int Rounds = 5;

    public string Name => "ingest";

    public async Task RunAsync(Report report)
    {
        await using var cluster = await Cluster.StartAsync();
        await using var ingest = RunningService.Start("Ingest", cluster);
        using var http = new HttpClient { BaseAddress = new Uri(await ingest.AddressAsync()), Timeout = TimeSpan.FromMinutes(2) };
        while (!(await http.GetAsync(new Uri("/health/ready", UriKind.Relative))).IsSuccessStatusCode)
        {
            await Task.Delay(100);
        }

        List<double> seconds = [];
        var bytes = 0L;
        for (var round = -1; round < Rounds; round++)
        {
            var body = Body(round);
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
            var started = Stopwatch.GetTimestamp();
            using var answer = await http.PostAsync(new Uri("/v1/prompts", UriKind.Relative), content);
            var text = await answer.Content.ReadAsStringAsync();
            if ((int)answer.StatusCode != 202)
            {
                throw new InvalidOperationException($"Ingest answered {(int)answer.StatusCode}: {text[..Math.Min(500, text.Length)]}");
            }

            if (round >= 0)
            {
                seconds.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
                bytes = body.Length;
            }

            await Console.Error.WriteLineAsync(FormattableString.Invariant($"  round {round + 1} of {Rounds}: {Stopwatch.GetElapsedTime(started).TotalSeconds:N2} s"));
        }

        report.Add("a request", $"{Prompts:N0} prompts, {bytes / 1e6:N1} MB of NDJSON; {Rounds} rounds");
        report.Add("stored and acknowledged", $"{Prompts / seconds.Median():N0} prompts/s, {bytes / seconds.Median() / 1e6:N1} MB/s");
    }

    private static byte[] Body(int round)
    {
        var prompt = Completions.All[0].Completion.Prompt;
        var lines = new StringBuilder();
        for (var i = 0; i < Prompts; i++)
        {
            lines.Append(JsonSerializer.Serialize(new
            {
                prompt_id = string.Create(CultureInfo.InvariantCulture, $"r{round}-{i}"),
                task = "math",
                messages = new[] { new { role = "user", content = prompt.Messages[1].Content } },
                reference = new { answer = prompt.Reference!.Answer },
            })).Append('\n');
        }

        return Encoding.UTF8.GetBytes(lines.ToString());
    }
}

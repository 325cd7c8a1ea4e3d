using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace StreamDistill.EndToEnd.Crashing;

/// <summary>
/// A client as a careful user writes one: posts prompts in small batches, sends again what was not acknowledged, and
/// remembers what was.
/// </summary>
internal sealed class Submitting(Uri ingest) : IDisposable
{
    public const int BatchLines = 16;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient http = new() { Timeout = TimeSpan.FromMinutes(1) };
    private readonly ConcurrentDictionary<string, bool> acknowledged = new(StringComparer.Ordinal);

    /// <summary>The ids that Ingest said it has.</summary>
    public IReadOnlyCollection<string> Acknowledged => [.. acknowledged.Keys];

    /// <summary>Prompts that were recognised when they were sent again.</summary>
    public int Duplicates { get; private set; }

    /// <summary>Requests that were not answered, or not with everything stored.</summary>
    public int Failures { get; private set; }

    /// <summary>Returns when every line is acknowledged.</summary>
    /// <param name="lines">The prompts.</param>
    /// <param name="beforeBatch">Awaited before each batch with the number of lines acknowledged so far: sets the pace.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task SubmitAsync(IReadOnlyList<string> lines, Func<int, Task> beforeBatch, CancellationToken cancellationToken)
    {
        for (var next = 0; next < lines.Count; next += BatchLines)
        {
            await beforeBatch(next);
            IReadOnlyList<string> pending = [.. lines.Skip(next).Take(BatchLines)];
            while ((pending = await PostAsync(pending, cancellationToken)).Count > 0)
            {
                Failures++;
                await Task.Delay(RetryAfter, cancellationToken);
            }
        }
    }

    public void Dispose() => http.Dispose();

    /// <summary>Returns what has to be sent again.</summary>
    private async Task<IReadOnlyList<string>> PostAsync(IReadOnlyList<string> lines, CancellationToken cancellationToken)
    {
        using var content = new StringContent(string.Join('\n', lines) + "\n", Encoding.UTF8, new MediaTypeHeaderValue("application/x-ndjson"));
        try
        {
            using var response = await http.PostAsync(new Uri(ingest, "/v1/prompts"), content, cancellationToken);
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            Assert.True(response.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.ServiceUnavailable, $"Ingest answered {(int)response.StatusCode}: {body}");
            return Sort(lines, JsonNode.Parse(body)!);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // It was killed, or is not there yet: nothing is known of these lines.
            return lines;
        }
    }

    private List<string> Sort(IReadOnlyList<string> lines, JsonNode report)
    {
        Assert.True(report["refused"] is not JsonArray { Count: > 0 }, $"Ingest refused prompts: {report}");
        var stored = new HashSet<int>();
        foreach (var entry in report["accepted"]?.AsArray() ?? [])
        {
            stored.Add(entry!["line"]!.GetValue<int>() - 1);
            acknowledged[entry["prompt_id"]!.GetValue<string>()] = true;
            Duplicates += entry["status"]!.GetValue<string>() == "duplicate" ? 1 : 0;
        }

        return lines.Where((_, index) => !stored.Contains(index)).ToList();
    }
}

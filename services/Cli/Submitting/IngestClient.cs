using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using StreamDistill.Contracts;

namespace StreamDistill.Cli.Submitting;

/// <summary>A prompt that Ingest has: newly stored, or stored before.</summary>
internal sealed record StoredPrompt(JsonElementLine Line, string PromptId, bool IsDuplicate);

/// <summary>A line that Ingest does not take.</summary>
/// <param name="Number">Of the line in its file.</param>
/// <param name="Field">What is wrong in it; "$" is the line as a whole.</param>
/// <param name="Reason">For a person.</param>
internal sealed record RefusedLine(long Number, string Field, string Reason);

/// <summary>What became of some lines.</summary>
internal sealed record Submission(IReadOnlyList<StoredPrompt> Stored, IReadOnlyList<RefusedLine> Refused);

/// <summary>
/// Posts lines to Ingest until each is stored or refused: what is over the quota, or was not stored because Kafka was away,
/// is sent again, which is safe because lines carry what makes them the same prompt.
/// </summary>
internal sealed class IngestClient(HttpClient http, Uri ingest, TimeProvider time)
{
    /// <summary>Without anything stored for so long the submission is given up.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>The key for Ingest where it wants one.</summary>
    public string? ApiKey { get; init; }

    /// <summary>The query part, such as ?reference=logged.</summary>
    public string Query { get; init; } = "";

    /// <exception cref="StreamDistillException">Ingest refuses the request as a whole, or stores nothing for two minutes.</exception>
    public async Task<Submission> SubmitAsync(IReadOnlyList<JsonElementLine> lines, CancellationToken cancellationToken)
    {
        var stored = new List<StoredPrompt>();
        var refused = new List<RefusedLine>();
        var pending = lines;
        for (var lastProgress = time.GetTimestamp(); pending.Count > 0;)
        {
            var (report, wait) = await PostAsync(pending, cancellationToken);
            var again = report is null ? pending : Sort(pending, report, stored, refused);
            if (again.Count < pending.Count)
            {
                lastProgress = time.GetTimestamp();
            }
            else if (time.GetElapsedTime(lastProgress) > Patience)
            {
                throw new StreamDistillException($"Ingest at {ingest} stored nothing for {Patience.TotalMinutes:0} minutes. {report?.Detail}", isTransient: true);
            }

            pending = again;
            if (pending.Count > 0)
            {
                await Task.Delay(wait ?? RetryAfter, time, cancellationToken);
            }
        }

        return new Submission(stored, refused);
    }

    /// <summary>Puts each line where it belongs and returns those to send again.</summary>
    private static List<JsonElementLine> Sort(IReadOnlyList<JsonElementLine> sent, Report report, List<StoredPrompt> stored, List<RefusedLine> refused)
    {
        stored.AddRange(report.Accepted.Select(line => new StoredPrompt(sent[(int)line.Line - 1], line.PromptId, line.Status == "duplicate")));
        refused.AddRange(report.Refused
            .Where(line => !MayBeSentAgain(line))
            .Select(line => new RefusedLine(sent[(int)line.Line - 1].Number, line.Field, line.Reason)));
        var again = report.Refused.Where(MayBeSentAgain).Select(line => line.Line).Concat(report.Failed.Select(line => line.Line)).ToHashSet();
        return sent.Where((_, i) => again.Contains(i + 1) || i + 1 >= report.UnreadFromLine).ToList();
    }

    private static bool MayBeSentAgain(Report.RefusedEntry line) => line.Code == "quota";

    private async Task<(Report? Report, TimeSpan? RetryAfter)> PostAsync(IReadOnlyList<JsonElementLine> lines, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(ingest, "/v1/prompts" + Query)) { Content = Body(lines) };
        if (ApiKey is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ApiKey);
        }

        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            var report = Read(body);
            var hasReport = report is { Accepted.Count: > 0 } or { Refused.Count: > 0 } or { Failed.Count: > 0 };
            return hasReport || response.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests
                ? (hasReport ? report : null, response.Headers.RetryAfter?.Delta)
                : throw new StreamDistillException($"Ingest at {ingest} answered {(int)response.StatusCode}: {report?.Detail ?? body}");
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.ResponseEnded)
        {
            // It may be on its way up again; if not, patience ends.
            return (new Report { Detail = e.Message, UnreadFromLine = 1 }, RetryAfter);
        }
    }

    private static ReadOnlyMemoryContent Body(IReadOnlyList<JsonElementLine> lines)
    {
        var body = new ArrayBufferWriter<byte>();
        foreach (var line in lines)
        {
            body.Write(line.Bytes!.Value.Span);
            body.Write("\n"u8);
        }

        return new ReadOnlyMemoryContent(body.WrittenMemory) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-ndjson") } };
    }

    private static Report? Read(string body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, ReportJson.Default.Report);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Ingest's answer; a problem body has the same members beside its own.</summary>
    internal sealed record Report
    {
        public string? Detail { get; init; }

        public IReadOnlyList<AcceptedEntry> Accepted { get; init; } = [];

        public IReadOnlyList<RefusedEntry> Refused { get; init; } = [];

        public IReadOnlyList<FailedEntry> Failed { get; init; } = [];

        public long? UnreadFromLine { get; init; }

        internal sealed record AcceptedEntry(long Line, string PromptId, string Status);

        internal sealed record RefusedEntry(long Line, string Field, string Code, string Reason);

        internal sealed record FailedEntry(long Line);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(IngestClient.Report))]
internal sealed partial class ReportJson : JsonSerializerContext;

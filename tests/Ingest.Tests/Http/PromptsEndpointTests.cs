using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using StreamDistill.Contracts;

namespace StreamDistill.Ingest.Tests;

public sealed class PromptsEndpointTests
{
    [Fact]
    public async Task Each_line_is_acknowledged_or_refused_by_number_field_and_reason()
    {
        var sink = new MemorySink();
        await using var app = await IngestApp.StartAsync(sink);

        var answer = await app.PostLinesAsync($"{Lines.With("\"prompt_id\":\"a\"")}\nnonsense\n{Lines.With("\"sampling\":{\"n\":0}")}\n{Lines.With("\"prompt_id\":\"b\"")}\n");

        Assert.Equal((202, "application/json"), (answer.Status, answer.MediaType));
        Assert.Equal(["1 a accepted", "4 b accepted"], answer.Accepted);
        Assert.Equal(["2 $ malformed", "3 sampling.n invalid"], answer.Refused);
        Assert.Equal(["a", "b"], sink.Stored.Select(prompt => prompt.PromptId));
        Assert.All(sink.Stored, prompt => Assert.Equal(("default", "http"), (prompt.Tenant, prompt.Source)));
    }

    [Theory]
    [InlineData("application/json", "{0}", 1)]
    [InlineData("application/json; charset=utf-8", "[{0},{0}]", 2)]
    [InlineData("application/x-ndjson", "{0}\n{0}", 2)]
    [InlineData("application/jsonl", "{0}\r\n\r\n{0}\r\n", 2)]
    public async Task Every_media_type_and_layout_is_taken(string type, string body, int count)
    {
        await using var app = await IngestApp.StartAsync(new MemorySink());
        using var content = new StringContent(body.Replace("{0}", Lines.Question, StringComparison.Ordinal));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);

        var answer = await app.PostAsync(content);

        Assert.Equal((202, count), (answer.Status, answer.Count("accepted")));
    }

    [Fact]
    public async Task A_gzip_body_is_taken()
    {
        await using var app = await IngestApp.StartAsync(new MemorySink());
        using var zipped = new MemoryStream();
        await using (var zip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true))
        {
            zip.Write(Encoding.UTF8.GetBytes(Lines.Question));
        }

        using var content = new ByteArrayContent(zipped.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        content.Headers.ContentEncoding.Add("gzip");

        Assert.Equal(202, (await app.PostAsync(content)).Status);
    }

    [Theory]
    [InlineData("", "bad_request")]
    [InlineData("\n \n", "bad_request")]
    [InlineData("{", "nothing_accepted")]
    [InlineData("{}\n[]\n7\n", "nothing_accepted")]
    public async Task Nothing_to_accept_is_a_400(string body, string type)
    {
        await using var app = await IngestApp.StartAsync(new MemorySink());

        (await app.PostLinesAsync(body)).AssertProblem(400, type);
    }

    [Theory]
    [InlineData("?format=xml", "format is 'xml'")]
    [InlineData("?format=1", "format is '1'")]
    [InlineData("?reference=yes", "reference is 'yes'")]
    [InlineData("?refrence=logged", "no query parameter 'refrence'")]
    public async Task A_wrong_query_is_a_400(string query, string detail)
    {
        await using var app = await IngestApp.StartAsync(new MemorySink());
        var answer = await app.PostLinesAsync(Lines.Question, query);

        answer.AssertProblem(400, "bad_request");
        Assert.Contains(detail, answer.Body.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain", null)]
    [InlineData("application/json; charset=utf-16", null)]
    [InlineData("application/json", "br")]
    [InlineData(null, null)]
    public async Task Another_media_type_is_a_415(string? type, string? encoding)
    {
        await using var app = await IngestApp.StartAsync(new MemorySink());
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Lines.Question));
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        if (encoding is not null)
        {
            content.Headers.ContentEncoding.Add(encoding);
        }

        (await app.PostAsync(content)).AssertProblem(415, "unsupported_media_type");
    }

    [Fact]
    public async Task The_logged_answer_is_the_reference_when_the_query_says_so()
    {
        var sink = new MemorySink();
        await using var app = await IngestApp.StartAsync(sink);
        const string Log = """{"request":{"messages":[{"role":"user","content":"x"}]},"response":{"choices":[{"message":{"content":"y"}}]}}""";

        Assert.Equal(202, (await app.PostLinesAsync(Log, "?format=openai&reference=logged")).Status);
        Assert.Equal("y", Assert.Single(sink.Stored).Reference!.Rationale);
    }

    [Fact]
    public async Task A_body_announced_beyond_the_limit_is_a_413_and_nothing_is_stored()
    {
        var sink = new MemorySink();
        await using var app = await IngestApp.StartAsync(sink, ("Ingest:MaxBodyBytes", "1024"));

        (await app.PostLinesAsync(string.Concat(Enumerable.Repeat(Lines.Question + "\n", 100)))).AssertProblem(413, "too_large");
        Assert.Empty(sink.Stored);
    }

    [Fact]
    public async Task A_streamed_body_beyond_the_limit_is_a_413_that_names_what_was_stored()
    {
        var sink = new MemorySink();
        await using var app = await IngestApp.StartAsync(sink, ("Ingest:MaxBodyBytes", "400000"));

        // The server may forget what it has of a body once that is too large: the rest is only sent when something is stored.
        IEnumerable<byte[]> Body()
        {
            var line = Encoding.UTF8.GetBytes(Lines.Question + "\n");
            for (var sent = 0; sent < 10_000; sent++)
            {
                if (sent == 100)
                {
                    Assert.True(SpinWait.SpinUntil(() => !sink.Stored.IsEmpty, TimeSpan.FromSeconds(30)));
                }

                yield return line;
            }
        }

        var answer = await app.PostAsync(new GeneratedContent(Body()));

        answer.AssertProblem(413, "too_large");
        Assert.True(answer.Count("accepted") > 0);
        Assert.Equal(sink.Stored.Count, answer.Count("accepted"));
    }

    [Fact]
    public async Task A_single_prompt_beyond_the_limit_is_a_413()
    {
        await using var app = await IngestApp.StartAsync(new MemorySink(), ("Ingest:MaxPromptBytes", "1024"));

        (await app.PostLinesAsync(new string('x', 2000))).AssertProblem(413, "too_large");
    }

    [Fact]
    public async Task More_prompts_than_a_request_may_have_is_a_413_that_says_where_to_go_on()
    {
        var sink = new MemorySink();
        await using var app = await IngestApp.StartAsync(sink, ("Ingest:MaxPromptsPerRequest", "3"));

        var answer = await app.PostLinesAsync(string.Concat(Enumerable.Repeat(Lines.Question + "\n", 5)));

        answer.AssertProblem(413, "too_large");
        Assert.Equal((3, 4), (answer.Count("accepted"), answer.Body.GetProperty("unread_from_line").GetInt32()));
        Assert.Equal(3, sink.Stored.Count);
    }

    [Fact]
    public async Task What_could_not_be_stored_is_a_503_that_says_which_lines_to_send_again()
    {
        var sink = new MemorySink(prompt => prompt.PromptId == "b" ? throw new StreamDistillException("Kafka is away", isTransient: true) : Task.CompletedTask);
        await using var app = await IngestApp.StartAsync(sink);

        var answer = await app.PostLinesAsync(string.Join('\n', new[] { "a", "b", "c" }.Select(id => Lines.With($"\"prompt_id\":\"{id}\""))));

        answer.AssertProblem(503, "not_stored");
        Assert.Equal(["1 a accepted"], answer.Accepted);
        Assert.Equal(["2 b"], answer.Failed);
        Assert.Equal(3, answer.Body.GetProperty("unread_from_line").GetInt32());
        Assert.NotNull(answer.RetryAfter);
    }

    [Fact]
    public async Task What_Kafka_can_never_take_is_refused()
    {
        var sink = new MemorySink(_ => throw new UnprocessableRecordException(RefusalCodes.TooLarge, "is larger than Kafka takes"));
        await using var app = await IngestApp.StartAsync(sink);

        (await app.PostLinesAsync(Lines.Question)).AssertProblem(413, "too_large");
    }

    [Fact]
    public async Task Prompts_wait_for_Kafka_together_and_within_bounds()
    {
        var (now, most) = (0, 0);
        var sink = new MemorySink(async _ =>
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            await Task.Delay(20);
            Interlocked.Decrement(ref now);
        });
        await using var app = await IngestApp.StartAsync(sink, ("Ingest:MaxInFlightPrompts", "10"));

        Assert.Equal(200, (await app.PostLinesAsync(string.Concat(Enumerable.Repeat(Lines.Question + "\n", 200)))).Count("accepted"));
        Assert.InRange(most, 2, 10);
    }
}

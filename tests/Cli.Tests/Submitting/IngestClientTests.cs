using System.Net;
using System.Text;
using StreamDistill.Cli.Submitting;
using StreamDistill.Contracts;

namespace StreamDistill.Cli.Tests.Submitting;

public sealed class IngestClientTests
{
    [Fact]
    public async Task Stored_duplicate_and_refused_lines_are_told_by_their_numbers_in_the_file()
    {
        var ingest = new FakeIngest((HttpStatusCode.Accepted, """
            {"accepted":[{"line":1,"prompt_id":"a","status":"accepted"},{"line":3,"prompt_id":"b","status":"duplicate"}],
             "refused":[{"line":2,"field":"messages","code":"invalid","reason":"must have at least one message"}],"failed":[]}
            """));

        var submission = await ingest.Client().SubmitAsync(Lines(10, 20, 30), CancellationToken.None);

        Assert.Equal([(10L, "a", false), (30L, "b", true)], submission.Stored.Select(stored => (stored.Line.Number, stored.PromptId, stored.IsDuplicate)));
        Assert.Equal(new RefusedLine(20, "messages", "must have at least one message"), Assert.Single(submission.Refused));
        Assert.Equal("{\"n\":10}\n{\"n\":20}\n{\"n\":30}\n", Assert.Single(ingest.Bodies));
    }

    [Fact]
    public async Task Lines_over_the_quota_failed_or_unread_are_sent_again_and_no_others()
    {
        var ingest = new FakeIngest(
            (HttpStatusCode.ServiceUnavailable, """
                {"title":"Not everything could be stored","accepted":[{"line":1,"prompt_id":"a","status":"accepted"}],
                 "refused":[{"line":2,"field":"$","code":"quota","reason":"wait"}],"failed":[{"line":3,"prompt_id":"c","reason":"kafka"}],"unread_from_line":4}
                """),
            (HttpStatusCode.Accepted, """
                {"accepted":[{"line":1,"prompt_id":"b","status":"accepted"},{"line":2,"prompt_id":"c","status":"accepted"},{"line":3,"prompt_id":"d","status":"accepted"}],"refused":[],"failed":[]}
                """));

        var submission = await ingest.Client().SubmitAsync(Lines(1, 2, 3, 4), CancellationToken.None);

        Assert.Equal("{\"n\":2}\n{\"n\":3}\n{\"n\":4}\n", ingest.Bodies[1]);
        Assert.Equal(["a", "b", "c", "d"], submission.Stored.Select(stored => stored.PromptId));
    }

    [Fact]
    public async Task A_request_refused_as_a_whole_says_why()
    {
        var ingest = new FakeIngest((HttpStatusCode.Unauthorized, """{"title":"A key is needed","detail":"Send the key as: Authorization: Bearer KEY."}"""));

        var refused = await Assert.ThrowsAsync<StreamDistillException>(() => ingest.Client().SubmitAsync(Lines(1), CancellationToken.None));

        Assert.Contains("401", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Send the key", refused.Message, StringComparison.Ordinal);
    }

    private static List<JsonElementLine> Lines(params long[] numbers) =>
        [.. numbers.Select(number => new JsonElementLine(number, Encoding.UTF8.GetBytes($"{{\"n\":{number}}}")))];

    private sealed class FakeIngest(params (HttpStatusCode Status, string Body)[] answers) : HttpMessageHandler
    {
        public List<string> Bodies { get; } = [];

        public IngestClient Client() => new(new HttpClient(this), new Uri("http://ingest"), TimeProvider.System);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Assert.Equal("application/x-ndjson", request.Content!.Headers.ContentType!.MediaType);
            Bodies.Add(await request.Content.ReadAsStringAsync(cancellationToken));
            var (status, body) = answers[Bodies.Count - 1];
            return new HttpResponseMessage(status)
            {
                Content = new StringContent(body),
                Headers = { RetryAfter = new System.Net.Http.Headers.RetryConditionHeaderValue(TimeSpan.FromMilliseconds(1)) },
            };
        }
    }
}

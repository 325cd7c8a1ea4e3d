using System.Text;

namespace StreamDistill.Teach.Tests.OpenAi;

/// <summary>Event streams as servers really write them.</summary>
public class StreamTests
{
    private const string Usage = """data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}}""";

    [Fact]
    public async Task A_stream_is_asked_for_with_its_usage()
    {
        await using var asking = await Start(FakeReply.Answer("42"));
        await asking.AskAsync();
        Assert.Equal("""{"include_usage":true}""", Assert.Single(asking.Endpoint.Received).Body.GetProperty("stream_options").GetRawText());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public async Task Characters_split_between_packets_arrive_whole(int bytes)
    {
        var stream = $"{Delta("naïve 你好 ")}\n\n{Delta("🦆 ok")}\r\n\r\n{Stop}\n\n{Usage}\n\ndata: [DONE]\n\n";
        await using var asking = await Start(FakeReply.Raw(stream, "text/event-stream; charset=utf-8").InPieces(bytes));
        var completion = Assert.Single(await asking.AskAsync());
        Assert.Equal("naïve 你好 🦆 ok", completion.Answer);
        Assert.Equal((3, 4), (completion.Usage.PromptTokens, completion.Usage.CompletionTokens));
        Assert.NotNull(completion.FirstTokenMs);
    }

    [Fact]
    public async Task A_stream_without_done_is_whole_once_it_has_a_finish_reason()
    {
        await using var asking = await Start(FakeReply.Raw($"{Delta("42")}\n\n{Stop}\n\n", "text/event-stream"));
        Assert.Equal("42", Assert.Single(await asking.AskAsync()).Answer);
    }

    [Fact]
    public async Task A_stream_with_done_is_whole_without_a_finish_reason()
    {
        await using var asking = await Start(FakeReply.Raw($"{Delta("42")}\n\ndata: [DONE]\n\n", "text/event-stream"));
        var completion = Assert.Single(await asking.AskAsync());
        Assert.Equal(("42", "unknown"), (completion.Answer, completion.FinishReason));
    }

    [Fact]
    public async Task A_stream_that_ends_early_is_not_an_answer()
    {
        await using var asking = await Start(
            call => call.Number == 1 ? FakeReply.Raw($"{Delta("4")}\n\n", "text/event-stream") : FakeReply.Answer("42"));
        Assert.Equal("42", Assert.Single(await asking.AskAsync()).Answer);
        Assert.Equal(2, asking.Endpoint.Calls);
    }

    [Fact]
    public async Task A_connection_that_breaks_in_a_stream_is_tried_again()
    {
        await using var asking = await Start(call => call.Number == 1 ? FakeReply.Answer(new string('x', 5000)).HalfOfIt() : FakeReply.Answer("42"));
        Assert.Equal("42", Assert.Single(await asking.AskAsync()).Answer);
    }

    [Fact]
    public async Task Keep_alives_and_other_events_are_passed_over()
    {
        var stream = $": OPENROUTER PROCESSING\n\nid: 7\nretry: 5\n{Delta("4")}\n\n:\n\n{Delta("2")}\n\n{Stop}\n\n: bye\n\ndata: [DONE]\n\n";
        await using var asking = await Start(FakeReply.Raw(stream, "text/event-stream"));
        Assert.Equal("42", Assert.Single(await asking.AskAsync()).Answer);
    }

    [Fact]
    public async Task An_error_in_the_middle_of_a_stream_is_an_error()
    {
        var broken = $"{Delta("4")}\n\ndata: {{\"error\":{{\"message\":\"engine died\",\"code\":500}}}}\n\n";
        await using var asking = await Start(_ => FakeReply.Raw(broken, "text/event-stream"), maxRetries: 0);
        var error = Assert.Single(await asking.AskAsync()).Error!;
        Assert.Equal("unavailable", error.Code);
        Assert.Contains("engine died", error.Message);
    }

    [Fact]
    public async Task A_whole_response_where_a_stream_was_asked_for_is_taken_too()
    {
        await using var asking = await Start(FakeReply.Raw("""{"choices":[{"index":0,"message":{"content":"42"},"finish_reason":"stop"}]}"""));
        Assert.Equal("42", Assert.Single(await asking.AskAsync()).Answer);
    }

    [Fact]
    public async Task Interleaved_choices_are_put_together_by_their_index()
    {
        var stream = new StringBuilder();
        foreach (var (index, text) in new[] { (1, "b"), (0, "a"), (1, "B"), (0, "A") })
        {
            stream.Append($"data: {{\"choices\":[{{\"index\":{index},\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n");
        }

        stream.Append("data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"},{\"index\":1,\"delta\":{},\"finish_reason\":\"length\"}]}\n\n");
        await using var asking = await Start(FakeReply.Raw(stream.ToString(), "text/event-stream"));
        var completions = await asking.AskAsync(Asking.Prompt(n: 2));
        Assert.Equal([("aA", "stop"), ("bB", "length")], completions.Select(completion => (completion.Answer, completion.FinishReason)));
    }

    [Fact]
    public async Task A_stream_without_end_is_cut_at_the_cap()
    {
        var endless = string.Concat(Enumerable.Repeat(Delta(new string('a', 1000)) + "\n\n", 200));
        await using var asking = await Start(_ => FakeReply.Raw(endless, "text/event-stream"), maxResponseBytes: 100_000);
        Assert.Equal("bad_response", Assert.Single(await asking.AskAsync()).Error?.Code);
    }

    private static string Stop => """data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""";

    private static string Delta(string text) => $$$"""data: {"choices":[{"index":0,"delta":{"content":"{{{text}}}"}}]}""";

    private static Task<Asking> Start(FakeReply reply) => Start(_ => reply);

    private static Task<Asking> Start(Func<FakeCall, FakeReply> script, int maxRetries = 5, int maxResponseBytes = 1 << 20) => Asking.StartAsync(script, url =>
        new TeachOptions { Teacher = url, Model = "m1", Stream = true, MaxRetries = maxRetries, MaxResponseBytes = maxResponseBytes, AttemptTimeout = TimeSpan.FromDays(1) });
}

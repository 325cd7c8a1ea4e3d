using System.Globalization;
using System.Text;

namespace StreamDistill.Teach.Tests.OpenAi;

/// <summary>What an endpoint can do wrong, and what becomes of the prompt: an answer in the end, or a completion with an error.</summary>
public class FailureTests
{
    private static readonly FakeReply Good = FakeReply.Answer("42");

    public static TheoryData<string, FakeReply, string> Transient => new()
    {
        { "500", FakeReply.Status(500, "boom"), "unavailable" },
        { "503", FakeReply.Status(503, "loading"), "unavailable" },
        { "529", FakeReply.Status(529, "overloaded"), "unavailable" },
        { "408", FakeReply.Status(408, "slow"), "timeout" },
        { "garbage", FakeReply.Raw("<html>bad gateway</html>"), "bad_response" },
        { "empty", FakeReply.Raw(""), "bad_response" },
        { "null", FakeReply.Raw("null"), "bad_response" },
        { "array", FakeReply.Raw("[]"), "bad_response" },
        { "no choices", FakeReply.Answer("x", choices: 0), "bad_response" },
        { "half a body", Good.HalfOfIt(), "bad_response" },
        { "truncated JSON", FakeReply.Raw("""{"choices":[{"index":0,"message":{"content":"4"""), "bad_response" },
        { "wrong types", FakeReply.Raw("""{"choices":[{"index":0,"message":{"content":{"a":1}}}]}"""), "bad_response" },
        { "choices as text", FakeReply.Raw("""{"choices":"none"}"""), "bad_response" },
        { "error with status 200", FakeReply.Raw("""{"error":{"message":"upstream","code":502}}"""), "unavailable" },
        { "error in words with status 200", FakeReply.Raw("""{"error":"out of luck"}"""), "bad_response" },
        { "broken off", FakeReply.Answer("4", finishReason: "abort"), "unavailable" },
        { "invalid UTF-8", FakeReply.Raw([.. "{\"choices\":[{\"message\":{\"content\":\""u8, 0xC3, 0x28, .. "\"}}]}"u8]), "bad_response" },
        { "lone surrogate", FakeReply.Raw("""{"choices":[{"message":{"content":"\ud800"}}]}"""), "bad_response" },
        { "deep JSON", FakeReply.Raw(new string('[', 100_000)), "bad_response" },
        { "deep JSON inside", FakeReply.Raw("""{"choices":[{"message":{"content":"a"},"x":""" + new string('[', 100_000)), "bad_response" },
        { "no events", FakeReply.Raw("not an event stream at all", "text/event-stream"), "bad_response" },
    };

    public static TheoryData<string, FakeReply, string> Final => new()
    {
        { "400", FakeReply.Status(400, "context too long"), "400: context too long" },
        { "401", FakeReply.Status(401, "wrong key"), "401: wrong key" },
        { "402", FakeReply.Status(402, "insufficient balance"), "402: insufficient balance" },
        { "403", FakeReply.Status(403, "not allowed"), "403: not allowed" },
        { "404", FakeReply.Status(404, "no such model"), "404: no such model" },
        { "429 for money", FakeReply.Status(429, "pay first", code: "insufficient_quota"), "429: pay first" },
        { "redirect", FakeReply.Redirect("http://elsewhere/v1"), "redirects to http://elsewhere/v1" },
        { "text body", FakeReply.Raw("plainly no", "text/plain", 400), "400: plainly no" },
        { "odd JSON body", FakeReply.Raw("""{"detail":[1]}""", status: 404), """404: {"detail":[1]}""" },
    };

    [Theory]
    [MemberData(nameof(Transient))]
    public async Task What_may_pass_is_tried_again(string what, FakeReply wrong, string code)
    {
        await using var asking = await Asking.StartAsync(call => call.Number <= 2 ? wrong : Good);
        var completion = Assert.Single(await asking.AskAsync());
        Assert.True(completion.Error is null, $"{what} ({code}): {completion.Error?.Message}");
        Assert.Equal("42", completion.Answer);
        Assert.Equal(3, asking.Endpoint.Calls);
    }

    [Theory]
    [MemberData(nameof(Transient))]
    public async Task What_does_not_pass_ends_in_an_error_after_the_retries(string what, FakeReply wrong, string code)
    {
        await using var asking = await Asking.StartAsync(wrong, url => new TeachOptions { Teacher = url, Model = "m1", MaxRetries = 2, AttemptTimeout = TimeSpan.FromDays(1) });
        var completion = Assert.Single(await asking.AskAsync());
        Assert.True(code == completion.Error?.Code, $"{what}: {completion.Error}");
        Assert.Equal(("error", ""), (completion.FinishReason, completion.Answer));
        Assert.Equal(3, asking.Endpoint.Calls);
    }

    [Theory]
    [MemberData(nameof(Final))]
    public async Task A_refusal_is_passed_on_and_not_retried(string what, FakeReply refusal, string message)
    {
        await using var asking = await Asking.StartAsync(refusal);
        var completion = Assert.Single(await asking.AskAsync());
        Assert.True("refused" == completion.Error?.Code, $"{what}: {completion.Error}");
        Assert.Contains(message, completion.Error.Message);
        Assert.Equal(1, asking.Endpoint.Calls);
    }

    [Fact]
    public async Task A_wrong_key_makes_the_service_unready_until_it_works_and_is_never_repeated()
    {
        await using var asking = await Asking.StartAsync(
            call => call.Number == 1 ? FakeReply.Status(401, "no such key: s3cr3t\nsorry") : Good, key: "s3cr3t");
        Assert.True(asking.Health.IsReady);
        var completion = Assert.Single(await asking.AskAsync());
        Assert.False(asking.Health.IsReady);
        Assert.Contains("no such key: *** sorry", completion.Error!.Message);
        Assert.All(asking.Logged.Lines, line => Assert.DoesNotContain("s3cr3t", line));
        await asking.AskAsync();
        Assert.True(asking.Health.IsReady);
    }

    [Theory]
    [InlineData("120")]
    [InlineData("date")]
    public async Task Retry_after_is_honoured_by_all_callers(string retryAfter)
    {
        FakeReply SlowDown() => FakeReply.Status(429, "slow down", retryAfter: retryAfter);
        await using var asking = await Asking.StartAsync(
            call => call.Number == 1 ? retryAfter == "date" ? FakeReply.Status(429, retryAfter: call.At.AddSeconds(120).ToString("R", CultureInfo.InvariantCulture)) : SlowDown() : Good);
        var first = asking.Teacher.SampleAsync(Asking.Prompt("p1"), CancellationToken.None);
        await asking.PassTimeUntilAsync(() => asking.Endpoint.Received.TryPeek(out var call) && asking.Clock.GetUtcNow() - call.At > TimeSpan.FromSeconds(5));
        var second = asking.Teacher.SampleAsync(Asking.Prompt("p2"), CancellationToken.None);
        await asking.PassTimeUntilAsync(() => first.IsCompleted && second.IsCompleted);

        var calls = asking.Endpoint.Received.ToList();
        Assert.Equal(3, calls.Count);
        // A date has no fractions of a second.
        Assert.All(calls.Skip(1), call => Assert.True(call.At - calls[0].At >= TimeSpan.FromSeconds(119), $"called again after {call.At - calls[0].At}"));
        Assert.All(await Task.WhenAll(first, second), samples => Assert.Equal("42", samples[0].Answer));
    }

    [Fact]
    public async Task Being_told_to_slow_down_is_not_counted_as_a_failure_within_the_retry_budget()
    {
        await using var asking = await Asking.StartAsync(
            call => call.Number <= 6 ? FakeReply.Status(429, retryAfter: "10") : Good, url => new TeachOptions { Teacher = url, Model = "m1", MaxRetries = 0, AttemptTimeout = TimeSpan.FromDays(1) });
        Assert.Equal("42", Assert.Single(await asking.AskAsync()).Answer);
        Assert.Equal(7, asking.Endpoint.Calls);
    }

    [Fact]
    public async Task Being_told_to_wait_longer_than_the_retry_budget_is_an_error_at_once()
    {
        await using var asking = await Asking.StartAsync(FakeReply.Status(429, "come back tomorrow", retryAfter: "86400"));
        var completion = Assert.Single(await asking.AskAsync());
        Assert.Equal("rate_limited", completion.Error!.Code);
        Assert.Contains("come back tomorrow", completion.Error.Message);
        Assert.Equal(1, asking.Endpoint.Calls);
    }

    [Fact]
    public async Task An_endpoint_that_never_answers_is_a_timeout()
    {
        await using var asking = await Asking.StartAsync(
            FakeReply.Never(), url => new TeachOptions { Teacher = url, Model = "m1", MaxRetries = 2, AttemptTimeout = TimeSpan.FromSeconds(30) });
        var completion = Assert.Single(await asking.AskAsync());
        Assert.Equal("timeout", completion.Error!.Code);
        Assert.Contains("00:00:30 (Teach:AttemptTimeout)", completion.Error.Message);
        Assert.InRange(asking.Endpoint.Calls, 1, 3);
    }

    [Fact]
    public async Task An_endpoint_that_is_not_there_is_unavailable()
    {
        var gone = await FakeTeacher.StartAsync();
        var url = gone.Url;
        await gone.DisposeAsync();
        await using var asking = await Asking.StartAsync(Good, _ => new TeachOptions { Teacher = url, Model = "m1", MaxRetries = 1, AttemptTimeout = TimeSpan.FromDays(1) });
        var completion = Assert.Single(await asking.AskAsync());
        Assert.Equal("unavailable", completion.Error!.Code);
        Assert.Contains(url, completion.Error.Message);
    }

    [Fact]
    public async Task A_response_larger_than_allowed_is_an_error_and_not_asked_for_again()
    {
        await using var asking = await Asking.StartAsync(
            FakeReply.Raw("""{"choices":[{"message":{"content":"ä""" + new string('a', 100 << 20)), url => new TeachOptions { Teacher = url, Model = "m1", MaxResponseBytes = 1 << 20, AttemptTimeout = TimeSpan.FromDays(1) });
        var completion = Assert.Single(await asking.AskAsync());
        Assert.Equal("bad_response", completion.Error!.Code);
        Assert.Contains("larger than 1048576 bytes (Teach:MaxResponseBytes)", completion.Error.Message);
        Assert.Equal(1, asking.Endpoint.Calls);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public async Task Usage_that_cannot_be_is_an_error(long tokens)
    {
        await using var asking = await Asking.StartAsync(FakeReply.Answer("42", edit: response => response["usage"]!["completion_tokens"] = tokens));
        Assert.Equal("bad_response", Assert.Single(await asking.AskAsync()).Error?.Code);
    }

    [Fact]
    public async Task A_dead_endpoint_is_left_alone_and_found_again()
    {
        var dead = true;
        await using var asking = await Asking.StartAsync(
            _ => Volatile.Read(ref dead) ? FakeReply.Status(500, "dead") : Good, url => new TeachOptions { Teacher = url, Model = "m1", MaxRetries = 1000, AttemptTimeout = TimeSpan.FromDays(1), RetryBudget = TimeSpan.FromDays(1) });
        var samples = Enumerable.Range(0, 40).Select(id => asking.Teacher.SampleAsync(Asking.Prompt($"p{id}"), CancellationToken.None)).ToList();
        await asking.PassTimeUntilAsync(() => !asking.Health.IsReady);
        Assert.Contains(asking.Logged.Lines, line => line.Contains("no calls for 15 s", StringComparison.Ordinal));

        // While the circuit is open there is one probe every 15 s, where 40 callers would have made hundreds of calls.
        var (calls, since) = (asking.Endpoint.Calls, asking.Clock.GetUtcNow());
        await asking.PassTimeUntilAsync(() => asking.Clock.GetUtcNow() - since > TimeSpan.FromMinutes(2));
        Assert.InRange(asking.Endpoint.Calls - calls, 1, 60);

        Volatile.Write(ref dead, false);
        await asking.PassTimeUntilAsync(() => samples.TrueForAll(sample => sample.IsCompleted));
        Assert.All(await Task.WhenAll(samples), sample => Assert.Equal("42", sample[0].Answer));
        Assert.True(asking.Health.IsReady);
    }

    [Fact]
    public async Task Bytes_that_are_no_character_in_an_error_body_do_no_harm()
    {
        await using var asking = await Asking.StartAsync(FakeReply.Raw([.. Encoding.UTF8.GetBytes("no "), 0xFF, 0x00, .. new byte[100_000]], "text/plain", 400));
        var error = Assert.Single(await asking.AskAsync()).Error!;
        Assert.Equal("refused", error.Code);
        Assert.InRange(error.Message.Length, 1, 700);
        Assert.DoesNotContain('\0', error.Message);
    }
}

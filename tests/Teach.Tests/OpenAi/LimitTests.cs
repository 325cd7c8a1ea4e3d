using Microsoft.Extensions.Logging.Abstractions;
using StreamDistill.Pipeline;
using StreamDistill.Teach.OpenAi;

namespace StreamDistill.Teach.Tests.OpenAi;

/// <summary>How many calls, how fast, and for how much money.</summary>
public class LimitTests
{
    [Theory]
    [InlineData(7, 50)]
    [InlineData(512, 600)]
    public async Task As_many_calls_are_in_flight_as_allowed_and_no_more(int allowed, int prompts)
    {
        // Nobody is answered before the last who is allowed to be there has come.
        var all = new TaskCompletionSource();
        await using var endpoint = await FakeTeacher.StartAsync(_ => FakeReply.Answer("42").After(() => all.Task));
        using var teacher = new OpenAiTeacher(
            new TeachOptions { Teacher = endpoint.Url, Model = "m1", ConcurrentCalls = allowed }, null, new HealthState(), TimeProvider.System, NullLogger<OpenAiTeacher>.Instance);
        var samples = Enumerable.Range(0, prompts).Select(id => teacher.SampleAsync(Asking.Prompt($"p{id}"), CancellationToken.None)).ToList();
        while (endpoint.InFlight < allowed)
        {
            await Task.Delay(5);
        }

        all.SetResult();
        Assert.All(await Task.WhenAll(samples), sample => Assert.Equal("42", sample[0].Answer));
        Assert.Equal(allowed, endpoint.MostInFlight);
        Assert.Equal(prompts, endpoint.Calls);
    }

    [Fact]
    public async Task Requests_keep_to_their_rate()
    {
        await using var asking = await Asking.StartAsync(
            FakeReply.Answer("42"), url => new TeachOptions { Teacher = url, Model = "m1", RequestsPerMinute = 60, AttemptTimeout = TimeSpan.FromDays(1) });
        await asking.AskAsync(Asking.Prompt(n: 1));
        var started = asking.Clock.GetUtcNow();
        var samples = Enumerable.Range(0, 20).Select(id => asking.Teacher.SampleAsync(Asking.Prompt($"q{id}"), CancellationToken.None)).ToList();
        await asking.PassTimeUntilAsync(() => samples.TrueForAll(sample => sample.IsCompleted));
        Assert.True(asking.Clock.GetUtcNow() - started >= TimeSpan.FromSeconds(19), $"20 calls within {asking.Clock.GetUtcNow() - started}");
    }

    [Fact]
    public async Task Tokens_keep_to_their_rate_by_what_was_really_used()
    {
        await using var asking = await Asking.StartAsync(
            FakeReply.Answer("42", promptTokens: 100, completionTokens: 500),
            url => new TeachOptions { Teacher = url, Model = "m1", TokensPerMinute = 6000, ConcurrentCalls = 1, AttemptTimeout = TimeSpan.FromDays(1) });
        var started = asking.Clock.GetUtcNow();
        var samples = Enumerable.Range(0, 10).Select(id => asking.Teacher.SampleAsync(Asking.Prompt($"p{id}"), CancellationToken.None)).ToList();
        await asking.PassTimeUntilAsync(() => samples.TrueForAll(sample => sample.IsCompleted));

        // The tenth call waits for the 5400 tokens of the nine before it, at 100 a second; a second's worth came for free.
        Assert.True(asking.Clock.GetUtcNow() - started >= TimeSpan.FromSeconds(52), $"6000 tokens within {asking.Clock.GetUtcNow() - started}");
    }

    [Fact]
    public async Task The_spending_cap_stops_the_calls_and_every_sample_still_gets_its_record()
    {
        await using var asking = await Asking.StartAsync(
            FakeReply.Answer("42", promptTokens: 10, completionTokens: 100),
            url => new TeachOptions { Teacher = url, Model = "m1", OutputPrice = 1, MaxCostMicros = 1000, SamplesPerCall = 1, AttemptTimeout = TimeSpan.FromDays(1) });
        var completions = new List<streamdistill.Completion>();
        foreach (var id in Enumerable.Range(0, 10))
        {
            completions.AddRange(await asking.AskAsync(Asking.Prompt($"p{id}", n: 2)));
        }

        Assert.Equal(20, completions.Count);
        Assert.Equal(10, asking.Endpoint.Calls);
        Assert.Equal(1000, completions.Sum(completion => completion.CostMicros));
        Assert.Equal(10, completions.Count(completion => completion.Error?.Code == "budget_exhausted"));
        Assert.False(asking.Health.IsReady);
        Assert.Contains("1000 micro-USD", Assert.Single(asking.Logged.Lines));
    }

    [Fact]
    public async Task The_token_cap_holds_even_where_the_endpoint_tells_no_usage()
    {
        await using var asking = await Asking.StartAsync(
            FakeReply.Answer("42", edit: response => response.Remove("usage")),
            url => new TeachOptions { Teacher = url, Model = "m1", MaxTokens = 1000, AttemptTimeout = TimeSpan.FromDays(1) });
        foreach (var id in Enumerable.Range(0, 20))
        {
            await asking.AskAsync(Asking.Prompt($"p{id}", maxTokens: 200));
        }

        Assert.Equal(4, asking.Endpoint.Calls);
    }
}

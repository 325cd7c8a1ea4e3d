using StreamDistill.Contracts;

namespace StreamDistill.Teach.Tests.OpenAi;

/// <summary>n samples, by one call or by many.</summary>
public class SamplesTests
{
    private static readonly int[] FirstFour = [0, 1, 2, 3];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task All_samples_come_from_one_call_where_the_endpoint_can(bool stream)
    {
        await using var asking = await Asking.StartAsync(
            FakeReply.Answer("42", promptTokens: 11, completionTokens: 5), url => new TeachOptions { Teacher = url, Model = "m1", OutputPrice = 3, Stream = stream });
        var completions = await asking.AskAsync(Asking.Prompt(n: 4));
        Assert.Equal(1, asking.Endpoint.Calls);
        Assert.Equal(FirstFour, completions.Select(completion => completion.SampleIndex));
        Assert.All(completions, completion => Assert.Equal(("42", 4), (completion.Answer, completion.SampleCount)));
        Assert.Equal(4, completions.Select(completion => completion.CompletionId).Distinct().Count());
        Assert.Equal((11, 20, 60), (completions.Sum(c => c.Usage.PromptTokens), completions.Sum(c => c.Usage.CompletionTokens), completions.Sum(c => c.CostMicros)));
    }

    [Fact]
    public async Task The_same_call_always_has_the_same_id()
    {
        await using var asking = await Asking.StartAsync(FakeReply.Answer("42", edit: response => response["system_fingerprint"] = Guid.NewGuid().ToString()));
        var completion = (await asking.AskAsync(Asking.Prompt(n: 2)))[1];
        var asked = completion.Teacher with { Revision = null };
        Assert.Equal(StableId.Completion("p1", 1, 1, asked, completion.Prompt.Sampling), completion.CompletionId);
    }

    [Fact]
    public async Task Samples_per_call_bounds_each_call_and_each_has_its_own_seed()
    {
        await using var asking = await Asking.StartAsync(FakeReply.Answer("42"), url => new TeachOptions { Teacher = url, Model = "m1", SamplesPerCall = 3 });
        Assert.Equal(8, (await asking.AskAsync(Asking.Prompt(n: 8, seed: 100))).Count);
        Assert.Equal([(100, 3), (103, 3), (106, 2)], asking.Endpoint.Received.Select(call => (call.Body.GetProperty("seed").GetInt32(), call.N)).Order());
    }

    [Fact]
    public async Task Another_attempt_has_other_seeds()
    {
        await using var asking = await Asking.StartAsync(FakeReply.Answer("42"));
        await asking.AskAsync(Asking.Prompt(n: 4, attempt: 3, seed: 100));
        Assert.Equal(108, Assert.Single(asking.Endpoint.Received).Body.GetProperty("seed").GetInt32());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_endpoint_that_gives_one_choice_is_asked_for_the_others_and_from_then_on_one_by_one(bool stream)
    {
        await using var asking = await Asking.StartAsync(
            FakeReply.Answer("42", choices: 1), url => new TeachOptions { Teacher = url, Model = "m1", Stream = stream });
        var completions = await asking.AskAsync(Asking.Prompt("p1", n: 4));
        Assert.Equal(FirstFour, completions.Select(completion => completion.SampleIndex));
        Assert.All(completions, completion => Assert.Equal("42", completion.Answer));
        Assert.Equal([1, 1, 1, 4], asking.Endpoint.Received.Select(call => call.N).Order());

        await asking.AskAsync(Asking.Prompt("p2", n: 4));
        Assert.Equal(8, asking.Endpoint.Calls);
        Assert.All(asking.Endpoint.Received.Skip(4), call => Assert.Equal(1, call.N));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(422)]
    public async Task An_endpoint_that_refuses_more_than_one_is_asked_one_by_one(int status)
    {
        await using var asking = await Asking.StartAsync(call => call.N > 1 ? FakeReply.Status(status, "only one choice is allowed") : FakeReply.Answer("42"));
        Assert.All(await asking.AskAsync(Asking.Prompt("p1", n: 4)), completion => Assert.Equal("42", completion.Answer));
        Assert.Equal(5, asking.Endpoint.Calls);
        await asking.AskAsync(Asking.Prompt("p2", n: 4));
        Assert.Equal(9, asking.Endpoint.Calls);
    }

    [Fact]
    public async Task A_prompt_that_is_refused_itself_costs_one_call_more_and_changes_nothing_for_others()
    {
        await using var asking = await Asking.StartAsync(call =>
            call.Body.GetProperty("messages")[0].GetProperty("content").GetString() == "bad" ? FakeReply.Status(400, "context too long") : FakeReply.Answer("42"));
        var refused = await asking.AskAsync(Asking.Prompt("p1", n: 16, question: "bad"));
        Assert.Equal(16, refused.Count);
        Assert.All(refused, completion => Assert.Equal(("refused", "error", ""), (completion.Error!.Code, completion.FinishReason, completion.Answer)));
        Assert.Contains("400: context too long", refused[15].Error!.Message);
        Assert.Equal(2, asking.Endpoint.Calls);
        await asking.AskAsync(Asking.Prompt("p2", n: 16));
        Assert.Equal(3, asking.Endpoint.Calls);
    }

    [Fact]
    public async Task Choices_that_nobody_asked_for_are_left_out()
    {
        await using var asking = await Asking.StartAsync(FakeReply.Answer("42", choices: 5));
        Assert.Equal(2, (await asking.AskAsync(Asking.Prompt(n: 2))).Count);
    }

    [Fact]
    public async Task A_choice_that_broke_off_is_asked_for_again()
    {
        await using var asking = await Asking.StartAsync(call => FakeReply.Answer("42", edit: response =>
        {
            if (call.Number == 1)
            {
                response["choices"]![0]!["finish_reason"] = "insufficient_system_resource";
            }
        }));
        Assert.All(await asking.AskAsync(Asking.Prompt(n: 3)), completion => Assert.Equal(("42", "stop", null), (completion.Answer, completion.FinishReason, completion.Error)));
        Assert.Equal([1, 3], asking.Endpoint.Received.Select(call => call.N).Order());
    }

    [Fact]
    public async Task One_failing_sample_leaves_the_others_alone()
    {
        await using var asking = await Asking.StartAsync(
            call => call.Body.GetProperty("seed").GetInt32() == 2 ? FakeReply.Status(403, "not this one") : FakeReply.Answer("42"),
            url => new TeachOptions { Teacher = url, Model = "m1", SamplesPerCall = 1 });
        var completions = await asking.AskAsync(Asking.Prompt(n: 4, seed: 0));
        Assert.Equal([null, null, "refused", null], completions.Select(completion => completion.Error?.Code));
        Assert.Equal(FirstFour, completions.Select(completion => completion.SampleIndex));
    }

    [Fact]
    public async Task Answers_already_paid_for_are_not_asked_for_again()
    {
        await using var asking = await Asking.StartAsync(call => call.Number == 2 ? FakeReply.Status(403) : FakeReply.Answer($"answer {call.Number}"), url => new TeachOptions { Teacher = url, Model = "m1", SamplesPerCall = 1, ConcurrentCalls = 1 });
        var before = await asking.AskAsync(Asking.Prompt(n: 3));
        var again = await asking.AskAsync(Asking.Prompt(n: 3));
        Assert.Equal(4, asking.Endpoint.Calls);
        Assert.Equal([null, "refused", null], before.Select(completion => completion.Error?.Code));
        Assert.Equal(["answer 1", "answer 4", "answer 3"], again.Select(completion => completion.Answer));
        Assert.Equal(before.Select(completion => completion.CompletionId), again.Select(completion => completion.CompletionId));
    }

    [Fact]
    public async Task A_stage_that_starts_again_joins_the_call_in_flight()
    {
        using var answer = new SemaphoreSlim(0);
        await using var asking = await Asking.StartAsync(_ =>
        {
            answer.Wait();
            return FakeReply.Answer("42");
        });
        using var abort = new CancellationTokenSource();
        var first = asking.Teacher.SampleAsync(Asking.Prompt(), abort.Token);
        await asking.PassTimeUntilAsync(() => asking.Endpoint.Calls == 1);
        await abort.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        var second = asking.Teacher.SampleAsync(Asking.Prompt(), CancellationToken.None);
        answer.Release(10);
        Assert.Equal("42", Assert.Single(await second).Answer);
        Assert.Equal(1, asking.Endpoint.Calls);
    }
}

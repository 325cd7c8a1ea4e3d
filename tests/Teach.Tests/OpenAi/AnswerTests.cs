using System.Text.Json;
using System.Text.Json.Nodes;

namespace StreamDistill.Teach.Tests.OpenAi;

/// <summary>What becomes of a good answer, streamed or not.</summary>
public class AnswerTests
{
    [Fact]
    public async Task The_request_says_what_the_prompt_asks_for()
    {
        await using var asking = await Asking.StartAsync(_ => FakeReply.Answer("42"), key: "k3y");
        await asking.AskAsync(Asking.Prompt(n: 3, seed: 7, topLogprobs: 2));
        var call = Assert.Single(asking.Endpoint.Received);
        Assert.Equal("/v1/chat/completions", call.Path);
        Assert.Equal("Bearer k3y", call.Authorization);
        Assert.Equal(
            """{"model":"m1","messages":[{"role":"user","content":"6 x 7?"}],"n":3,"temperature":0.7,"top_p":0.9,"max_tokens":100,"seed":7,"logprobs":true,"top_logprobs":2}""",
            JsonSerializer.Serialize(call.Body));
    }

    [Fact]
    public async Task Nothing_that_was_not_asked_for_is_sent()
    {
        await using var asking = await Asking.StartAsync(FakeReply.Answer("42"));
        await asking.AskAsync();
        var call = Assert.Single(asking.Endpoint.Received);
        Assert.Null(call.Authorization);
        Assert.Equal(["model", "messages", "temperature", "top_p", "max_tokens"], call.Body.EnumerateObject().Select(property => property.Name));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_completion_says_who_answered_what_and_at_which_price(bool stream)
    {
        await using var asking = await Asking.StartAsync(
            FakeReply.Answer("42", promptTokens: 100, completionTokens: 20, edit: response => response["system_fingerprint"] = "fp_1"),
            url => new TeachOptions { Teacher = url, Model = "m1", Licence = "MIT", InputPrice = 0.5m, OutputPrice = 2, Currency = "EUR", Stream = stream });
        var completion = Assert.Single(await asking.AskAsync(Asking.Prompt("p9")));
        Assert.Equal(("42", null, "stop", null), (completion.Answer, completion.Reasoning, completion.FinishReason, completion.Error));
        Assert.Equal(("openai", "m1", "fp_1", "MIT"), (completion.Teacher.Provider, completion.Teacher.Model, completion.Teacher.Revision, completion.Teacher.Licence));
        Assert.Equal((100, 20, 0), (completion.Usage.PromptTokens, completion.Usage.CompletionTokens, completion.Usage.ReasoningTokens));
        Assert.Equal((90, "EUR"), (completion.CostMicros, completion.CostCurrency));
        Assert.Equal(("p9", 0, 1), (completion.Prompt.PromptId, completion.SampleIndex, completion.SampleCount));
        Assert.Equal(asking.Clock.GetUtcNow().UtcDateTime, completion.CreatedAt);
        Assert.Equal(stream, completion.FirstTokenMs is not null);
    }

    [Theory]
    [InlineData("reasoning_content", false)]
    [InlineData("reasoning_content", true)]
    [InlineData("reasoning", false)]
    [InlineData("reasoning", true)]
    public async Task Reasoning_is_read_from_either_field(string field, bool stream)
    {
        await using var asking = await Asking.StartAsync(
            FakeReply.Answer("42", reasoning: "six times seven", reasoningField: field), url => new TeachOptions { Teacher = url, Model = "m1", Stream = stream });
        var completion = Assert.Single(await asking.AskAsync());
        Assert.Equal(("six times seven", "42"), (completion.Reasoning, completion.Answer));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Inline_reasoning_is_taken_apart(bool stream)
    {
        await using var asking = await Asking.StartAsync(
            FakeReply.Answer("<think>six times seven</think>\n42"), url => new TeachOptions { Teacher = url, Model = "m1", Stream = stream });
        var completion = Assert.Single(await asking.AskAsync());
        Assert.Equal(("six times seven", "42"), (completion.Reasoning, completion.Answer));
    }

    [Fact]
    public async Task An_answer_cut_while_thinking_is_all_reasoning()
    {
        await using var asking = await Asking.StartAsync(FakeReply.Answer("<think>six times", finishReason: "length"));
        var completion = Assert.Single(await asking.AskAsync());
        Assert.Equal(("six times", "", "length"), (completion.Reasoning, completion.Answer, completion.FinishReason));
        Assert.Null(completion.Error);
    }

    [Fact]
    public async Task Reasoning_and_cached_tokens_are_read_and_priced()
    {
        await using var asking = await Asking.StartAsync(
            FakeReply.Answer("42", promptTokens: 100, completionTokens: 50, edit: response =>
            {
                response["usage"]!["completion_tokens_details"] = new JsonObject { ["reasoning_tokens"] = 30 };
                response["usage"]!["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = 60 };
            }),
            url => new TeachOptions { Teacher = url, Model = "m1", InputPrice = 2, CachedInputPrice = 0.5m, OutputPrice = 10 });
        var completion = Assert.Single(await asking.AskAsync());
        Assert.Equal(30, completion.Usage.ReasoningTokens);
        Assert.Equal((40 * 2) + 30 + (50 * 10), completion.CostMicros);
    }

    [Fact]
    public async Task DeepSeeks_cache_hits_are_priced_too()
    {
        await using var asking = await Asking.StartAsync(
            FakeReply.Answer("42", promptTokens: 100, completionTokens: 0, edit: response => response["usage"]!["prompt_cache_hit_tokens"] = 100),
            url => new TeachOptions { Teacher = url, Model = "m1", InputPrice = 2, CachedInputPrice = 1 });
        Assert.Equal(100, Assert.Single(await asking.AskAsync()).CostMicros);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Logprobs_become_soft_labels_where_they_were_asked_for(bool stream)
    {
        await using var asking = await Asking.StartAsync(
            FakeReply.Answer("4", edit: AddLogprobs), url => new TeachOptions { Teacher = url, Model = "m1", Stream = stream });
        var completion = Assert.Single(await asking.AskAsync(Asking.Prompt("p1", topLogprobs: 2)));
        var label = Assert.Single(completion.SoftLabels!);
        Assert.Equal(("4", -0.25f), (label.Token, label.Logprob));
        Assert.Equal([("4", -0.25f), ("5", -1.5f)], label.Top.Select(top => (top.Token, top.Logprob)));
        Assert.Null(Assert.Single(await asking.AskAsync(Asking.Prompt("p2"))).SoftLabels);
    }

    [Fact]
    public async Task A_refusal_of_the_model_is_an_answer_withheld()
    {
        await using var asking = await Asking.StartAsync(FakeReply.Answer(null, edit: response => response["choices"]![0]!["message"]!["refusal"] = "I cannot."));
        var completion = Assert.Single(await asking.AskAsync());
        Assert.Equal(("I cannot.", "content_filter"), (completion.Answer, completion.FinishReason));
    }

    [Fact]
    public async Task Content_in_parts_is_joined()
    {
        await using var asking = await Asking.StartAsync(FakeReply.Answer(null, edit: response =>
            response["choices"]![0]!["message"]!["content"] = JsonNode.Parse("""[{"type":"text","text":"4"},{"type":"image"},{"type":"text","text":"2"}]""")));
        Assert.Equal("42", Assert.Single(await asking.AskAsync()).Answer);
    }

    [Fact]
    public async Task Usage_that_the_endpoint_does_not_tell_is_zero()
    {
        await using var asking = await Asking.StartAsync(FakeReply.Answer("42", edit: response => response.Remove("usage")));
        var completion = Assert.Single(await asking.AskAsync());
        Assert.Equal((0, 0), (completion.Usage.PromptTokens, completion.Usage.CompletionTokens));
        Assert.Null(completion.Error);
    }

    private static void AddLogprobs(JsonObject response)
    {
        foreach (var choice in response["choices"]!.AsArray())
        {
            // In a stream: with the one piece of content there is.
            if (choice!["message"] is not null || choice["delta"]?["content"]?.GetValue<string>() == "4")
            {
                choice["logprobs"] = JsonNode.Parse(
                    """{"content":[{"token":"4","logprob":-0.25,"bytes":[52],"top_logprobs":[{"token":"4","logprob":-0.25},{"token":"5","logprob":-1.5}]}]}""");
            }
        }
    }
}

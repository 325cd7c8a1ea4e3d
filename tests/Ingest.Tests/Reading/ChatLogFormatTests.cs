namespace StreamDistill.Ingest.Tests;

public sealed class ChatLogFormatTests
{
    private const string Pair = """
        {"request":{"model":"m-1","temperature":0,"max_tokens":5,"tools":[],"messages":[{"role":"developer","content":"Be brief."},{"role":"user","content":[{"type":"text","text":"2+"},{"type":"text","text":"2?"}]}]},"response":{"id":"chatcmpl-1","choices":[{"index":0,"message":{"role":"assistant","content":"It is 4."},"finish_reason":"stop"}]},"latency":3}
        """;

    private const string Flywheel = """
        {"timestamp":1715854074,"workload_id":"aiva_1","client_id":"dev","request":{"model":"m-2","messages":[{"role":"user","content":"Hi"}]},"response":{"choices":[{"message":{"role":"assistant","content":"Hello"}}]}}
        """;

    [Fact]
    public async Task A_logged_pair_becomes_a_prompt_with_the_default_sampling()
    {
        var prompt = await Lines.ReadOneAsync(Pair);

        Assert.Equal(["system: Be brief.", "user: 2+2?"], prompt.Messages.Select(message => $"{message.Role}: {message.Content}"));
        Assert.Equal((4, 0.6, 4096), (prompt.Sampling.N, prompt.Sampling.Temperature, prompt.Sampling.MaxTokens));
        Assert.Equal("m-1", prompt.Attributes["logged_model"]);
        Assert.Null(prompt.Reference);
    }

    [Fact]
    public async Task The_logged_answer_becomes_the_rationale_only_when_asked_for()
    {
        var prompt = await Lines.ReadOneAsync(Pair, new() { UseLoggedAnswer = true });

        Assert.Equal((null, "It is 4."), (prompt.Reference!.Answer, prompt.Reference.Rationale));
    }

    [Fact]
    public async Task The_same_log_line_always_has_the_same_id()
    {
        var first = await Lines.ReadOneAsync(Pair);
        var again = await Lines.ReadOneAsync(Pair);
        var other = await Lines.ReadOneAsync(Pair.Replace("2?", "3?", StringComparison.Ordinal));

        Assert.Equal(first.PromptId, again.PromptId);
        Assert.NotEqual(first.PromptId, other.PromptId);
    }

    [Fact]
    public async Task A_flywheel_record_brings_its_workload_as_task_and_the_rest_as_attributes()
    {
        var prompt = await Lines.ReadOneAsync(Flywheel, new() { UseLoggedAnswer = true });

        Assert.Equal("aiva_1", prompt.Task);
        Assert.Equal(
            ["client_id=dev", "logged_at=2024-05-16T10:07:54Z", "logged_model=m-2", "workload_id=aiva_1"],
            prompt.Attributes.Select(pair => $"{pair.Key}={pair.Value}").Order(StringComparer.Ordinal));
        Assert.Equal("Hello", prompt.Reference!.Rationale);
    }

    [Theory]
    [InlineData("""{"request":7,"response":{}}""", "request", "must be an object")]
    [InlineData("""{"request":{},"response":{}}""", "request.messages", "is missing")]
    [InlineData("""{"request":{"messages":[]}}""", "request.messages", "at least one")]
    [InlineData("""{"request":{"messages":[7]}}""", "request.messages[0]", "must be an object")]
    [InlineData("""{"request":{"messages":[{"role":"user","content":null}]}}""", "request.messages[0].content", "is missing")]
    [InlineData("""{"request":{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}}]}]}}""", "request.messages[0].content[0].type", "only text")]
    [InlineData("""{"request":{"messages":[{"role":"user","content":"x"}],"tools":[{"type":"function"}]}}""", "request.tools", "a prompt cannot carry")]
    [InlineData("""{"request":{"messages":[{"role":"assistant","tool_calls":[{}],"content":null},{"role":"user","content":"x"}]}}""", "request.messages[0].tool_calls", "a prompt cannot carry")]
    [InlineData("""{"request":{"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"y"}]}}""", "request.messages", "the last message")]
    [InlineData("""{"request":{"messages":[{"role":"user","content":"x"}]},"workload_id":7}""", "workload_id", "must be a string")]
    [InlineData("""{"request":{"messages":[{"role":"user","content":"x"}]},"workload_id":"w","timestamp":"now"}""", "timestamp", "must be a number")]
    public async Task A_log_line_that_cannot_be_asked_again_is_refused(string json, string field, string reason)
    {
        var refusal = await Lines.RefuseOneAsync(json);

        Assert.Equal(field, refusal.Field);
        Assert.Contains(reason, refusal.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{\"choices\":[]}")]
    [InlineData("{\"choices\":[{\"message\":{\"content\":null,\"tool_calls\":[{}]}}]}")]
    public async Task A_logged_answer_that_is_asked_for_and_missing_is_refused(string response)
    {
        var refusal = await Lines.RefuseOneAsync(
            $$"""{"request":{"messages":[{"role":"user","content":"x"}]},"response":{{response}}}""", new() { UseLoggedAnswer = true });

        Assert.Equal("response.choices[0].message.content", refusal.Field);
    }

    [Fact]
    public async Task A_format_that_is_named_is_not_guessed()
    {
        var refusal = await Lines.RefuseOneAsync(Pair, new() { Format = PromptFormat.Flywheel });

        Assert.Equal("workload_id", refusal.Field);
    }
}

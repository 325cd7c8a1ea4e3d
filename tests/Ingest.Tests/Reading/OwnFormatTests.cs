namespace StreamDistill.Ingest.Tests;

public sealed class OwnFormatTests
{
    [Fact]
    public async Task Every_field_of_a_prompt_is_read()
    {
        var prompt = await Lines.ReadOneAsync("""
            {"prompt_id":"p-1","tenant":"acme","task":"math","source":"exam","idempotency_key":"k-1","redaction_policy":"none",
             "messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"2+2?"}],
             "reference":{"answer":"4","rationale":"2 and 2 are 4."},
             "verifiers":[{"name":"numeric"},{"name":"length","parameters":{"max_words":9}}],
             "sampling":{"n":2,"temperature":0,"top_p":0.5,"max_tokens":7,"seed":-1,"top_logprobs":5},
             "attributes":{"user":"u","age":3,"vip":true}}
            """.ReplaceLineEndings(" "));

        Assert.Equal("p-1", prompt.PromptId);
        Assert.Equal(("acme", "math", "exam"), (prompt.Tenant, prompt.Task, prompt.Source));
        Assert.Equal(("k-1", "none", 1), (prompt.IdempotencyKey, prompt.RedactionPolicy, prompt.Attempt));
        Assert.Equal(["system: Be brief.", "user: 2+2?"], prompt.Messages.Select(message => $"{message.Role}: {message.Content}"));
        Assert.Equal(("4", "2 and 2 are 4."), (prompt.Reference!.Answer, prompt.Reference.Rationale));
        Assert.Equal(["numeric", "length"], prompt.Verifiers.Select(verifier => verifier.Name));
        Assert.Equal("9", prompt.Verifiers[1].Parameters["max_words"]);
        Assert.Equal((2, 0.0, 0.5, 7), (prompt.Sampling.N, prompt.Sampling.Temperature, prompt.Sampling.TopP, prompt.Sampling.MaxTokens));
        Assert.Equal((-1L, 5), (prompt.Sampling.Seed!.Value, prompt.Sampling.TopLogprobs));
        Assert.Equal(["age=3", "user=u", "vip=true"], prompt.Attributes.Select(pair => $"{pair.Key}={pair.Value}").Order());
    }

    [Fact]
    public async Task What_a_prompt_leaves_out_takes_the_defaults()
    {
        var prompt = await Lines.ReadOneAsync(Lines.With("\"sampling\":{\"n\":1},\"reference\":null"), new() { Tenant = "acme", Task = "chat", Source = "http" });

        Assert.Equal(("acme", "chat", "http"), (prompt.Tenant, prompt.Task, prompt.Source));
        Assert.Equal((1, 0.6, 0.95, 4096, 0), (prompt.Sampling.N, prompt.Sampling.Temperature, prompt.Sampling.TopP, prompt.Sampling.MaxTokens, prompt.Sampling.TopLogprobs));
        Assert.Null(prompt.Reference);
        Assert.Empty(prompt.Verifiers);
        Assert.Equal(7, Guid.Parse(prompt.PromptId).Version);
        Assert.Equal(DateTimeKind.Utc, prompt.SubmittedAt.Kind);
    }

    [Fact]
    public async Task The_same_key_of_the_same_tenant_gives_the_same_id()
    {
        const string Keyed = "\"idempotency_key\":\"k\"";
        var first = await Lines.ReadOneAsync(Lines.With(Keyed), new() { Tenant = "a" });
        var again = await Lines.ReadOneAsync(Lines.With(Keyed), new() { Tenant = "a" });
        var other = await Lines.ReadOneAsync(Lines.With(Keyed), new() { Tenant = "b" });

        Assert.Equal(PromptIdentity.OfKey("a", "k"), first.PromptId);
        Assert.Equal(first.PromptId, again.PromptId);
        Assert.NotEqual(first.PromptId, other.PromptId);
    }

    [Fact]
    public async Task Ids_from_content_are_the_same_in_every_run_and_differ_with_the_content()
    {
        var options = new PromptReaderOptions { IdsFromContent = true };
        var first = await Lines.ReadOneAsync(Lines.Question, options);
        var again = await Lines.ReadOneAsync(Lines.Question, options with { Source = "elsewhere" });
        var other = await Lines.ReadOneAsync(Lines.With("\"task\":\"math\""), options);

        Assert.Equal(first.PromptId, again.PromptId);
        Assert.NotEqual(first.PromptId, other.PromptId);
    }

    [Theory]
    [InlineData("""{"prompt_id":"a"}""", "messages", "is missing")]
    [InlineData("""{"messages":"hello"}""", "messages", "must be an array, not a string")]
    [InlineData("""{"messages":[]}""", "messages", "at least one")]
    [InlineData("""{"messages":["hello"]}""", "messages[0]", "must be an object, not a string")]
    [InlineData("""{"messages":[{"role":"user"}]}""", "messages[0].content", "is missing")]
    [InlineData("""{"messages":[{"role":"user","content":" "}]}""", "messages[0].content", "must not be empty")]
    [InlineData("""{"messages":[{"role":"user","content":["x"]}]}""", "messages[0].content", "must be a string, not an array")]
    [InlineData("""{"messages":[{"role":"bot","content":"x"}]}""", "messages[0].role", "allowed are system, user, assistant, tool")]
    [InlineData("""{"messages":[{"role":"user","content":"x"},{"role":"user","content":"x","name":"n"}]}""", "messages[1].name", "not known")]
    [InlineData("""{"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"y"}]}""", "messages", "the teacher answers the last message")]
    [InlineData("""[1]""", "$", "must be an object, not an array")]
    [InlineData("""{"mesages":[]}""", "mesages", "is not a field of a prompt")]
    public async Task A_prompt_without_proper_messages_is_refused(string json, string field, string reason) => await AssertRefused(json, field, reason);

    [Theory]
    [InlineData("\"prompt_id\":7", "prompt_id", "must be a string, not a number")]
    [InlineData("\"prompt_id\":\"\"", "prompt_id", "1 to 256 characters")]
    [InlineData("\"prompt_id\":\" a\"", "prompt_id", "no blanks around it")]
    [InlineData("\"prompt_id\":\"a\\nb\"", "prompt_id", "control character")]
    [InlineData("\"task\":\"a\\u0000b\"", "task", "NUL")]
    [InlineData("\"task\":\"\\ud800\"", "task", "surrogate")]
    [InlineData("\"attributes\":{\"a\":\"\\udc00x\"}", "attributes.a", "surrogate")]
    [InlineData("\"attributes\":{\"a\":[]}", "attributes.a", "must be a string, not an array")]
    [InlineData("\"attributes\":[]", "attributes", "must be an object, not an array")]
    [InlineData("\"attributes\":{\"\":\"x\"}", "attributes", "name that is empty")]
    [InlineData("\"reference\":{\"answer\":18}", "reference.answer", "must be a string, not a number")]
    [InlineData("\"reference\":{\"anser\":\"18\"}", "reference.anser", "allowed are answer, rationale")]
    [InlineData("\"reference\":\"18\"", "reference", "must be an object")]
    [InlineData("\"sampling\":{\"n\":0}", "sampling.n", "from 1 to 64, not 0")]
    [InlineData("\"sampling\":{\"n\":1.5}", "sampling.n", "a whole number")]
    [InlineData("\"sampling\":{\"n\":\"4\"}", "sampling.n", "not a string")]
    [InlineData("\"sampling\":{\"temperature\":2.1}", "sampling.temperature", "from 0 to 2, not 2.1")]
    [InlineData("\"sampling\":{\"temperature\":1e999}", "sampling.temperature", "from 0 to 2")]
    [InlineData("\"sampling\":{\"top_p\":0}", "sampling.top_p", "not 0")]
    [InlineData("\"sampling\":{\"max_tokens\":99999999999}", "sampling.max_tokens", "from 1 to 1000000")]
    [InlineData("\"sampling\":{\"top_logprobs\":21}", "sampling.top_logprobs", "from 0 to 20")]
    [InlineData("\"sampling\":{\"seed\":1.5}", "sampling.seed", "a whole number")]
    [InlineData("\"sampling\":{\"top_k\":5}", "sampling.top_k", "not known")]
    [InlineData("\"verifiers\":[{\"name\":\"nonesuch\"}]", "verifiers[0]", "There is no verifier 'nonesuch'")]
    [InlineData("\"verifiers\":[{\"name\":\"numeric\"},{\"name\":\"length\",\"parameters\":{\"max_words\":\"many\"}}]", "verifiers[1]", "'max_words' is 'many'")]
    [InlineData("\"verifiers\":[{\"name\":\"numeric\",\"parameters\":{\"nonesuch\":\"1\"}}]", "verifiers[0]", "no parameter 'nonesuch'")]
    [InlineData("\"verifiers\":[{}]", "verifiers[0].name", "is missing")]
    [InlineData("\"verifiers\":[\"numeric\"]", "verifiers[0]", "must be an object")]
    [InlineData("\"attempt\":2", "attempt", "is not a field of a prompt")]
    public async Task A_wrong_field_is_named_with_the_reason(string field, string path, string reason) => await AssertRefused(Lines.With(field), path, reason);

    [Fact]
    public async Task A_key_cannot_submit_for_another_tenant()
    {
        var refusal = await Lines.RefuseOneAsync(Lines.With("\"tenant\":\"b\""), new() { Tenant = "a", TenantIsFixed = true });

        Assert.Equal("tenant", refusal.Field);
        Assert.Contains("must be a, the tenant of this key", refusal.Reason, StringComparison.Ordinal);
    }

    private static async Task AssertRefused(string json, string field, string reason)
    {
        // Lines, whatever the text starts with: the text is one element.
        var refusal = await Lines.RefuseOneAsync(json, new() { Layout = InputLayout.Lines, Format = PromptFormat.Prompt });

        Assert.Equal(field, refusal.Field);
        Assert.Equal(RefusalCodes.Invalid, refusal.Code);
        Assert.Contains(reason, refusal.Reason, StringComparison.Ordinal);
    }
}

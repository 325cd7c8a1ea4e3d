using System.Text;
using System.Text.Json;

namespace StreamDistill.Serve.Tests;

public sealed class ChatCompletionTests : IAsyncLifetime
{
    private ServeApp app = null!;

    public async ValueTask InitializeAsync() => app = await ServeApp.StartAsync();

    public ValueTask DisposeAsync() => app.DisposeAsync();

    [Fact]
    public async Task An_answer_has_the_shape_of_OpenAIs()
    {
        var answer = await app.PostAsync(ServeApp.Body("\"max_tokens\":8,\"temperature\":0"));

        Assert.Equal(200, answer.Status);
        Assert.StartsWith("chatcmpl-", answer.Body.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Equal("chat.completion", answer.Body.GetProperty("object").GetString());
        Assert.Equal("tiny", answer.Body.GetProperty("model").GetString());
        Assert.True(answer.Body.GetProperty("created").GetInt64() > 1_700_000_000);
        Assert.Matches("^[0-9a-f]{12}$", answer.Fingerprint);
        Assert.Equal("assistant", answer.Choice().GetProperty("message").GetProperty("role").GetString());
        Assert.Equal("length", answer.FinishReason());
        Assert.Equal(JsonValueKind.Null, answer.Choice().GetProperty("logprobs").ValueKind);
        Assert.Equal(8, answer.Usage("completion_tokens"));
        Assert.Equal(answer.Usage("prompt_tokens") + 8, answer.Usage("total_tokens"));
    }

    [Fact]
    public async Task Both_names_of_max_tokens_bound_the_answer()
    {
        Assert.Equal(3, (await app.PostAsync(ServeApp.Body("\"max_tokens\":3,\"temperature\":0"))).Usage("completion_tokens"));
        Assert.Equal(4, (await app.PostAsync(ServeApp.Body("\"max_completion_tokens\":4,\"temperature\":0"))).Usage("completion_tokens"));
    }

    [Fact]
    public async Task An_answer_that_nothing_else_bounds_ends_with_the_context()
    {
        var answer = await app.PostAsync(ServeApp.Body("\"temperature\":0,\"max_tokens\":100000"));

        Assert.Equal("length", answer.FinishReason());
        Assert.Equal(TinyStudent.Context, answer.Usage("total_tokens"));
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_answer_and_another_seed_another()
    {
        var first = await app.PostAsync(ServeApp.Body("\"max_tokens\":20,\"seed\":7"));
        var again = await app.PostAsync(ServeApp.Body("\"max_tokens\":20,\"seed\":7"));
        var other = await app.PostAsync(ServeApp.Body("\"max_tokens\":20,\"seed\":8"));

        Assert.Equal(first.Content(), again.Content());
        Assert.NotEqual(first.Content(), other.Content());
    }

    [Fact]
    public async Task A_seeded_sample_is_the_same_alone_as_one_of_n_and_among_other_requests()
    {
        var noise = Enumerable.Range(0, 8).Select(i => app.PostAsync(ServeApp.Body("\"max_tokens\":30", $"Noise {i}"))).ToList();
        var three = await app.PostAsync(ServeApp.Body("\"max_tokens\":20,\"seed\":7,\"n\":3"));
        await Task.WhenAll(noise);

        Assert.Equal(3, three.Body.GetProperty("choices").GetArrayLength());
        for (var i = 0; i < 3; i++)
        {
            var alone = await app.PostAsync(ServeApp.Body($"\"max_tokens\":20,\"seed\":{7 + i}"));
            Assert.Equal((i, alone.Content()), (three.Choice(i).GetProperty("index").GetInt32(), three.Content(i)));
        }

        Assert.Equal(60, three.Usage("completion_tokens"));
    }

    [Fact]
    public async Task More_samples_than_there_are_rows_are_all_answered()
    {
        var answer = await app.PostAsync(ServeApp.Body("\"max_tokens\":2,\"n\":40"));

        Assert.Equal(40, answer.Body.GetProperty("choices").GetArrayLength());
        Assert.Equal(Enumerable.Range(0, 40), answer.Body.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("index").GetInt32()));
    }

    [Fact]
    public async Task Temperature_0_and_top_k_1_and_a_tiny_top_p_all_take_the_likeliest_token()
    {
        var greedy = await app.PostAsync(ServeApp.Body("\"max_tokens\":12,\"temperature\":0"));
        var topK = await app.PostAsync(ServeApp.Body("\"max_tokens\":12,\"top_k\":1"));
        var topP = await app.PostAsync(ServeApp.Body("\"max_tokens\":12,\"top_p\":0.000001"));

        Assert.Equal(greedy.Content(), topK.Content());
        Assert.Equal(greedy.Content(), topP.Content());
    }

    [Fact]
    public async Task A_stop_text_ends_the_answer_before_itself()
    {
        var whole = (await app.PostAsync(ServeApp.Body("\"max_tokens\":60,\"seed\":3"))).Content();
        var place = whole.Length / 2;
        var stop = whole.Substring(place, 2);

        foreach (var field in new[] { $"\"stop\":{JsonSerializer.Serialize(stop)}", $"\"stop\":[\"never said\",{JsonSerializer.Serialize(stop)}]" })
        {
            var answer = await app.PostAsync(ServeApp.Body($"\"max_tokens\":60,\"seed\":3,{field}"));
            Assert.Equal("stop", answer.FinishReason());
            Assert.Equal(whole[..whole.IndexOf(stop, StringComparison.Ordinal)], answer.Content());
        }
    }

    [Fact]
    public async Task Logprobs_name_each_token_of_the_content_with_its_bytes_and_alternatives()
    {
        var answer = await app.PostAsync(ServeApp.Body("\"max_tokens\":20,\"seed\":5,\"logprobs\":true,\"top_logprobs\":20"));
        var tokens = answer.Logprobs();

        Assert.Equal(answer.Usage("completion_tokens"), tokens.Count);
        Assert.Equal(answer.Content(), Encoding.UTF8.GetString([.. tokens.SelectMany(Bytes)]));
        Assert.All(tokens, token =>
        {
            var top = token.GetProperty("top_logprobs").EnumerateArray().ToList();
            var logprobs = top.ConvertAll(entry => entry.GetProperty("logprob").GetDouble());
            Assert.Equal(20, top.Count);
            Assert.Equal(logprobs.OrderDescending(), logprobs);
            Assert.InRange(logprobs.Sum(Math.Exp), 0.0, 1.0);
            Assert.True(token.GetProperty("logprob").GetDouble() <= logprobs[0]);
            Assert.Equal(Encoding.UTF8.GetString(Bytes(token)), token.GetProperty("token").GetString());
        });
    }

    [Fact]
    public async Task Logprobs_of_all_tokens_are_a_distribution()
    {
        // The likeliest token of 320 that are nearly alike has nearly their share; by temperature 0 it is the one taken.
        var answer = await app.PostAsync(ServeApp.Body("\"max_tokens\":5,\"temperature\":0,\"logprobs\":true,\"top_logprobs\":1"));

        Assert.All(answer.Logprobs(), token =>
        {
            Assert.Equal(token.GetProperty("logprob").GetDouble(), token.GetProperty("top_logprobs")[0].GetProperty("logprob").GetDouble());
            Assert.InRange(Math.Exp(token.GetProperty("logprob").GetDouble()), 1.0 / 320, 0.5);
        });
    }

    [Fact]
    public async Task Logprobs_without_alternatives_have_none()
    {
        var answer = await app.PostAsync(ServeApp.Body("\"max_tokens\":3,\"logprobs\":true,\"temperature\":0"));

        Assert.Equal(3, answer.Logprobs().Count);
        Assert.All(answer.Logprobs(), token => Assert.Equal(0, token.GetProperty("top_logprobs").GetArrayLength()));
    }

    [Fact]
    public async Task Text_parts_count_as_one_text_and_developer_as_system()
    {
        const string Rest = "\"max_tokens\":10,\"temperature\":0,\"logprobs\":null,\"user\":\"u1\",\"tools\":[],\"response_format\":{\"type\":\"text\"},\"frequency_penalty\":0.0";
        var parts = await app.PostAsync($$"""
            {"model":"tiny","messages":[{"role":"developer","content":"Be brief."},
             {"role":"user","content":[{"type":"text","text":"What is "},{"type":"text","text":"six?"}]},
             {"role":"assistant","content":"6","refusal":null,"annotations":[]},{"role":"user","content":"And seven?"}],{{Rest}}}
            """);
        var plain = await app.PostAsync($$"""
            {"model":"tiny","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"What is six?"},
             {"role":"assistant","content":"6"},{"role":"user","content":"And seven?"}],{{Rest}}}
            """);

        Assert.Equal((200, 200), (parts.Status, plain.Status));
        Assert.Equal((plain.Usage("prompt_tokens"), plain.Content()), (parts.Usage("prompt_tokens"), parts.Content()));
    }

    [Fact]
    public async Task The_model_is_listed()
    {
        var list = await app.GetAsync("/v1/models");
        var one = await app.GetAsync("/v1/models/tiny");

        Assert.Equal("tiny", Assert.Single(list.Body.GetProperty("data").EnumerateArray()).GetProperty("id").GetString());
        Assert.Equal("model", one.Body.GetProperty("object").GetString());
        (await app.GetAsync("/v1/models/other")).AssertError(404, "model_not_found", "model", "served is 'tiny'");
    }

    private static byte[] Bytes(JsonElement token) => [.. token.GetProperty("bytes").EnumerateArray().Select(number => number.GetByte())];
}

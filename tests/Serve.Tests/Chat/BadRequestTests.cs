using System.Text;

namespace StreamDistill.Serve.Tests;

/// <summary>One server for all cases: a bad request leaves no trace.</summary>
public sealed class OneServer : IAsyncLifetime
{
    internal ServeApp App { get; private set; } = null!;

    public async ValueTask InitializeAsync() => App = await ServeApp.StartAsync(("Serve:BodyBytesMax", "20000"));

    public ValueTask DisposeAsync() => App.DisposeAsync();
}

public sealed class BadRequestTests(OneServer server) : IClassFixture<OneServer>
{
    [Theory]
    [InlineData("\"temperature\":3", "temperature", "is 3; allowed is a number from 0 to 2")]
    [InlineData("\"temperature\":\"hot\"", "temperature", "is \"hot\"; allowed is a number")]
    [InlineData("\"temperature\":1e999", "temperature", "allowed is a number")]
    [InlineData("\"top_p\":0", "top_p", "above 0 and at most 1")]
    [InlineData("\"top_k\":-2", "top_k", "from -1 to")]
    [InlineData("\"n\":0", "n", "a whole number from 1 to 128")]
    [InlineData("\"n\":1.5", "n", "a whole number")]
    [InlineData("\"max_tokens\":0", "max_tokens", "from 1 to")]
    [InlineData("\"max_tokens\":5,\"max_completion_tokens\":6", "max_completion_tokens", "must be the same")]
    [InlineData("\"seed\":1e30", "seed", "a whole number")]
    [InlineData("\"stop\":5", "stop", "an array")]
    [InlineData("\"stop\":[\"a\",\"\"]", "stop", "none empty")]
    [InlineData("\"stop\":[\"a\",\"b\",\"c\",\"d\",\"e\"]", "stop", "has 5 entries")]
    [InlineData("\"stop\":[\"a\",1]", "stop[1]", "is 1; allowed is a string")]
    [InlineData("\"stream\":1", "stream", "true or false")]
    [InlineData("\"stream_options\":{\"include_usage\":true}", "stream_options", "where 'stream' is true")]
    [InlineData("\"stream\":true,\"stream_options\":{\"include_usage\":\"yes\"}", "stream_options.include_usage", "true or false")]
    [InlineData("\"top_logprobs\":5", "top_logprobs", "where 'logprobs' is true")]
    [InlineData("\"logprobs\":true,\"top_logprobs\":21", "top_logprobs", "from 0 to 20")]
    [InlineData("\"logprobs\":5", "logprobs", "true or false")]
    public async Task A_wrong_value_is_refused_by_name_with_what_is_allowed(string fields, string param, string message) =>
        (await server.App.PostAsync(ServeApp.Body(fields))).AssertError(400, "invalid_value", param, message);

    [Theory]
    [InlineData("\"tools\":[{\"type\":\"function\"}]", "tools")]
    [InlineData("\"tool_choice\":\"auto\"", "tool_choice")]
    [InlineData("\"response_format\":{\"type\":\"json_schema\"}", "response_format")]
    [InlineData("\"modalities\":[\"text\",\"audio\"]", "modalities")]
    [InlineData("\"logit_bias\":{\"5\":10}", "logit_bias")]
    [InlineData("\"frequency_penalty\":0.5", "frequency_penalty")]
    [InlineData("\"presence_penalty\":-1", "presence_penalty")]
    [InlineData("\"temprature\":0", "temprature")]
    [InlineData("\"stream\":true,\"stream_options\":{\"include_all\":true}", "stream_options.include_all")]
    public async Task What_is_not_supported_is_refused_by_name(string fields, string param) =>
        (await server.App.PostAsync(ServeApp.Body(fields))).AssertError(400, "unsupported_parameter", param);

    [Theory]
    [InlineData("[]", "messages", "is empty")]
    [InlineData("null", "messages", "is missing")]
    [InlineData("{}", "messages", "an array")]
    [InlineData("[{\"role\":\"tool\",\"content\":\"x\"}]", "messages[0].role", "is 'tool'; allowed are")]
    [InlineData("[{\"content\":\"x\"}]", "messages[0].role", "is missing")]
    [InlineData("[{\"role\":\"user\",\"content\":\"x\"},{\"role\":\"user\"}]", "messages[1].content", "is missing")]
    [InlineData("[{\"role\":\"user\",\"content\":5}]", "messages[0].content", "an array")]
    [InlineData("[{\"role\":\"user\",\"content\":\"\\ud800\"}]", "messages[0].content", "half of a surrogate pair")]
    [InlineData("[{\"role\":\"user\",\"content\":[{\"type\":\"text\"}]}]", "messages[0].content[0].text", "is missing")]
    public async Task A_wrong_message_is_refused_by_its_place(string messages, string param, string message) =>
        (await server.App.PostAsync($$"""{"model":"tiny","messages":{{messages}}}""")).AssertError(400, "invalid_value", param, message);

    [Theory]
    [InlineData("[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"x\"}}]}]", "messages[0].content[0].type")]
    [InlineData("[{\"role\":\"user\",\"content\":\"x\",\"name\":\"Ann\"}]", "messages[0].name")]
    [InlineData("[{\"role\":\"assistant\",\"content\":\"x\",\"tool_calls\":[{}]}]", "messages[0].tool_calls")]
    public async Task A_message_that_is_not_text_is_refused_by_its_place(string messages, string param) =>
        (await server.App.PostAsync($$"""{"model":"tiny","messages":{{messages}}}""")).AssertError(400, "unsupported_parameter", param);

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"model\":\"tiny\"")]
    [InlineData("{\"model\":\"tiny\",\"model\":\"tiny\"}")]
    public async Task A_body_that_is_no_request_is_refused(string body) => (await server.App.PostAsync(body)).AssertError(400, "invalid_json");

    [Fact]
    public async Task Another_model_is_not_found() =>
        (await server.App.PostAsync("""{"model":"gpt","messages":[{"role":"user","content":"x"}]}""")).AssertError(404, "model_not_found", "model", "'gpt' does not exist here; served is 'tiny'");

    [Fact]
    public async Task A_model_that_is_not_named_is_asked_for() =>
        (await server.App.PostAsync("""{"messages":[{"role":"user","content":"x"}]}""")).AssertError(400, "invalid_value", "model", "name the model");

    [Fact]
    public async Task Another_media_type_is_refused() => (await server.App.PostAsync(ServeApp.Body(), mediaType: "text/plain")).AssertError(415, "unsupported_media_type");

    [Fact]
    public async Task Messages_that_fill_the_context_are_refused_with_both_numbers() =>
        (await server.App.PostAsync(ServeApp.Body(question: string.Concat(Enumerable.Repeat("Zq#", 600))))).AssertError(
            400, "context_length_exceeded", "messages", $"context is {TinyStudent.Context} tokens, and the messages have ");

    [Fact]
    public async Task A_body_that_is_too_large_is_refused() =>
        (await server.App.PostAsync(ServeApp.Body(question: new string('x', 30_000)))).AssertError(413, "request_too_large", null, "20000 bytes");

    [Fact]
    public async Task A_refused_stream_is_an_error_with_its_status() =>
        (await server.App.PostAsync(ServeApp.Body("\"stream\":true,\"n\":0"))).AssertError(400, "invalid_value", "n");

    [Fact]
    public async Task Invalid_bytes_are_refused()
    {
        using var content = new ByteArrayContent([.. Encoding.UTF8.GetBytes("{\"model\":\""), 0xff, 0xfe, (byte)'"', (byte)'}']);
        content.Headers.ContentType = new("application/json");
        using var response = await server.App.Client.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), content, TestContext.Current.CancellationToken);

        Assert.Equal(400, (int)response.StatusCode);
    }
}

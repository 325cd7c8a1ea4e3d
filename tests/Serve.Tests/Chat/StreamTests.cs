using System.Text.Json;

namespace StreamDistill.Serve.Tests;

public sealed class StreamTests : IAsyncLifetime
{
    private ServeApp app = null!;

    public async ValueTask InitializeAsync() => app = await ServeApp.StartAsync();

    public ValueTask DisposeAsync() => app.DisposeAsync();

    [Theory]
    [InlineData("\"max_tokens\":60,\"seed\":11,\"n\":3")]
    [InlineData("\"max_tokens\":60,\"seed\":11,\"logprobs\":true,\"top_logprobs\":3")]
    [InlineData("\"max_tokens\":60,\"seed\":12,\"stop\":[\" \",\"e\"]")]
    [InlineData("\"max_tokens\":40,\"temperature\":0,\"n\":20,\"logprobs\":true")]
    public async Task A_streamed_answer_says_what_a_whole_one_says(string fields)
    {
        var whole = await app.PostAsync(ServeApp.Body(fields));
        var chunks = await app.StreamAsync(ServeApp.Body($"{fields},\"stream\":true,\"stream_options\":{{\"include_usage\":true}}"));

        for (var i = 0; i < whole.Body.GetProperty("choices").GetArrayLength(); i++)
        {
            var parts = chunks.SelectMany(chunk => chunk.GetProperty("choices").EnumerateArray()).Where(choice => choice.GetProperty("index").GetInt32() == i).ToList();
            Assert.Equal("assistant", parts[0].GetProperty("delta").GetProperty("role").GetString());
            Assert.Equal(whole.Content(i), string.Concat(parts.Select(Text)));
            Assert.Equal(whole.FinishReason(i), Assert.Single(parts, part => part.GetProperty("finish_reason").ValueKind == JsonValueKind.String).GetProperty("finish_reason").GetString());
            Assert.Equal(
                whole.Choice(i).GetProperty("logprobs") is { ValueKind: JsonValueKind.Object } logprobs ? logprobs.GetProperty("content").EnumerateArray().Select(entry => entry.GetRawText()) : [],
                parts.Select(part => part.GetProperty("logprobs")).Where(part => part.ValueKind == JsonValueKind.Object)
                    .SelectMany(part => part.GetProperty("content").EnumerateArray()).Select(entry => entry.GetRawText()));
        }

        Assert.Equal(0, chunks[^1].GetProperty("choices").GetArrayLength());
        Assert.Equal(whole.Body.GetProperty("usage").GetRawText(), chunks[^1].GetProperty("usage").GetRawText());
    }

    [Fact]
    public async Task The_chunks_of_a_stream_have_one_id_and_no_usage_unless_asked()
    {
        var chunks = await app.StreamAsync(ServeApp.Body("\"max_tokens\":10,\"stream\":true"));

        Assert.Single(chunks.Select(chunk => chunk.GetProperty("id").GetString()).Distinct());
        Assert.All(chunks, chunk =>
        {
            Assert.Equal("chat.completion.chunk", chunk.GetProperty("object").GetString());
            Assert.False(chunk.TryGetProperty("usage", out _));
        });
    }

    private static string Text(JsonElement choice) => choice.GetProperty("delta").TryGetProperty("content", out var content) ? content.GetString()! : "";
}

using System.ClientModel;
using System.Text;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Models;
using OpenAiCompletion = OpenAI.Chat.ChatCompletion;

namespace StreamDistill.Serve.Tests;

/// <summary>OpenAI's own package for .NET: a client that knows nothing of this server.</summary>
public sealed class OpenAiPackageTests : IAsyncLifetime
{
    private ServeApp app = null!;

    private OpenAIClientOptions Endpoint => new() { Endpoint = new Uri(app.Url + "/v1") };

    private ChatClient Chat => new("tiny", new ApiKeyCredential("unused"), Endpoint);

    public async ValueTask InitializeAsync() => app = await ServeApp.StartAsync();

    public ValueTask DisposeAsync() => app.DisposeAsync();

    [Fact]
    public async Task It_reads_an_answer_with_logprobs_and_usage()
    {
        OpenAiCompletion completion = await Chat.CompleteChatAsync(
            [new SystemChatMessage("Be brief."), new UserChatMessage("What is six times seven?")],
            new ChatCompletionOptions { MaxOutputTokenCount = 10, Temperature = 0, IncludeLogProbabilities = true, TopLogProbabilityCount = 2 },
            TestContext.Current.CancellationToken);

        Assert.Equal(ChatFinishReason.Length, completion.FinishReason);
        Assert.Equal(10, completion.Usage.OutputTokenCount);
        Assert.Equal(10, completion.ContentTokenLogProbabilities.Count);
        Assert.Equal(completion.Content[0].Text, Encoding.UTF8.GetString([.. completion.ContentTokenLogProbabilities.SelectMany(token => token.Utf8Bytes!.Value.ToArray())]));
        Assert.Equal(2, completion.ContentTokenLogProbabilities[0].TopLogProbabilities.Count);
    }

    [Fact]
    public async Task It_reads_a_stream_that_says_the_same()
    {
        ChatMessage[] messages = [new UserChatMessage("What is six times seven?")];
        OpenAiCompletion whole = await Chat.CompleteChatAsync(messages, new ChatCompletionOptions { MaxOutputTokenCount = 30, Temperature = 0 }, TestContext.Current.CancellationToken);
        var text = new StringBuilder();
        ChatTokenUsage? usage = null;
        await foreach (var update in Chat.CompleteChatStreamingAsync(
            messages, new ChatCompletionOptions { MaxOutputTokenCount = 30, Temperature = 0 }, TestContext.Current.CancellationToken))
        {
            text.Append(string.Concat(update.ContentUpdate.Select(part => part.Text)));
            usage = update.Usage ?? usage;
        }

        Assert.Equal(whole.Content[0].Text, text.ToString());
        Assert.Equal(whole.Usage.TotalTokenCount, usage?.TotalTokenCount);
    }

    [Fact]
    public async Task It_reads_an_error()
    {
        var refused = await Assert.ThrowsAsync<ClientResultException>(() => Chat.CompleteChatAsync(
            [new UserChatMessage("x")], new ChatCompletionOptions { FrequencyPenalty = 1 }, TestContext.Current.CancellationToken));

        Assert.Equal(400, refused.Status);
        Assert.Contains("'frequency_penalty' is not supported", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_lists_the_model()
    {
        var models = new OpenAIModelClient(new ApiKeyCredential("unused"), Endpoint);

        Assert.Equal("tiny", Assert.Single((await models.GetModelsAsync(TestContext.Current.CancellationToken)).Value).Id);
        Assert.Equal("streamdistill", (await models.GetModelAsync("tiny", TestContext.Current.CancellationToken)).Value.OwnedBy);
    }
}

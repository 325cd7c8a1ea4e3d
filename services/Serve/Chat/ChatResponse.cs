using System.Text;
using StreamDistill.Student;

namespace StreamDistill.Serve;

/// <summary>The answer to one request, made of the tokens as they come: whole, or as server-sent events. Both say the same.</summary>
internal sealed class ChatResponse(ChatRequest request, Generation generation, ServeTelemetry.Call call, string model, TimeProvider time)
{
    private readonly ChatCompletion frame = new()
    {
        Id = "chatcmpl-" + Guid.NewGuid().ToString("N"),
        Object = request.Stream ? "chat.completion.chunk" : "chat.completion",
        Created = time.GetUtcNow().ToUnixTimeSeconds(),
        Model = model,
        SystemFingerprint = generation.Student.Fingerprint,
        Choices = [],
    };

    private readonly TokenLogprobs logprobs = new(generation.Student);

    private ChatUsage Usage => new(call.PromptTokens, call.CompletionTokens, call.PromptTokens + call.CompletionTokens);

    /// <summary>Writes the answer once it is complete.</summary>
    public async Task WriteAsync(HttpContext context)
    {
        var texts = Enumerable.Range(0, request.Samples).Select(_ => new StringBuilder()).ToList();
        var contents = texts.ConvertAll(_ => new List<ChatTokenLogprob>());
        var reasons = new string?[request.Samples];
        await foreach (var (sample, token) in generation.Tokens.ReadAllAsync(context.RequestAborted))
        {
            call.Generated();
            texts[sample].Append(token.Text);
            contents[sample].AddRange(LogprobsOf(token));
            reasons[sample] = ReasonOf(token);
        }

        var choices = texts.Select((text, index) => new ChatChoice
        {
            Index = index,
            Message = new ChatAnswer("assistant", text.ToString(), Refusal: null),
            Logprobs = request.Logprobs ? new ChatLogprobs(contents[index], Refusal: null) : null,
            FinishReason = reasons[index],
        });
        await context.Response.WriteAsJsonAsync(
            frame with { Choices = [.. choices], Usage = Usage }, ChatJson.Default.ChatCompletion, cancellationToken: context.RequestAborted);
    }

    /// <summary>Writes each piece as it comes.</summary>
    public async Task StreamAsync(HttpContext context)
    {
        var events = new EventStream(context);
        try
        {
            for (var sample = 0; sample < request.Samples; sample++)
            {
                await events.WriteAsync(Chunk(sample, new ChatDelta("assistant", "")), ChatJson.Default.ChatCompletion);
            }

            await foreach (var (sample, token) in generation.Tokens.ReadAllAsync(context.RequestAborted))
            {
                call.Generated();
                await WriteAsync(events, sample, token);
            }

            if (request.IncludeUsage)
            {
                await events.WriteAsync(frame with { Usage = Usage }, ChatJson.Default.ChatCompletion);
            }

            await events.EndAsync();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The status is sent; clients look for an error in the stream.
            await events.WriteAsync(new ApiErrorBody(ApiException.Failed().Error), ChatJson.Default.ApiErrorBody);
            throw;
        }
    }

    private async Task WriteAsync(EventStream events, int sample, GeneratedToken token)
    {
        var content = LogprobsOf(token);
        if (token.Text.Length > 0 || content.Count > 0)
        {
            var chunk = Chunk(sample, new ChatDelta(Role: null, token.Text), request.Logprobs ? new ChatLogprobs(content, Refusal: null) : null);
            await events.WriteAsync(chunk, ChatJson.Default.ChatCompletion);
        }

        if (ReasonOf(token) is { } reason)
        {
            await events.WriteAsync(Chunk(sample, new ChatDelta(Role: null, Content: null), reason: reason), ChatJson.Default.ChatCompletion);
        }
    }

    private ChatCompletion Chunk(int sample, ChatDelta delta, ChatLogprobs? logprobs = null, string? reason = null) =>
        frame with { Choices = [new ChatChoice { Index = sample, Delta = delta, Logprobs = logprobs, FinishReason = reason }] };

    private IReadOnlyList<ChatTokenLogprob> LogprobsOf(GeneratedToken token) => request.Logprobs ? logprobs.Of(token) : [];

    private static string? ReasonOf(GeneratedToken token) => token.Finish switch
    {
        null => null,
        FinishReason.Stop => "stop",
        FinishReason.Length => "length",
        var other => throw new InvalidOperationException($"The finish reason {other} has no name on the wire."),
    };
}

// The part of the Chat Completions API that this service speaks: POST {base}/chat/completions. Beyond OpenAI's own fields:
// reasoning_content (DeepSeek, vLLM, SGLang, llama.cpp), reasoning (vLLM, OpenRouter), prompt_cache_hit_tokens (DeepSeek),
// and error inside a response with status 200 (OpenRouter, and streams of most servers).
using System.Text.Json;
using System.Text.Json.Serialization;

namespace StreamDistill.Teach.OpenAi;

internal sealed record ChatRequest
{
    public required string Model { get; init; }

    public required IReadOnlyList<ChatTurn> Messages { get; init; }

    public int? N { get; init; }

    public double Temperature { get; init; }

    public double TopP { get; init; }

    public int MaxTokens { get; init; }

    public long? Seed { get; init; }

    public bool? Logprobs { get; init; }

    public int? TopLogprobs { get; init; }

    public bool? Stream { get; init; }

    public ChatStreamOptions? StreamOptions { get; init; }
}

internal sealed record ChatTurn(string Role, string Content);

internal sealed record ChatStreamOptions(bool IncludeUsage);

/// <summary>A response, or one event of a streamed one.</summary>
internal sealed record ChatResponse
{
    public string? Model { get; init; }

    public string? SystemFingerprint { get; init; }

    public IReadOnlyList<ChatChoice?>? Choices { get; init; }

    public ChatUsage? Usage { get; init; }

    public JsonElement? Error { get; init; }
}

internal sealed record ChatChoice
{
    public int Index { get; init; }

    public ChatMessage? Message { get; init; }

    public ChatMessage? Delta { get; init; }

    public string? FinishReason { get; init; }

    public ChatLogprobs? Logprobs { get; init; }
}

internal sealed record ChatMessage
{
    [JsonConverter(typeof(ChatTextConverter))]
    public string? Content { get; init; }

    [JsonConverter(typeof(ChatTextConverter))]
    public string? ReasoningContent { get; init; }

    [JsonConverter(typeof(ChatTextConverter))]
    public string? Reasoning { get; init; }

    [JsonConverter(typeof(ChatTextConverter))]
    public string? Refusal { get; init; }
}

internal sealed record ChatLogprobs
{
    public IReadOnlyList<ChatTokenLogprob>? Content { get; init; }
}

internal sealed record ChatTokenLogprob
{
    public string Token { get; init; } = "";

    public double Logprob { get; init; }

    public IReadOnlyList<ChatTokenLogprob>? TopLogprobs { get; init; }
}

internal sealed record ChatUsage
{
    public long? PromptTokens { get; init; }

    public long? CompletionTokens { get; init; }

    public long? PromptCacheHitTokens { get; init; }

    public ChatPromptTokens? PromptTokensDetails { get; init; }

    public ChatCompletionTokens? CompletionTokensDetails { get; init; }

    public long CachedTokens => PromptTokensDetails?.CachedTokens ?? PromptCacheHitTokens ?? 0;

    public long ReasoningTokens => CompletionTokensDetails?.ReasoningTokens ?? 0;
}

internal sealed record ChatPromptTokens
{
    public long? CachedTokens { get; init; }
}

internal sealed record ChatCompletionTokens
{
    public long? ReasoningTokens { get; init; }
}

/// <summary>Text, or null, or an array of parts of which those with a text are joined.</summary>
internal sealed class ChatTextConverter : JsonConverter<string?>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return reader.TokenType is JsonTokenType.String ? reader.GetString() : throw new JsonException("a message's text must be a string, null or an array of parts");
        }

        using var parts = JsonDocument.ParseValue(ref reader);
        return string.Concat(parts.RootElement.EnumerateArray().Select(part =>
            part.ValueKind == JsonValueKind.Object && part.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null));
    }

    public override void Write(Utf8JsonWriter writer, string? value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    NumberHandling = JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(ChatRequest))]
[JsonSerializable(typeof(ChatResponse))]
internal sealed partial class ChatJson : JsonSerializerContext;

using System.Globalization;
using System.Text.Json;
using StreamDistill.Student;

namespace StreamDistill.Serve;

/// <summary>
/// Reads the body of a chat completion. What would change the answer and is not supported is refused by name; what does
/// not change it (user, metadata …) is passed over; null is the same as leaving a field out.
/// </summary>
internal sealed class ChatRequestReader
{
    private const int StopsMax = 4;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private readonly int samplesMax;
    private readonly int contextMax;
    private string? model;
    private IReadOnlyList<(string Role, string Content)>? messages;
    private int samples = 1;
    private double temperature = 1;
    private double topP = 1;
    private int topK;
    private int? maxTokens;
    private long? seed;
    private List<string>? stops;
    private bool stream;
    private bool? includeUsage;
    private bool logprobs;
    private int? topLogprobs;

    private ChatRequestReader(int samplesMax, int contextMax) => (this.samplesMax, this.contextMax) = (samplesMax, contextMax);

    /// <summary>Reads the body to its end.</summary>
    /// <param name="body">JSON.</param>
    /// <param name="samplesMax">The largest n.</param>
    /// <param name="contextMax">Most tokens of an answer: max_tokens may be more and is cut to it.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ApiException">The body is not a request, or not one that can be answered.</exception>
    public static async Task<ChatRequest> ReadAsync(Stream body, int samplesMax, int contextMax, CancellationToken cancellationToken)
    {
        try
        {
            using var document = await JsonDocument.ParseAsync(body, Strict, cancellationToken);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new ChatRequestReader(samplesMax, contextMax).Read(document.RootElement)
                : throw ApiException.NotJson("The body must be a JSON object.");
        }
        catch (JsonException e)
        {
            throw ApiException.NotJson($"The body is not valid JSON: {e.Message}");
        }
    }

    private ChatRequest Read(JsonElement root)
    {
        foreach (var property in root.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Null)
            {
                Take(new RequestField(property.Name, property.Value));
            }
        }

        if (includeUsage is not null && !stream)
        {
            throw ApiException.Invalid("stream_options", "is only allowed where 'stream' is true.");
        }

        if (topLogprobs is not null && !logprobs)
        {
            throw ApiException.Invalid("top_logprobs", "is only allowed where 'logprobs' is true.");
        }

        return new ChatRequest
        {
            Model = model ?? throw ApiException.Invalid("model", "is missing: name the model."),
            Messages = messages ?? throw ApiException.Invalid("messages", "is missing: give at least one message."),
            Samples = samples,
            Sampling = new SamplingOptions(temperature, topP, topK, seed, Math.Min(maxTokens ?? contextMax, contextMax), stops, logprobs ? topLogprobs ?? 0 : -1),
            Stream = stream,
            IncludeUsage = includeUsage == true,
        };
    }

    private void Take(RequestField field)
    {
        switch (field.Name)
        {
            case "model":
                model = field.Text();
                break;
            case "messages":
                messages = ChatMessageReader.Read(field);
                break;
            case "n":
                samples = (int)field.Integer(1, samplesMax);
                break;
            case "temperature":
                temperature = field.Number(0, 2);
                break;
            case "top_p":
                topP = field.Number(double.Epsilon, 1, "a number above 0 and at most 1");
                break;
            case "top_k":
                topK = (int)Math.Max(0, field.Integer(-1, int.MaxValue));
                break;
            case "max_tokens" or "max_completion_tokens":
                var most = (int)field.Integer(1, int.MaxValue);
                maxTokens = maxTokens is null || maxTokens == most ? most
                    : throw ApiException.Invalid(field.Name, "differs from its other name: 'max_tokens' and 'max_completion_tokens' must be the same.");
                break;
            case "seed":
                seed = field.Integer(long.MinValue, long.MaxValue);
                break;
            case "stop":
                stops = ReadStops(field);
                break;
            case "stream":
                stream = field.Flag();
                break;
            case "stream_options":
                ReadStreamOptions(field);
                break;
            case "logprobs":
                logprobs = field.Flag();
                break;
            case "top_logprobs":
                topLogprobs = (int)field.Integer(0, 20);
                break;
            case "user" or "safety_identifier" or "metadata" or "store" or "service_tier" or "prompt_cache_key" or "parallel_tool_calls":
                break;
            default:
                RefuseUnlessNeutral(field);
                break;
        }
    }

    private static List<string> ReadStops(RequestField field)
    {
        List<string> stops = field.Value.ValueKind == JsonValueKind.String ? [field.Text()] : [.. field.Items().Select(item => item.Text())];
        return stops.Count <= StopsMax && !stops.Contains("") ? stops : throw ApiException.Invalid(
            "stop", string.Create(CultureInfo.InvariantCulture, $"has {stops.Count} entries; allowed is a string, or at most {StopsMax} of them, none empty."));
    }

    private void ReadStreamOptions(RequestField field)
    {
        foreach (var option in field.Members())
        {
            switch (option.Name)
            {
                case "stream_options.include_usage":
                    includeUsage = option.Flag();
                    break;
                case "stream_options.include_obfuscation":
                    break;
                default:
                    throw ApiException.Unsupported(option.Name, "is not known; known is include_usage.");
            }
        }
    }

    /// <summary>Clients send some fields with the value that means nothing; any other value would have to change the answer.</summary>
    private static void RefuseUnlessNeutral(RequestField field)
    {
        var value = field.Value;
        var (isNeutral, neutral) = field.Name switch
        {
            "frequency_penalty" or "presence_penalty" or "min_p" => (IsNumber(value, 0), "0"),
            "repetition_penalty" => (IsNumber(value, 1), "1"),
            "logit_bias" => (value.ValueKind == JsonValueKind.Object && value.GetPropertyCount() == 0, "{}"),
            "tools" or "functions" => (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0, "[]"),
            "tool_choice" or "function_call" => (value.ValueKind == JsonValueKind.String && value.ValueEquals("none"), "\"none\""),
            "modalities" => (value.ValueKind == JsonValueKind.Array && value.GetRawText() is "[\"text\"]", "[\"text\"]"),
            "response_format" => (value.ValueKind == JsonValueKind.Object && value.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("text"), "{\"type\":\"text\"}"),
            _ => (false, ""),
        };
        if (!isNeutral)
        {
            throw ApiException.Unsupported(field.Name, neutral.Length > 0
                ? $"is not supported by this server; leave it out, or send {neutral}."
                : "is not a parameter of this server; leave it out.");
        }
    }

    private static bool IsNumber(JsonElement value, double number) => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var given) && given == number;
}

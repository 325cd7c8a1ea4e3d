using System.Text.Json;

namespace StreamDistill.Verification;

/// <summary>
/// Whether the answer is JSON of a shape. Parameters: schema (optional; the part of JSON Schema that <see cref="JsonShape"/>
/// knows), fence (optional by default: the JSON may stand in a Markdown code block with text around it; required; forbidden).
/// An object with the same key twice is not JSON that two readers would understand alike, and fails.
/// </summary>
public sealed class JsonVerifier : IVerifier
{
    /// <summary>The name in the catalog.</summary>
    public const string Name = "json";

    /// <summary>The version in verdicts.</summary>
    public const string Version = "1";

    private const int DepthMax = 256;
    private const string FenceMark = "```";

    private readonly JsonShape? shape;
    private readonly Fence fence;

    /// <exception cref="VerifierConfigurationException">A parameter is wrong.</exception>
    public JsonVerifier(ParameterReader parameters)
    {
        fence = parameters.Choice("fence", Fence.Optional);
        if (parameters.Text("schema") is not { } schema)
        {
            return;
        }

        try
        {
            using var document = JsonDocument.Parse(schema, Options(maxDepth: 64));
            shape = JsonShape.Of(document.RootElement, "schema");
        }
        catch (Exception wrong) when (wrong is JsonException or FormatException)
        {
            throw parameters.Wrong("schema", Excerpt.Of(schema), $"a JSON Schema of known keywords ({wrong.Message})", wrong);
        }
    }

    private enum Fence
    {
        Optional,
        Required,
        Forbidden,
    }

    /// <inheritdoc />
    public ValueTask<Finding> VerifyAsync(Candidate candidate, CancellationToken cancellationToken) => ValueTask.FromResult(Find(candidate.Answer));

    private static JsonDocumentOptions Options(int maxDepth) => new() { MaxDepth = maxDepth, AllowDuplicateProperties = false };

    private Finding Find(string answer)
    {
        if (!TryTakeJson(answer, out var json))
        {
            return Finding.Fail(ReasonCodes.InvalidJson, "the answer has no code block with JSON");
        }

        if (Depth(json.Span) > DepthMax)
        {
            return Finding.Unknown(ReasonCodes.TooLarge, $"the answer is nested more than {DepthMax} deep");
        }

        try
        {
            using var document = JsonDocument.Parse(json, Options(DepthMax));
            return shape?.Mismatch(document.RootElement, "$") ?? Finding.Pass();
        }
        catch (Exception invalid) when (invalid is JsonException or ArgumentException)
        {
            // An ArgumentException says that the text has half a surrogate pair, which no JSON has.
            return Finding.Fail(ReasonCodes.InvalidJson, Excerpt.Of(invalid.Message));
        }
    }

    /// <summary>The text between the last pair of fences, or the whole answer where it has none.</summary>
    private bool TryTakeJson(string answer, out ReadOnlyMemory<char> json)
    {
        json = answer.AsMemory().Trim();
        if (fence == Fence.Forbidden)
        {
            return true;
        }

        // The JSON itself may hold fences inside a string: a whole answer that opens like JSON is taken as it stands.
        var close = json.Span.StartsWith("{") || json.Span.StartsWith("[") ? -1 : answer.LastIndexOf(FenceMark, StringComparison.Ordinal);
        var open = close > 0 ? answer.LastIndexOf(FenceMark, close - 1, StringComparison.Ordinal) : -1;
        if (open < 0)
        {
            return fence == Fence.Optional;
        }

        var block = answer.AsMemory((open + FenceMark.Length)..close);
        var firstLineEnd = block.Span.IndexOf('\n');
        if (firstLineEnd >= 0 && block.Span[..firstLineEnd].Trim() is var language && (language.IsEmpty || language.Equals("json", StringComparison.OrdinalIgnoreCase)))
        {
            block = block[firstLineEnd..];
        }

        json = block.Trim();
        return true;
    }

    private static int Depth(ReadOnlySpan<char> json)
    {
        var (depth, deepest, inString) = (0, 0, false);
        for (var i = 0; i < json.Length; i++)
        {
            switch (json[i])
            {
                case '"':
                    inString = !inString;
                    break;
                case '\\' when inString:
                    i++;
                    break;
                case '{' or '[' when !inString:
                    deepest = Math.Max(deepest, ++depth);
                    break;
                case '}' or ']' when !inString:
                    depth--;
                    break;
            }
        }

        return deepest;
    }
}

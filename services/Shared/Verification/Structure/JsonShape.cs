using System.Globalization;
using System.Text.Json;

namespace StreamDistill.Verification;

/// <summary>
/// The part of JSON Schema (2020-12) that answers need: type, enum, const, properties, required, additionalProperties
/// (true or false), items, minItems, maxItems, minLength, maxLength, minimum, maximum. $schema, $id, title, description,
/// default and examples are ignored as the standard says; any other keyword is an error rather than a check not made.
/// </summary>
public sealed class JsonShape
{
    private static readonly string[] TypeNames = ["object", "array", "string", "number", "integer", "boolean", "null"];

    private readonly Dictionary<string, JsonShape> properties = new(StringComparer.Ordinal);
    private IReadOnlyList<string> types = [];
    private IReadOnlyList<JsonElement>? allowed;
    private IReadOnlyList<string> required = [];
    private bool allowsAdditional = true;
    private JsonShape? items;
    private (decimal Min, decimal Max) itemCount = (0, decimal.MaxValue);
    private (decimal Min, decimal Max) length = (0, decimal.MaxValue);
    private (decimal Min, decimal Max) value = (decimal.MinValue, decimal.MaxValue);

    private JsonShape()
    {
    }

    /// <summary>Reads a schema.</summary>
    /// <exception cref="FormatException">It is not one, or uses a keyword that is not known; the message says where.</exception>
    public static JsonShape Of(JsonElement schema, string path)
    {
        Require(schema.ValueKind == JsonValueKind.Object, path, "an object");
        var shape = new JsonShape();
        foreach (var keyword in schema.EnumerateObject())
        {
            shape.Read(keyword.Name, keyword.Value, $"{path}.{keyword.Name}");
        }

        return shape;
    }

    /// <summary>What is wrong with a value, and where; null where it has the shape.</summary>
    public Finding? Mismatch(JsonElement element, string path)
    {
        if (types.Count > 0 && !types.Any(type => IsOf(type, element)))
        {
            return Finding.Fail(ReasonCodes.WrongType, $"{Excerpt.Of(path)} is {TypeOf(element)}; {string.Join(" or ", types)} is wanted");
        }

        if (allowed is not null && !allowed.Any(one => JsonElement.DeepEquals(one, element)))
        {
            return Finding.Fail(ReasonCodes.NotAllowedValue, $"{Excerpt.Of(path)} is {Excerpt.Of(element.GetRawText())}, which is not among the allowed values");
        }

        return element.ValueKind switch
        {
            JsonValueKind.Object => ObjectMismatch(element, path),
            JsonValueKind.Array => ArrayMismatch(element, path),
            JsonValueKind.String => OutOf(length, element.GetString()!.EnumerateRunes().Count(), path, "characters"),
            // A number beyond decimal's range is compared by its sign: it is outside any limit that a schema can state.
            JsonValueKind.Number => OutOf(value, element.TryGetDecimal(out var number) ? number : element.GetDouble() < 0 ? decimal.MinValue : decimal.MaxValue, path, "as value"),
            _ => null,
        };
    }

    private void Read(string keyword, JsonElement given, string path)
    {
        switch (keyword)
        {
            case "$schema" or "$id" or "title" or "description" or "default" or "examples":
                break;
            case "type":
                types = given.ValueKind == JsonValueKind.Array ? Texts(given, path) : [Text(given, path)];
                Require(types.Count > 0 && types.All(TypeNames.Contains), path, string.Join(", ", TypeNames));
                break;
            case "enum":
                Require(given.ValueKind == JsonValueKind.Array, path, "an array");
                allowed = [.. given.EnumerateArray().Select(one => one.Clone())];
                break;
            case "const":
                allowed = [given.Clone()];
                break;
            case "properties":
                Require(given.ValueKind == JsonValueKind.Object, path, "an object");
                foreach (var property in given.EnumerateObject())
                {
                    properties[property.Name] = Of(property.Value, $"{path}.{property.Name}");
                }

                break;
            case "required":
                required = Texts(given, path);
                break;
            case "additionalProperties":
                Require(given.ValueKind is JsonValueKind.True or JsonValueKind.False, path, "true or false");
                allowsAdditional = given.GetBoolean();
                break;
            case "items":
                items = Of(given, path);
                break;
            default:
                ReadLimit(keyword, given, path);
                break;
        }
    }

    private void ReadLimit(string keyword, JsonElement given, string path)
    {
        ref var limits = ref value;
        switch (keyword)
        {
            case "minItems" or "maxItems":
                limits = ref itemCount;
                break;
            case "minLength" or "maxLength":
                limits = ref length;
                break;
            case "minimum" or "maximum":
                break;
            default:
                throw new FormatException($"{path}: the keyword is not supported");
        }

        var limit = 0m;
        Require(given.ValueKind == JsonValueKind.Number && given.TryGetDecimal(out limit), path, "a number");
        limits = keyword.StartsWith("min", StringComparison.Ordinal) ? limits with { Min = limit } : limits with { Max = limit };
    }

    private Finding? ObjectMismatch(JsonElement element, string path)
    {
        foreach (var key in required)
        {
            if (!element.TryGetProperty(key, out _))
            {
                return Finding.Fail(ReasonCodes.MissingKey, $"{Excerpt.Of(path)} has no key '{key}'");
            }
        }

        foreach (var property in element.EnumerateObject())
        {
            if (properties.TryGetValue(property.Name, out var shape))
            {
                if (shape.Mismatch(property.Value, $"{path}.{property.Name}") is { } mismatch)
                {
                    return mismatch;
                }
            }
            else if (!allowsAdditional)
            {
                return Finding.Fail(ReasonCodes.UnexpectedKey, $"{Excerpt.Of(path)} has the key '{Excerpt.Of(property.Name)}', which is not allowed");
            }
        }

        return null;
    }

    private Finding? ArrayMismatch(JsonElement element, string path)
    {
        if (OutOf(itemCount, element.GetArrayLength(), path, "items") is { } wrongCount)
        {
            return wrongCount;
        }

        var index = 0;
        foreach (var item in items is null ? default : element.EnumerateArray())
        {
            if (items!.Mismatch(item, string.Create(CultureInfo.InvariantCulture, $"{path}[{index++}]")) is { } mismatch)
            {
                return mismatch;
            }
        }

        return null;
    }

    private static Finding? OutOf((decimal Min, decimal Max) limits, decimal actual, string path, string unit)
    {
        if (actual >= limits.Min && actual <= limits.Max)
        {
            return null;
        }

        var limit = actual < limits.Min ? $"at least {limits.Min}" : $"at most {limits.Max}";
        return Finding.Fail(ReasonCodes.NotAllowedValue, string.Create(CultureInfo.InvariantCulture, $"{Excerpt.Of(path)} has {actual} {unit}; {limit} is allowed"));
    }

    private static bool IsOf(string type, JsonElement element) => type switch
    {
        "integer" => element.ValueKind == JsonValueKind.Number && (element.TryGetDecimal(out var number) ? number == decimal.Truncate(number) : double.IsInteger(element.GetDouble())),
        "number" => element.ValueKind == JsonValueKind.Number,
        _ => TypeOf(element) == type,
    };

    private static string TypeOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => element.ValueKind.ToString().ToLowerInvariant(),
    };

    private static IReadOnlyList<string> Texts(JsonElement given, string path)
    {
        Require(given.ValueKind == JsonValueKind.Array, path, "an array of strings");
        return [.. given.EnumerateArray().Select(one => Text(one, path))];
    }

    private static string Text(JsonElement given, string path)
    {
        Require(given.ValueKind == JsonValueKind.String, path, "a string");
        return given.GetString()!;
    }

    private static void Require(bool isRight, string path, string wanted)
    {
        if (!isRight)
        {
            throw new FormatException($"{path}: {wanted} is wanted");
        }
    }
}

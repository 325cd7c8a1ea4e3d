using System.Text.Json;

namespace StreamDistill.Embedded.SchemaRegistry.Schemas;

/// <summary>Checks a field's default against the field's type.</summary>
internal static class DefaultValue
{
    /// <summary>What is wrong with a default, to go after "the default"; null where nothing is.</summary>
    public static string? WhyWrong(AvroType type, JsonElement value) => type switch
    {
        // The first branch, although Avro 1.12 lets it be any: Avro for C# and everything older read it as the first.
        UnionType union => union.Branches.Count == 0 ? "has no branch" : WhyWrong(union.Branches[0], value),
        ArrayType array => value.ValueKind != JsonValueKind.Array ? $"is no {type.Label}: {Show(value)}"
            : value.EnumerateArray().Select(item => WhyWrong(array.Items, item)).FirstOrDefault(reason => reason != null),
        MapType map => value.ValueKind != JsonValueKind.Object ? $"is no {type.Label}: {Show(value)}"
            : value.EnumerateObject().Select(item => WhyWrong(map.Values, item.Value)).FirstOrDefault(reason => reason != null),
        RecordType record => value.ValueKind != JsonValueKind.Object ? $"is no {type.Label}: {Show(value)}"
            : record.Fields.Select(field => WhyWrong(field, value)).FirstOrDefault(reason => reason != null),
        EnumType symbols => value.ValueKind == JsonValueKind.String && symbols.Has(value.ToString())
            ? null : $"is no symbol of {type.Label}: {Show(value)}",
        FixedType bytes => value.ValueKind == JsonValueKind.String && IsBytes(value) && value.ToString().Length == bytes.SizeBytes
            ? null : $"is no {type.Label} of {bytes.SizeBytes} bytes: {Show(value)}",
        _ => IsPrimitive(type.Kind, value) ? null : $"is no {type.Label}: {Show(value)}",
    };

    /// <summary>A field that the value leaves out takes its own default, which is checked where it stands.</summary>
    private static string? WhyWrong(AvroField field, JsonElement record) =>
        record.TryGetProperty(field.Name, out var value) ? WhyWrong(field.Type, value)
        : field.Default == null ? $"lacks the field '{field.Name}': {Show(record)}"
        : null;

    private static bool IsPrimitive(AvroKind kind, JsonElement value) => kind switch
    {
        AvroKind.Null => value.ValueKind == JsonValueKind.Null,
        AvroKind.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        AvroKind.Int => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out _),
        AvroKind.Long => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        AvroKind.Float or AvroKind.Double => value.ValueKind == JsonValueKind.Number,
        AvroKind.Bytes => value.ValueKind == JsonValueKind.String && IsBytes(value),
        _ => value.ValueKind == JsonValueKind.String,
    };

    // Bytes are written as the characters of the same codes.
    private static bool IsBytes(JsonElement value) => value.ToString().All(c => c <= 0xFF);

    private static string Show(JsonElement value) => value.GetRawText() is { Length: > 60 } text ? text[..60] + "…" : value.GetRawText();
}

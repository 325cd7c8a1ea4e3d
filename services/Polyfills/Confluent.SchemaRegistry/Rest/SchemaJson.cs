using System.Text.Json;

namespace Confluent.SchemaRegistry.Rest;

/// <summary>Schemas and levels as the REST API writes them.</summary>
internal static class SchemaJson
{
    public static byte[] Write(Schema schema)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("schema", schema.SchemaString);
            json.WriteStartArray("references");
            foreach (var reference in schema.References ?? [])
            {
                json.WriteStartObject();
                json.WriteString("name", reference.Name);
                json.WriteString("subject", reference.Subject);
                json.WriteNumber("version", reference.Version);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("schemaType", schema.SchemaType.ToString().ToUpperInvariant());
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    public static Schema Read(JsonElement json)
    {
        var schema = new Schema();
        Fill(schema, json);
        return schema;
    }

    public static RegisteredSchema ReadRegistered(JsonElement json)
    {
        var schema = new RegisteredSchema { Subject = Text(json, "subject"), Version = Number(json, "version"), Id = Number(json, "id") };
        Fill(schema, json);
        return schema;
    }

    public static string CompatibilityName(Compatibility level) => level switch
    {
        Compatibility.ForwardTransitive => "FORWARD_TRANSITIVE",
        Compatibility.BackwardTransitive => "BACKWARD_TRANSITIVE",
        Compatibility.FullTransitive => "FULL_TRANSITIVE",
        _ => level.ToString().ToUpperInvariant(),
    };

    public static Compatibility ReadCompatibility(JsonElement json)
    {
        var name = json.GetString();
        return Array.Find(Enum.GetValues<Compatibility>(), level => CompatibilityName(level) == name) is var found
            && CompatibilityName(found) == name
                ? found
                : throw new JsonException($"The registry told an unknown compatibility level: {name}.");
    }

    private static void Fill(Schema schema, JsonElement json)
    {
        RefuseRules(json);
        schema.SchemaString = Text(json, "schema");
        schema.SchemaType = Text(json, "schemaType") switch
        {
            null or "AVRO" => SchemaType.Avro,
            "PROTOBUF" => SchemaType.Protobuf,
            "JSON" => SchemaType.Json,
            var other => throw new InvalidOperationException($"Invalid program state: Unknown schema type {other}"),
        };
        schema.References = json.TryGetProperty("references", out var references) && references.ValueKind == JsonValueKind.Array
            ? references.EnumerateArray()
                .Select(each => new SchemaReference(Text(each, "name"), Text(each, "subject"), Number(each, "version"))).ToList()
            : [];
    }

    /// <summary>Rules may encrypt or check fields. Whoever goes on without them would write what must not be written.</summary>
    private static void RefuseRules(JsonElement json)
    {
        if (json.TryGetProperty("ruleSet", out var rules) && rules.ValueKind == JsonValueKind.Object
            && rules.EnumerateObject().Any(kind => kind.Value.ValueKind == JsonValueKind.Array && kind.Value.GetArrayLength() > 0))
        {
            throw new NotSupportedException(
                "The schema carries data contract rules, which this build cannot execute. Build with the package Confluent.SchemaRegistry.");
        }
    }

    private static string Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int Number(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt32() : 0;
}

using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace StreamDistill.Embedded.SchemaRegistry.Schemas;

/// <summary>
/// One spelling of a schema: no white space, attributes in a fixed order, each named type defined where it first stands, and
/// everything that is neither kept as it is: documentation, defaults, logical types and unknown attributes.
/// </summary>
internal static class CanonicalText
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The text of a type; types with the given full names are only named.</summary>
    public static string Of(AvroType type, IEnumerable<string>? defined = null)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Options))
        {
            Write(json, type, "", [.. defined ?? []]);
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static void Write(Utf8JsonWriter json, AvroType type, string enclosing, HashSet<string> defined)
    {
        switch (type)
        {
            case NamedType named when !defined.Add(named.Name.Full):
                json.WriteStringValue(named.Name.Namespace == enclosing ? named.Name.Simple : named.Name.Full);
                break;
            case UnionType union:
                json.WriteStartArray();
                foreach (var branch in union.Branches)
                {
                    Write(json, branch, enclosing, defined);
                }

                json.WriteEndArray();
                break;
            case PrimitiveType { Attributes: [] }:
                json.WriteStringValue(type.Label);
                break;
            default:
                WriteObject(json, type, enclosing, defined);
                break;
        }
    }

    private static void WriteObject(Utf8JsonWriter json, AvroType type, string enclosing, HashSet<string> defined)
    {
        json.WriteStartObject();
        json.WriteString("type", type.Kind.ToString().ToLowerInvariant());
        if (type is NamedType named)
        {
            WriteNameOf(json, named, enclosing);
            enclosing = named.Name.Namespace;
        }

        switch (type)
        {
            case RecordType record:
                json.WriteStartArray("fields");
                foreach (var field in record.Fields)
                {
                    WriteField(json, field, enclosing, defined);
                }

                json.WriteEndArray();
                break;
            case EnumType symbols:
                WriteTexts(json, "symbols", symbols.Symbols);
                WriteOptional(json, "default", symbols.Default);
                break;
            case FixedType bytes:
                json.WriteNumber("size", bytes.SizeBytes);
                break;
            case ArrayType array:
                json.WritePropertyName("items");
                Write(json, array.Items, enclosing, defined);
                break;
            case MapType map:
                json.WritePropertyName("values");
                Write(json, map.Values, enclosing, defined);
                break;
        }

        WriteAttributes(json, type.Attributes);
        json.WriteEndObject();
    }

    private static void WriteNameOf(Utf8JsonWriter json, NamedType type, string enclosing)
    {
        json.WriteString("name", type.Name.Simple);
        if (type.Name.Namespace != enclosing)
        {
            json.WriteString("namespace", type.Name.Namespace);
        }

        WriteOptional(json, "doc", type.Doc);
        if (type.Aliases.Count > 0)
        {
            WriteTexts(json, "aliases", type.Aliases);
        }
    }

    private static void WriteField(Utf8JsonWriter json, AvroField field, string enclosing, HashSet<string> defined)
    {
        json.WriteStartObject();
        json.WriteString("name", field.Name);
        json.WritePropertyName("type");
        Write(json, field.Type, enclosing, defined);
        WriteOptional(json, "doc", field.Doc);
        if (field.Default is { } value)
        {
            json.WritePropertyName("default");
            value.WriteTo(json);
        }

        // Ascending is what no order means.
        WriteOptional(json, "order", field.Order == "ascending" ? null : field.Order);
        if (field.Aliases.Count > 0)
        {
            WriteTexts(json, "aliases", field.Aliases);
        }

        WriteAttributes(json, field.Attributes);
        json.WriteEndObject();
    }

    private static void WriteAttributes(Utf8JsonWriter json, IReadOnlyList<JsonProperty> attributes)
    {
        foreach (var attribute in attributes)
        {
            attribute.WriteTo(json);
        }
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static void WriteOptional(Utf8JsonWriter json, string name, string? value)
    {
        if (value != null)
        {
            json.WriteString(name, value);
        }
    }
}

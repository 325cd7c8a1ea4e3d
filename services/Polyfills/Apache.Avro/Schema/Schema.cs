using System.Globalization;
using Newtonsoft.Json;

namespace Avro;

/// <summary>An Avro schema.</summary>
public abstract class Schema
{
    /// <summary>The kinds of schema.</summary>
    public enum Type
    {
        Null,
        Boolean,
        Int,
        Long,
        Float,
        Double,
        Bytes,
        String,
        Record,
        Enumeration,
        Array,
        Map,
        Union,
        Fixed,
        Error,
        Logical,
    }

    private protected Schema(Type type, PropertyMap props)
    {
        Tag = type;
        Props = props;
    }

    /// <summary>Which kind of schema this is.</summary>
    public Type Tag { get; }

    /// <summary>Attributes beyond those of the specification; null when there are none.</summary>
    internal PropertyMap Props { get; }

    /// <summary>The name of a named type without its namespace, otherwise the name of the kind.</summary>
    public abstract string Name { get; }

    /// <summary>The name of a named type with its namespace, otherwise the name of the kind.</summary>
    public virtual string Fullname => Name;

    /// <summary>The schema that the JSON text says.</summary>
    /// <exception cref="ArgumentNullException">The text is null or empty.</exception>
    /// <exception cref="SchemaParseException">The JSON is not a valid schema.</exception>
    /// <exception cref="AvroTypeException">The JSON is of a kind that no schema is.</exception>
    /// <exception cref="JsonReaderException">The text is not JSON.</exception>
    public static Schema Parse(string json) => Parse(json, new SchemaNames());

    /// <summary>The schema that the JSON text says, which may refer to the types in <paramref name="names"/>; its own types are added there.</summary>
    public static Schema Parse(string json, SchemaNames names, string encspace = null)
    {
        if (string.IsNullOrEmpty(json))
        {
            throw new ArgumentNullException(nameof(json), "json cannot be null.");
        }

        return SchemaParser.Parse(json.Trim(), names, encspace);
    }

    /// <summary>The value of an attribute that the specification does not define, as JSON text; null when it is not there.</summary>
    public string GetProperty(string key) => Props != null && Props.TryGetValue(key, out string value) ? value : null;

    /// <summary>The word that stands for the kind in a schema's JSON.</summary>
    public static string GetTypeString(Type type) =>
        type == Type.Enumeration ? "enum" : type.ToString().ToLowerInvariant();

    /// <summary>Whether data written with the other schema can be read with this one.</summary>
    public virtual bool CanRead(Schema writerSchema) => Tag == writerSchema.Tag;

    /// <summary>The schema as JSON.</summary>
    public override string ToString()
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using var writer = new JsonTextWriter(text);
        WriteStandalone(writer);
        return text.ToString();
    }

    public override bool Equals(object obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => (int)Tag;

    private protected virtual void WriteStandalone(JsonWriter writer) => WriteJson(writer, new SchemaNames(), null);

    internal virtual void WriteJson(JsonWriter writer, SchemaNames names, string encspace)
    {
        NestingDepth.Check();
        writer.WriteStartObject();
        writer.WritePropertyName("type");
        writer.WriteValue(GetTypeString(Tag));
        WriteJsonFields(writer, names, encspace);
        Props?.WriteJson(writer);
        writer.WriteEndObject();
    }

    private protected virtual void WriteJsonFields(JsonWriter writer, SchemaNames names, string encspace)
    {
    }
}

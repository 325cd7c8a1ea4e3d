using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Avro;

/// <summary>The attributes of a schema or field that Avro gives no meaning to, each with its value as JSON text.</summary>
internal sealed class PropertyMap : Dictionary<string, string>, IEquatable<PropertyMap>
{
    private static readonly HashSet<string> Reserved =
    [
        "type", "name", "namespace", "fields", "items", "size", "symbols", "values", "aliases", "order", "doc", "default", "logicalType",
    ];

    /// <summary>The properties of a JSON object, or null when it has none.</summary>
    internal static PropertyMap Parse(JObject json)
    {
        PropertyMap map = null;
        foreach (JProperty property in json.Properties())
        {
            if (!Reserved.Contains(property.Name))
            {
                (map ??= []).TryAdd(property.Name, JsonConvert.SerializeObject(property.Value));
            }
        }

        return map;
    }

    internal void WriteJson(JsonWriter writer)
    {
        foreach ((string name, string json) in this)
        {
            writer.WritePropertyName(name);
            writer.WriteRawValue(json);
        }
    }

    public bool Equals(PropertyMap other) =>
        other != null && Count == other.Count && this.All(pair => other.TryGetValue(pair.Key, out string value) && value == pair.Value);

    public override bool Equals(object obj) => Equals(obj as PropertyMap);

    public override int GetHashCode() => Count;
}

internal static class JsonWriterExtensions
{
    internal static void WriteNotEmpty(this JsonWriter writer, string name, string value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            writer.WritePropertyName(name);
            writer.WriteValue(value);
        }
    }

    internal static void WriteStrings(this JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WritePropertyName(name);
        writer.WriteStartArray();
        foreach (string value in values)
        {
            writer.WriteValue(value);
        }

        writer.WriteEndArray();
    }
}

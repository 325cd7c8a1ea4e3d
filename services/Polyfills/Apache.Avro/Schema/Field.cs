using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Avro;

/// <summary>A field of a record.</summary>
public class Field
{
    /// <summary>How a field counts when records are compared.</summary>
    public enum SortOrder
    {
        ascending,
        descending,
        ignore,
    }

    /// <summary>The field's name.</summary>
    public readonly string Name;

    private readonly PropertyMap props;

    internal Field(Schema schema, string name, IList<string> aliases, int pos, string doc, JToken defaultValue, SortOrder order, PropertyMap props)
    {
        Schema = schema;
        Name = name;
        Aliases = aliases;
        Pos = pos;
        Documentation = doc;
        DefaultValue = defaultValue;
        Ordering = order;
        this.props = props;
    }

    /// <summary>The names under which a writer may have written this field; null when there are none.</summary>
    public IList<string> Aliases { get; }

    /// <summary>Its index in the record.</summary>
    public int Pos { get; }

    /// <summary>The field's doc, or null.</summary>
    public string Documentation { get; }

    /// <summary>The value for data that was written without the field; null when there is none, a JSON null when it is null.</summary>
    public JToken DefaultValue { get; }

    /// <summary>How the field counts when records are compared.</summary>
    public SortOrder? Ordering { get; }

    /// <summary>The schema of its values.</summary>
    public Schema Schema { get; }

    /// <summary>The value of an attribute that the specification does not define, as JSON text; null when it is not there.</summary>
    public string GetProperty(string key) => props != null && props.TryGetValue(key, out string value) ? value : null;

    public override bool Equals(object obj) =>
        obj == this
        || (obj is Field that && that.Name == Name && that.Pos == Pos && that.Documentation == Documentation && that.Ordering == Ordering
            && JToken.DeepEquals(that.DefaultValue, DefaultValue) && Equals(that.props, props) && that.Schema.Equals(Schema));

    public override int GetHashCode() => (17 * Name.GetHashCode(StringComparison.Ordinal)) + Pos;

    internal void WriteJson(JsonWriter writer, SchemaNames names, string encspace)
    {
        writer.WriteStartObject();
        writer.WriteNotEmpty("name", Name);
        writer.WriteNotEmpty("doc", Documentation);
        if (DefaultValue != null)
        {
            writer.WritePropertyName("default");
            DefaultValue.WriteTo(writer);
        }

        writer.WritePropertyName("type");
        Schema.WriteJson(writer, names, encspace);
        props?.WriteJson(writer);
        if (Aliases != null)
        {
            writer.WriteStrings("aliases", Aliases);
        }

        writer.WriteEndObject();
    }
}

using Newtonsoft.Json;

namespace Avro;

/// <summary>A schema that is known by its kind alone.</summary>
public abstract class UnnamedSchema : Schema
{
    private protected UnnamedSchema(Type type, PropertyMap props)
        : base(type, props)
    {
    }

    public override string Name => Tag.ToString().ToLowerInvariant();
}

/// <summary>null, boolean, int, long, float, double, bytes or string.</summary>
public sealed class PrimitiveSchema : UnnamedSchema
{
    private PrimitiveSchema(Type type, PropertyMap props)
        : base(type, props)
    {
    }

    /// <summary>The primitive of that name, which may be in quotes; null when there is none.</summary>
    public static PrimitiveSchema NewInstance(string type) => NewInstance(type, null);

    internal static PrimitiveSchema NewInstance(string type, PropertyMap props)
    {
        if (type.Length >= 2 && type[0] == '"' && type[^1] == '"')
        {
            type = type[1..^1];
        }

        Type? tag = type switch
        {
            "null" => Type.Null,
            "boolean" => Type.Boolean,
            "int" => Type.Int,
            "long" => Type.Long,
            "float" => Type.Float,
            "double" => Type.Double,
            "bytes" => Type.Bytes,
            "string" => Type.String,
            _ => null,
        };
        return tag == null ? null : new PrimitiveSchema(tag.Value, props);
    }

    public override bool CanRead(Schema writerSchema)
    {
        Type written = writerSchema.Tag;
        return written == Tag || written == Type.Union || Tag switch
        {
            Type.Double => written is Type.Int or Type.Long or Type.Float,
            Type.Float => written is Type.Int or Type.Long,
            Type.Long => written is Type.Int,
            _ => false,
        };
    }

    public override bool Equals(object obj) =>
        obj == this || (obj is PrimitiveSchema that && that.Tag == Tag && Equals(that.Props, Props));

    public override int GetHashCode() => 13 * (int)Tag;

    internal override void WriteJson(JsonWriter writer, SchemaNames names, string encspace)
    {
        if (Props == null)
        {
            writer.WriteValue(Name);
        }
        else
        {
            base.WriteJson(writer, names, encspace);
        }
    }

    // A primitive standing alone is written as an object, so that the text is always a JSON document of its own.
    private protected override void WriteStandalone(JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("type");
        WriteJson(writer, new SchemaNames(), null);
        writer.WriteEndObject();
    }
}

/// <summary>An array.</summary>
public class ArraySchema : UnnamedSchema
{
    internal ArraySchema(Schema items, PropertyMap props)
        : base(Type.Array, props) => ItemSchema = items;

    /// <summary>The schema of each item.</summary>
    public Schema ItemSchema { get; set; }

    public override bool CanRead(Schema writerSchema) => writerSchema is ArraySchema that && ItemSchema.CanRead(that.ItemSchema);

    public override bool Equals(object obj) =>
        obj == this || (obj is ArraySchema that && ItemSchema.Equals(that.ItemSchema) && Equals(that.Props, Props));

    public override int GetHashCode() => 29 * ItemSchema.GetHashCode();

    private protected override void WriteJsonFields(JsonWriter writer, SchemaNames names, string encspace)
    {
        writer.WritePropertyName("items");
        ItemSchema.WriteJson(writer, names, encspace);
    }
}

/// <summary>A map with strings as keys.</summary>
public class MapSchema : UnnamedSchema
{
    internal MapSchema(Schema values, PropertyMap props)
        : base(Type.Map, props) => ValueSchema = values;

    /// <summary>The schema of each value.</summary>
    public Schema ValueSchema { get; set; }

    public override bool CanRead(Schema writerSchema) => writerSchema is MapSchema that && ValueSchema.CanRead(that.ValueSchema);

    public override bool Equals(object obj) =>
        obj == this || (obj is MapSchema that && ValueSchema.Equals(that.ValueSchema) && Equals(that.Props, Props));

    public override int GetHashCode() => 31 * ValueSchema.GetHashCode();

    private protected override void WriteJsonFields(JsonWriter writer, SchemaNames names, string encspace)
    {
        writer.WritePropertyName("values");
        ValueSchema.WriteJson(writer, names, encspace);
    }
}

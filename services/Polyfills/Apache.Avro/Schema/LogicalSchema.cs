using Avro.Util;
using Newtonsoft.Json;

namespace Avro;

/// <summary>A schema with a meaning on top of the schema that its data is encoded with.</summary>
public class LogicalSchema : UnnamedSchema
{
    internal LogicalSchema(Schema baseSchema, string logicalTypeName, PropertyMap props)
        : base(Type.Logical, props)
    {
        BaseSchema = baseSchema;
        LogicalTypeName = logicalTypeName;
        LogicalType = LogicalTypeFactory.Instance.GetFromLogicalSchema(this);
    }

    /// <summary>What the data is encoded with.</summary>
    public Schema BaseSchema { get; }

    /// <summary>The name of the logical type, such as timestamp-millis.</summary>
    public string LogicalTypeName { get; }

    /// <summary>What converts between the encoded and the logical value.</summary>
    public LogicalType LogicalType { get; }

    public override string Name => BaseSchema.Name;

    public override string Fullname => BaseSchema.Fullname;

    public override bool CanRead(Schema writerSchema) => writerSchema is LogicalSchema that && BaseSchema.CanRead(that.BaseSchema);

    public override bool Equals(object obj) =>
        obj == this || (obj is LogicalSchema that && BaseSchema.Equals(that.BaseSchema) && Equals(that.Props, Props));

    public override int GetHashCode() => 29 * BaseSchema.GetHashCode();

    internal override void WriteJson(JsonWriter writer, SchemaNames names, string encspace)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("type");
        BaseSchema.WriteJson(writer, names, encspace);
        writer.WritePropertyName("logicalType");
        writer.WriteValue(LogicalTypeName);
        Props?.WriteJson(writer);
        writer.WriteEndObject();
    }
}

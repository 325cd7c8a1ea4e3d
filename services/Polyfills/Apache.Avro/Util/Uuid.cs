namespace Avro.Util;

/// <summary>uuid: a Guid, encoded as its text.</summary>
public class Uuid : LogicalType
{
    public static readonly string LogicalTypeName = "uuid";

    public Uuid()
        : base(LogicalTypeName)
    {
    }

    public override object ConvertToBaseValue(object logicalValue, LogicalSchema schema) => logicalValue.ToString();

    public override object ConvertToLogicalValue(object baseValue, LogicalSchema schema) => new Guid((string)baseValue);

    public override Type GetCSharpType(bool nullible) => nullible ? typeof(Guid?) : typeof(Guid);

    public override bool IsInstanceOfLogicalType(object logicalValue) => logicalValue is Guid;

    public override void ValidateSchema(LogicalSchema schema)
    {
        if (schema.BaseSchema.Tag != Schema.Type.String)
        {
            throw new AvroTypeException("'uuid' can only be used with an underlying string type");
        }
    }
}

using System.Globalization;
using System.Numerics;
using Avro.Generic;

namespace Avro.Util;

/// <summary>decimal: an AvroDecimal of the schema's scale, encoded as the big-endian two's complement of its unscaled value.</summary>
public class Decimal : LogicalType
{
    public static readonly string LogicalTypeName = "decimal";

    public Decimal()
        : base(LogicalTypeName)
    {
    }

    public override void ValidateSchema(LogicalSchema schema)
    {
        if (schema.BaseSchema.Tag is not (Schema.Type.Bytes or Schema.Type.Fixed))
        {
            throw new AvroTypeException("'decimal' can only be used with an underlying bytes or fixed type");
        }

        int precision = IntegerProperty(schema, "precision") ?? throw new AvroTypeException("'decimal' requires a 'precision' property");
        if (precision <= 0)
        {
            throw new AvroTypeException("'decimal' requires a 'precision' property that is greater than zero");
        }

        int scale = Scale(schema);
        if (scale < 0 || scale > precision)
        {
            throw new AvroTypeException("'decimal' requires a 'scale' property that is zero or less than or equal to 'precision'");
        }
    }

    public override object ConvertToBaseValue(object logicalValue, LogicalSchema schema)
    {
        var value = (AvroDecimal)logicalValue;
        int scale = Scale(schema);
        if (value.Scale != scale)
        {
            throw new ArgumentOutOfRangeException(
                nameof(logicalValue), $"The decimal value has a scale of {value.Scale} which cannot be encoded against a logical 'decimal' with a scale of {scale}");
        }

        byte[] bytes = value.UnscaledValue.ToByteArray(isBigEndian: true);
        if (schema.BaseSchema is not FixedSchema fixedSchema)
        {
            return bytes;
        }

        if (bytes.Length > fixedSchema.Size)
        {
            throw new AvroTypeException($"The decimal value {value} needs {bytes.Length} bytes, but {fixedSchema.Fullname} has {fixedSchema.Size}");
        }

        var padded = new byte[fixedSchema.Size];
        int padding = fixedSchema.Size - bytes.Length;
        padded.AsSpan(0, padding).Fill(value.UnscaledValue.Sign < 0 ? (byte)0xFF : (byte)0);
        bytes.CopyTo(padded, padding);
        return new GenericFixed(fixedSchema, padded);
    }

    public override object ConvertToLogicalValue(object baseValue, LogicalSchema schema)
    {
        byte[] bytes = baseValue as byte[] ?? ((GenericFixed)baseValue).Value;
        return new AvroDecimal(new BigInteger(bytes, isBigEndian: true), Scale(schema));
    }

    public override Type GetCSharpType(bool nullible) => nullible ? typeof(AvroDecimal?) : typeof(AvroDecimal);

    public override bool IsInstanceOfLogicalType(object logicalValue) => logicalValue is AvroDecimal;

    private static int Scale(Schema schema) => IntegerProperty(schema, "scale") ?? 0;

    private static int? IntegerProperty(Schema schema, string name)
    {
        string text = schema.GetProperty(name);
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            ? value
            : throw new AvroTypeException($"'decimal' requires its '{name}' property to be an integer, but it is {text}");
    }
}

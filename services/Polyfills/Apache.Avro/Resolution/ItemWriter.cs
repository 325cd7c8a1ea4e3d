using Avro.Generic;
using Avro.IO;

namespace Avro.Resolution;

/// <summary>
/// Writes the values of one place in a schema. Apart from remembering which CLR type it met last, it holds no state,
/// so one tree serves many threads.
/// </summary>
internal abstract class ItemWriter
{
    /// <summary>Whether a union's value is of this branch; the value is not null.</summary>
    internal abstract bool Matches(object value);

    /// <summary>Writes the value.</summary>
    /// <exception cref="AvroException">It is not a value of the schema.</exception>
    internal abstract void Write(object value, Encoder encoder);

    /// <summary>Writes the value as a whole datum.</summary>
    internal void WriteDatum(object value, Encoder encoder)
    {
        if (encoder is not BinaryEncoder binary)
        {
            Write(value, encoder);
            return;
        }

        binary.BeginDatum();
        try
        {
            Write(value, binary);
        }
        finally
        {
            binary.EndDatum();
        }
    }

    private protected static AvroTypeException Mismatch(object value, string type, Schema schema) =>
        new($"{type} required to write against {schema.Fullname} schema but found {value?.GetType().ToString() ?? "null"}");
}

internal sealed class NullWriter(Schema schema) : ItemWriter
{
    internal override bool Matches(object value) => false;

    internal override void Write(object value, Encoder encoder)
    {
        if (value != null)
        {
            throw Mismatch(value, "null", schema);
        }

        encoder.WriteNull();
    }
}

internal sealed class StringWriter(Schema schema) : ItemWriter
{
    internal override bool Matches(object value) => value is string;

    internal override void Write(object value, Encoder encoder) =>
        encoder.WriteString(value as string ?? throw Mismatch(value, "System.String", schema));
}

internal sealed class IntWriter(Schema schema) : ItemWriter
{
    internal override bool Matches(object value) => value is int;

    internal override void Write(object value, Encoder encoder) =>
        encoder.WriteInt(value is int number ? number : throw Mismatch(value, "System.Int32", schema));
}

internal sealed class LongWriter(Schema schema) : ItemWriter
{
    internal override bool Matches(object value) => value is long;

    internal override void Write(object value, Encoder encoder) =>
        encoder.WriteLong(value is long number ? number : throw Mismatch(value, "System.Int64", schema));
}

internal sealed class FloatWriter(Schema schema) : ItemWriter
{
    internal override bool Matches(object value) => value is float;

    internal override void Write(object value, Encoder encoder) =>
        encoder.WriteFloat(value is float number ? number : throw Mismatch(value, "System.Single", schema));
}

internal sealed class DoubleWriter(Schema schema) : ItemWriter
{
    internal override bool Matches(object value) => value is double;

    internal override void Write(object value, Encoder encoder) =>
        encoder.WriteDouble(value is double number ? number : throw Mismatch(value, "System.Double", schema));
}

internal sealed class BooleanWriter(Schema schema) : ItemWriter
{
    internal override bool Matches(object value) => value is bool;

    internal override void Write(object value, Encoder encoder) =>
        encoder.WriteBoolean(value is bool truth ? truth : throw Mismatch(value, "System.Boolean", schema));
}

internal sealed class BytesWriter(Schema schema) : ItemWriter
{
    internal override bool Matches(object value) => value is byte[];

    internal override void Write(object value, Encoder encoder) =>
        encoder.WriteBytes(value as byte[] ?? throw Mismatch(value, "System.Byte[]", schema));
}

/// <summary>Writes a fixed, generic or of a generated class.</summary>
internal sealed class FixedWriter(FixedSchema schema) : ItemWriter
{
    internal override bool Matches(object value) => SchemaOf(value) is { } found && found.SchemaName.Equals(schema.SchemaName);

    internal override void Write(object value, Encoder encoder)
    {
        if (SchemaOf(value) is not { } found || !found.Equals(schema))
        {
            throw Mismatch(value, $"GenericFixed of {schema.Size} bytes", schema);
        }

        encoder.WriteFixed(((GenericFixed)value).Value);
    }

    private static FixedSchema SchemaOf(object value) => value switch
    {
        Specific.SpecificFixed specific => specific.Schema as FixedSchema,
        GenericFixed generic => generic.Schema,
        _ => null,
    };
}

/// <summary>Converts the value and writes what it is encoded as.</summary>
internal sealed class LogicalWriter(ItemWriter encoded, LogicalSchema schema) : ItemWriter
{
    internal override bool Matches(object value) => schema.LogicalType.IsInstanceOfLogicalType(value);

    internal override void Write(object value, Encoder encoder)
    {
        if (!schema.LogicalType.IsInstanceOfLogicalType(value))
        {
            throw Mismatch(value, schema.LogicalType.GetCSharpType(nullible: false).ToString(), schema);
        }

        encoded.Write(schema.LogicalType.ConvertToBaseValue(value, schema), encoder);
    }
}

/// <summary>Writes the index of the first branch that the value is of, then the branch.</summary>
internal sealed class UnionWriter(UnionSchema schema, ItemWriter[] branches) : ItemWriter
{
    private readonly int nullBranch = Array.FindIndex(branches, branch => branch is NullWriter);

    internal override bool Matches(object value) => false;

    internal override void Write(object value, Encoder encoder)
    {
        int index = value == null ? nullBranch : 0;
        for (; value != null && index < branches.Length; index++)
        {
            if (branches[index].Matches(value))
            {
                break;
            }
        }

        if ((uint)index >= (uint)branches.Length)
        {
            throw new AvroException($"Cannot find a match for {value?.GetType().ToString() ?? "null"} in {schema}");
        }

        encoder.WriteUnionIndex(index);
        branches[index].Write(value, encoder);
    }
}

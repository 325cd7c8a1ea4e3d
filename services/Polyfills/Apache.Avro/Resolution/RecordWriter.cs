using System.Globalization;
using Avro.Generic;
using Avro.IO;
using Avro.Specific;

namespace Avro.Resolution;

/// <summary>Writes a record field by field.</summary>
internal abstract class RecordWriter(RecordSchema schema) : ItemWriter
{
    /// <summary>A writer for each field in order; set once the record's own writers, which may contain it, are made.</summary>
    internal ItemWriter[] Fields { get; set; }

    /// <summary>Whether the record can contain itself, so that data can be nested without end, or a cycle.</summary>
    internal bool IsRecursive { get; set; }

    private protected RecordSchema Schema { get; } = schema;

    private protected void Enter()
    {
        if (IsRecursive)
        {
            NestingDepth.Check();
        }
    }
}

internal sealed class SpecificRecordWriter(RecordSchema schema) : RecordWriter(schema)
{
    private Schema lastMatch;

    internal override bool Matches(object value)
    {
        if (value is not ISpecificRecord { Schema: RecordSchema found })
        {
            return false;
        }

        if (found != lastMatch && found != Schema)
        {
            if (!found.SchemaName.Equals(Schema.SchemaName))
            {
                return false;
            }

            lastMatch = found;
        }

        return true;
    }

    internal override void Write(object value, Encoder encoder)
    {
        if (value is not ISpecificRecord record)
        {
            throw Mismatch(value, "ISpecificRecord", Schema);
        }

        Enter();
        ItemWriter[] fields = Fields;
        for (int i = 0; i < fields.Length; i++)
        {
            fields[i].Write(record.Get(i), encoder);
        }
    }
}

internal sealed class GenericRecordWriter(RecordSchema schema) : RecordWriter(schema)
{
    private Schema lastMatch;

    internal override bool Matches(object value) => value is GenericRecord record && record.Schema.SchemaName.Equals(Schema.SchemaName);

    internal override void Write(object value, Encoder encoder)
    {
        if (value is not GenericRecord record)
        {
            throw Mismatch(value, "GenericRecord", Schema);
        }

        if (record.Schema != lastMatch && record.Schema != Schema)
        {
            if (!record.Schema.Equals(Schema))
            {
                throw Mismatch(value, $"GenericRecord of the schema {Schema}", Schema);
            }

            lastMatch = record.Schema;
        }

        Enter();
        ItemWriter[] fields = Fields;
        for (int i = 0; i < fields.Length; i++)
        {
            fields[i].Write(record.GetValue(i), encoder);
        }
    }
}

/// <summary>Writes the ordinal of a <see cref="GenericEnum"/>.</summary>
internal sealed class GenericEnumWriter(EnumSchema schema) : ItemWriter
{
    internal override bool Matches(object value) => value is GenericEnum found && found.Schema.SchemaName.Equals(schema.SchemaName);

    internal override void Write(object value, Encoder encoder)
    {
        if (value is not GenericEnum found || !found.Schema.Equals(schema))
        {
            throw Mismatch(value, "GenericEnum", schema);
        }

        encoder.WriteEnum(schema.Ordinal(found.Value));
    }
}

/// <summary>Writes the ordinal of a CLR enum's member of the same name as the symbol.</summary>
internal sealed class SpecificEnumWriter(EnumSchema schema) : ItemWriter
{
    private Ordinals last;

    internal override bool Matches(object value) =>
        value.GetType() == last?.Type || (value.GetType().IsEnum && schema.Contains(value.ToString()));

    internal override void Write(object value, Encoder encoder)
    {
        if (value is not Enum)
        {
            throw Mismatch(value, "an enum", schema);
        }

        Ordinals known = last;
        if (known == null || known.Type != value.GetType())
        {
            last = known = new Ordinals(value.GetType(), schema);
        }

        encoder.WriteEnum(known.TryGet(value, out int ordinal)
            ? ordinal
            : throw new AvroTypeException($"Unknown enum value: {value} is not a symbol of {schema.Fullname}"));
    }

    private sealed class Ordinals(Type type, EnumSchema schema)
    {
        private readonly bool isInt = Enum.GetUnderlyingType(type) == typeof(int);

        private readonly Dictionary<long, int> byValue = Enum.GetNames(type)
            .Where(name => schema.Contains(name) || schema.Default != null)
            .DistinctBy(name => Enum.Parse(type, name))
            .ToDictionary(name => Convert.ToInt64(Enum.Parse(type, name), CultureInfo.InvariantCulture), schema.Ordinal);

        internal Type Type { get; } = type;

        internal bool TryGet(object value, out int ordinal) =>
            byValue.TryGetValue(isInt ? (int)value : Convert.ToInt64(value, CultureInfo.InvariantCulture), out ordinal);
    }
}

using System.Linq.Expressions;
using System.Reflection;
using Avro.Generic;
using Avro.IO;
using Avro.Specific;

namespace Avro.Resolution;

/// <summary>What to do with the next field in the bytes, or with a field that is not there.</summary>
/// <param name="Reader">Reads, skips or makes the value.</param>
/// <param name="Position">The reader's field to set, or -1 to set none.</param>
/// <param name="Reuses">Whether the field's former value is worth getting.</param>
internal readonly record struct FieldStep(ItemReader Reader, int Position, bool Reuses);

/// <summary>Reads a record field by field.</summary>
internal abstract class RecordReader(RecordSchema schema) : ItemReader
{
    /// <summary>The fields in the order of the bytes; set once the record's own readers, which may contain it, are made.</summary>
    internal FieldStep[] Steps { get; set; }

    /// <summary>Whether the record can contain itself, so that its data can be nested without end.</summary>
    internal bool IsRecursive { get; set; }

    /// <summary>Whether the record can take no bytes, so that the bytes do not bound how many there are.</summary>
    internal bool TakesNoBytes { get; init; }

    internal override bool Reuses => true;

    private protected RecordSchema Schema { get; } = schema;

    private protected void Enter(Decoder decoder)
    {
        if (IsRecursive)
        {
            NestingDepth.Check();
        }

        if (TakesNoBytes && decoder is BinaryDecoder binary)
        {
            binary.CountItemsWithoutBytes(1);
        }
    }
}

internal sealed class SpecificRecordReader(RecordSchema schema) : RecordReader(schema)
{
    private static readonly MethodInfo Put = typeof(ISpecificRecord).GetMethod(nameof(ISpecificRecord.Put));

    private Func<BinaryDecoder, object> readNew;

    internal override object Read(object reuse, Decoder decoder)
    {
        bool fills = IsReusable(reuse);
        if (!fills && decoder is BinaryDecoder binary)
        {
            return ReadNew(binary);
        }

        Enter(decoder);
        var record = (ISpecificRecord)(fills ? reuse : Activator.CreateInstance(FindClass()));
        foreach ((ItemReader reader, int position, bool reuses) in Steps)
        {
            object value = reader.Read(reuses ? record.Get(position) : null, decoder);
            if (position >= 0)
            {
                record.Put(position, value);
            }
        }

        return record;
    }

    internal override Expression ReadNew(Expression decoder) => Expression.Call(Expression.Constant(this), nameof(ReadNew), null, decoder);

    private object ReadNew(BinaryDecoder decoder)
    {
        Enter(decoder);
        return (readNew ??= Compile())(decoder);
    }

    private bool IsReusable(object reuse) => reuse is ISpecificRecord { Schema: RecordSchema reused }
        && (reused == Schema || reused.SchemaName.Equals(Schema.SchemaName));

    // The class is looked for when the first record is made: a caller who gives records to fill needs none.
    private Type FindClass()
    {
        Type type = ObjectCreator.Instance.GetType(Schema.Fullname, Avro.Schema.Type.Record);
        return typeof(ISpecificRecord).IsAssignableFrom(type) && type.GetConstructor(Type.EmptyTypes) != null
            ? type
            : throw new AvroException($"{type} is not an ISpecificRecord with a public constructor without parameters");
    }

    // A method of its own for each class, the steps one after the other: it knows what it calls, where a loop over all
    // classes and kinds of value would have to find out for each field.
    private Func<BinaryDecoder, object> Compile()
    {
        Type type = FindClass();
        ParameterExpression decoder = Expression.Parameter(typeof(BinaryDecoder));
        ParameterExpression record = Expression.Variable(type);
        var body = new List<Expression> { Expression.Assign(record, Expression.New(type)) };
        foreach ((ItemReader reader, int position, _) in Steps)
        {
            Expression value = reader.ReadNew(decoder);
            body.Add(position >= 0 ? Expression.Call(record, Put, Expression.Constant(position), value) : value);
        }

        body.Add(record);
        return Expression.Lambda<Func<BinaryDecoder, object>>(Expression.Block([record], body), decoder).Compile();
    }
}

internal sealed class GenericRecordReader(RecordSchema schema) : RecordReader(schema)
{
    internal override object Read(object reuse, Decoder decoder)
    {
        Enter(decoder);
        GenericRecord record = reuse is GenericRecord former && former.Schema.Equals(Schema) ? former : new GenericRecord(Schema);
        foreach ((ItemReader reader, int position, bool reuses) in Steps)
        {
            object value = reader.Read(reuses ? record.GetValue(position) : null, decoder);
            if (position >= 0)
            {
                record.Add(position, value);
            }
        }

        return record;
    }
}

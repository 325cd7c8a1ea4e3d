using Avro.Generic;
using Avro.IO;
using Avro.Specific;
using Newtonsoft.Json.Linq;

namespace Avro.Resolution;

/// <summary>Compares a writer's schema with a reader's by the rules of the specification ("Schema Resolution").</summary>
internal sealed class ReaderResolver
{
    private readonly Dictionary<RecordPair, RecordReader> records = [];
    private readonly HashSet<RecordReader> unfinished = [];
    private readonly EncodedSize sizes = new();
    private readonly Skipping skipping;
    private readonly bool specific;

    private ReaderResolver(bool specific)
    {
        this.specific = specific;
        skipping = new Skipping(sizes);
    }

    /// <summary>What reads data of the one schema as data of the other.</summary>
    /// <exception cref="AvroException">That cannot be done.</exception>
    internal static ItemReader Resolve(Schema writer, Schema reader, bool specific) => reader.CanRead(writer)
        ? new ReaderResolver(specific).Resolve(writer, reader)
        : throw new AvroException($"Schema mismatch. Reader: {reader}, writer: {writer}");

    private ItemReader Resolve(Schema writer, Schema reader)
    {
        if (writer is UnionSchema writtenUnion)
        {
            return new UnionReader(writtenUnion.Schemas.Select(branch => ResolveBranch(branch, reader)).ToArray());
        }

        if (reader is UnionSchema union)
        {
            return ResolveBranch(writer, union);
        }

        return writer switch
        {
            RecordSchema record => ResolveRecord(record, (RecordSchema)reader),
            EnumSchema symbols => ResolveEnum(symbols, (EnumSchema)reader),
            FixedSchema => specific ? new SpecificFixedReader((FixedSchema)reader) : new GenericFixedReader((FixedSchema)reader),
            ArraySchema array => ResolveArray(array, (ArraySchema)reader),
            MapSchema map => ResolveMap(map, (MapSchema)reader),
            LogicalSchema logical => new LogicalReader(ResolveBase(logical.BaseSchema, ((LogicalSchema)reader).BaseSchema), (LogicalSchema)reader),
            _ => ResolvePrimitive(writer.Tag, reader.Tag),
        };
    }

    // A branch that cannot be read is no error until it is met.
    private ItemReader ResolveBranch(Schema writer, Schema reader)
    {
        Schema branch = reader is not UnionSchema union ? (reader.CanRead(writer) ? reader : null)
            : union.MatchingBranch(writer) is >= 0 and var index ? union[index]
            : null;
        return branch != null
            ? Resolve(writer, branch)
            : new FunctionReader(_ => throw new AvroException($"No matching schema for {writer} in {reader}"));
    }

    // The logical types convert generic values, whatever the record around them is.
    private ItemReader ResolveBase(Schema writer, Schema reader) =>
        reader is FixedSchema fixedSchema ? new GenericFixedReader(fixedSchema) : Resolve(writer, reader);

    private static ItemReader ResolvePrimitive(Schema.Type writer, Schema.Type reader) => (writer, reader) switch
    {
        (Schema.Type.Null, _) => new NullReader(),
        (Schema.Type.Boolean, _) => new BooleanReader(),
        (Schema.Type.Int, Schema.Type.Long) => new FunctionReader(decoder => (long)decoder.ReadInt()),
        (Schema.Type.Int, Schema.Type.Float) => new FunctionReader(decoder => (float)decoder.ReadInt()),
        (Schema.Type.Int, Schema.Type.Double) => new FunctionReader(decoder => (double)decoder.ReadInt()),
        (Schema.Type.Int, _) => new IntReader(),
        (Schema.Type.Long, Schema.Type.Float) => new FunctionReader(decoder => (float)decoder.ReadLong()),
        (Schema.Type.Long, Schema.Type.Double) => new FunctionReader(decoder => (double)decoder.ReadLong()),
        (Schema.Type.Long, _) => new LongReader(),
        (Schema.Type.Float, Schema.Type.Double) => new FunctionReader(decoder => (double)decoder.ReadFloat()),
        (Schema.Type.Float, _) => new FloatReader(),
        (Schema.Type.Double, _) => new DoubleReader(),
        (Schema.Type.Bytes, _) => new FunctionReader(decoder => decoder.ReadBytes()),
        (Schema.Type.String, _) => new StringReader(),
        _ => throw new AvroException("Unknown schema type: " + writer),
    };

    private EnumReader ResolveEnum(EnumSchema writer, EnumSchema reader)
    {
        var values = new Func<int, object>[writer.Count];
        for (int i = 0; i < values.Length; i++)
        {
            if (reader.Contains(writer[i]) || reader.Default != null)
            {
                int ordinal = reader.Ordinal(writer[i]);
                object boxed = ordinal;
                values[i] = specific ? _ => boxed : _ => new GenericEnum(reader, reader[ordinal]);
            }
        }

        return new EnumReader(writer, values);
    }

    private ItemReader ResolveArray(ArraySchema writer, ArraySchema reader)
    {
        ItemReader item = Resolve(writer.ItemSchema, reader.ItemSchema);
        int itemBytesMin = sizes.Minimum(writer.ItemSchema);
        return specific
            ? Make(typeof(ListReader<>), ObjectCreator.Instance.GetItemType(reader.ItemSchema), item, itemBytesMin)
            : new ArrayReader(item, itemBytesMin);
    }

    private ItemReader ResolveMap(MapSchema writer, MapSchema reader)
    {
        ItemReader value = Resolve(writer.ValueSchema, reader.ValueSchema);
        return specific
            ? Make(typeof(DictionaryReader<>), ObjectCreator.Instance.GetItemType(reader.ValueSchema), value)
            : new DictionaryReader<object>(value);
    }

    private static ItemReader Make(Type genericReader, Type item, params object[] arguments) => (ItemReader)Activator.CreateInstance(
        genericReader.MakeGenericType(item),
        System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic,
        binder: null,
        arguments,
        culture: null);

    private RecordReader ResolveRecord(RecordSchema writer, RecordSchema reader)
    {
        if (records.TryGetValue(new RecordPair(writer, reader), out RecordReader known))
        {
            // Met again within itself, or within another that is within itself.
            known.IsRecursive |= unfinished.Contains(known);
            return known;
        }

        NestingDepth.Check();
        bool takesNoBytes = sizes.Minimum(writer) == 0;
        RecordReader record = specific
            ? new SpecificRecordReader(reader) { TakesNoBytes = takesNoBytes }
            : new GenericRecordReader(reader) { TakesNoBytes = takesNoBytes };
        records.Add(new RecordPair(writer, reader), record);
        unfinished.Add(record);
        var steps = new List<FieldStep>();
        var written = new HashSet<Field>(ReferenceEqualityComparer.Instance);
        foreach (Field field in writer.Fields)
        {
            steps.Add(reader.TryGetFieldAlias(field.Name, out Field target) && written.Add(target)
                ? StepOf(Resolve(field.Schema, target.Schema), target)
                : new FieldStep(SkippingReader(field.Schema), -1, Reuses: false));
        }

        steps.AddRange(reader.Fields.Where(field => !written.Contains(field)).Select(field => StepOf(ResolveDefault(field), field)));
        record.Steps = steps.ToArray();
        unfinished.Remove(record);
        return record;
    }

    private static FieldStep StepOf(ItemReader reader, Field field) => new(reader, field.Pos, reader.Reuses);

    private FunctionReader SkippingReader(Schema schema)
    {
        Action<Decoder> skip = skipping.Of(schema);
        return new FunctionReader(decoder =>
        {
            skip(decoder);
            return null;
        });
    }

    private FunctionReader ResolveDefault(Field field)
    {
        if (field.DefaultValue == null)
        {
            return new FunctionReader(_ => throw new AvroException($"The writer has no field {field.Name} and the reader no default for it"));
        }

        byte[] bytes = DefaultValue.Encode(field.Schema, field.DefaultValue);
        ItemReader reader = Resolve(field.Schema, field.Schema);
        Func<Decoder, object> read = _ => reader.ReadDatum(
            null, new BinaryDecoder(new MemoryStream(bytes, 0, bytes.Length, writable: false, publiclyVisible: true)));

        // A value that nobody can change is read once; others afresh for each record.
        if (field.DefaultValue is JValue && read(null) is var value && value is null or string or ValueType)
        {
            read = _ => value;
        }

        return new FunctionReader(read);
    }
}

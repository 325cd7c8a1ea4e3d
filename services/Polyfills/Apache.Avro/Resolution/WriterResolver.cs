namespace Avro.Resolution;

/// <summary>Makes what writes a schema.</summary>
internal sealed class WriterResolver
{
    private readonly Dictionary<RecordSchema, RecordWriter> records = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<RecordWriter> unfinished = [];
    private readonly bool specific;

    private WriterResolver(bool specific) => this.specific = specific;

    /// <summary>What writes data of the schema.</summary>
    internal static ItemWriter Resolve(Schema schema, bool specific) => new WriterResolver(specific).Resolve(schema);

    private ItemWriter Resolve(Schema schema) => schema switch
    {
        RecordSchema record => ResolveRecord(record),
        EnumSchema symbols => specific ? new SpecificEnumWriter(symbols) : new GenericEnumWriter(symbols),
        FixedSchema fixedSchema => new FixedWriter(fixedSchema),
        ArraySchema array => specific ? new ListWriter(Resolve(array.ItemSchema), array) : new ArrayWriter(Resolve(array.ItemSchema), array),
        MapSchema map => new DictionaryWriter(Resolve(map.ValueSchema), map, specific),
        UnionSchema union => new UnionWriter(union, union.Schemas.Select(Resolve).ToArray()),
        LogicalSchema logical => new LogicalWriter(Resolve(logical.BaseSchema), logical),
        _ => schema.Tag switch
        {
            Schema.Type.Null => new NullWriter(schema),
            Schema.Type.Boolean => new BooleanWriter(schema),
            Schema.Type.Int => new IntWriter(schema),
            Schema.Type.Long => new LongWriter(schema),
            Schema.Type.Float => new FloatWriter(schema),
            Schema.Type.Double => new DoubleWriter(schema),
            Schema.Type.Bytes => new BytesWriter(schema),
            Schema.Type.String => new StringWriter(schema),
            _ => throw new AvroTypeException("Unknown schema type: " + schema.Tag),
        },
    };

    private RecordWriter ResolveRecord(RecordSchema schema)
    {
        if (records.TryGetValue(schema, out RecordWriter known))
        {
            known.IsRecursive |= unfinished.Contains(known);
            return known;
        }

        NestingDepth.Check();
        RecordWriter record = specific ? new SpecificRecordWriter(schema) : new GenericRecordWriter(schema);
        records.Add(schema, record);
        unfinished.Add(record);
        record.Fields = schema.Fields.Select(field => Resolve(field.Schema)).ToArray();
        unfinished.Remove(record);
        return record;
    }
}

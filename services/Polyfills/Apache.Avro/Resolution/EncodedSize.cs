namespace Avro.Resolution;

/// <summary>How few bytes a value of a schema can take: what shows that a claimed count of items cannot be true.</summary>
internal sealed class EncodedSize
{
    private const int BytesMax = 1 << 20;

    private readonly Dictionary<RecordSchema, int> records = new(ReferenceEqualityComparer.Instance);

    /// <summary>A lower bound in bytes, exact enough to tell 0 from more.</summary>
    internal int Minimum(Schema schema) => schema switch
    {
        RecordSchema record => MinimumOfRecord(record),
        FixedSchema fixedSchema => fixedSchema.Size,
        LogicalSchema logical => Minimum(logical.BaseSchema),
        _ => schema.Tag switch
        {
            Schema.Type.Null => 0,
            Schema.Type.Float => sizeof(float),
            Schema.Type.Double => sizeof(double),
            _ => 1,
        },
    };

    private int MinimumOfRecord(RecordSchema record)
    {
        if (records.TryGetValue(record, out int known))
        {
            return known;
        }

        // A record within itself adds nothing to its own bound.
        NestingDepth.Check();
        records.Add(record, 0);
        long sum = 0;
        foreach (Field field in record.Fields)
        {
            sum += Minimum(field.Schema);
        }

        return records[record] = (int)Math.Min(sum, BytesMax);
    }
}

using Avro.IO;

namespace Avro.Resolution;

/// <summary>Makes what passes over the values of a schema that the reader does not have.</summary>
internal sealed class Skipping(EncodedSize sizes)
{
    private readonly Dictionary<RecordSchema, Action<Decoder>> records = new(ReferenceEqualityComparer.Instance);

    internal Action<Decoder> Of(Schema schema)
    {
        switch (schema.Tag)
        {
            case Schema.Type.Null:
                return decoder => decoder.SkipNull();
            case Schema.Type.Boolean:
                return decoder => decoder.SkipBoolean();
            case Schema.Type.Int:
                return decoder => decoder.SkipInt();
            case Schema.Type.Long:
                return decoder => decoder.SkipLong();
            case Schema.Type.Float:
                return decoder => decoder.SkipFloat();
            case Schema.Type.Double:
                return decoder => decoder.SkipDouble();
            case Schema.Type.Bytes:
                return decoder => decoder.SkipBytes();
            case Schema.Type.String:
                return decoder => decoder.SkipString();
            case Schema.Type.Enumeration:
                return decoder => decoder.SkipEnum();
            case Schema.Type.Fixed:
                int size = ((FixedSchema)schema).Size;
                return decoder => decoder.SkipFixed(size);
            case Schema.Type.Array:
                return OfArray((ArraySchema)schema);
            case Schema.Type.Map:
                return OfMap((MapSchema)schema);
            case Schema.Type.Union:
                return OfUnion((UnionSchema)schema);
            case Schema.Type.Logical:
                return Of(((LogicalSchema)schema).BaseSchema);
            default:
                return OfRecord((RecordSchema)schema);
        }
    }

    private Action<Decoder> OfArray(ArraySchema schema)
    {
        Action<Decoder> item = Of(schema.ItemSchema);
        int itemBytesMin = sizes.Minimum(schema.ItemSchema);
        return decoder =>
        {
            for (long n = decoder.ReadArrayStart(); n != 0; n = decoder.ReadArrayNext())
            {
                (decoder as BinaryDecoder)?.CheckItemCount(n, itemBytesMin);
                for (long i = 0; i < n; i++)
                {
                    item(decoder);
                }
            }
        };
    }

    private Action<Decoder> OfMap(MapSchema schema)
    {
        Action<Decoder> value = Of(schema.ValueSchema);
        return decoder =>
        {
            for (long n = decoder.ReadMapStart(); n != 0; n = decoder.ReadMapNext())
            {
                for (long i = 0; i < n; i++)
                {
                    decoder.SkipString();
                    value(decoder);
                }
            }
        };
    }

    private Action<Decoder> OfUnion(UnionSchema schema)
    {
        Action<Decoder>[] branches = schema.Schemas.Select(Of).ToArray();
        return decoder =>
        {
            int index = decoder.ReadUnionIndex();
            if ((uint)index >= (uint)branches.Length)
            {
                throw new AvroException($"Not an index into a union of {branches.Length} branches in the stream: {index}");
            }

            branches[index](decoder);
        };
    }

    private Action<Decoder> OfRecord(RecordSchema schema)
    {
        if (records.TryGetValue(schema, out Action<Decoder> known))
        {
            return known;
        }

        NestingDepth.Check();
        Action<Decoder>[] fields = null;
        bool takesNoBytes = sizes.Minimum(schema) == 0;
        records.Add(schema, decoder =>
        {
            NestingDepth.Check();
            if (takesNoBytes)
            {
                (decoder as BinaryDecoder)?.CountItemsWithoutBytes(1);
            }

            foreach (Action<Decoder> field in fields)
            {
                field(decoder);
            }
        });
        fields = schema.Fields.Select(field => Of(field.Schema)).ToArray();
        return records[schema];
    }
}

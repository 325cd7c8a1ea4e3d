using System.Numerics;
using Avro;
using Avro.Generic;

namespace Polyfills.Tests.AvroContract;

/// <summary>Random generic data of any schema, the same for the same seed.</summary>
internal sealed class RandomData(int seed)
{
    private const int DepthMax = 6;

    /// <summary>Every type, every logical type that python3-avro has too, and a record within itself.</summary>
    internal static readonly RecordSchema Everything = (RecordSchema)Schema.Parse("""
        {
          "type": "record", "name": "Everything", "namespace": "peer",
          "fields": [
            { "name": "nothing", "type": "null" },
            { "name": "flag", "type": "boolean" },
            { "name": "small", "type": "int" },
            { "name": "large", "type": "long" },
            { "name": "single", "type": "float" },
            { "name": "double", "type": "double" },
            { "name": "blob", "type": "bytes" },
            { "name": "text", "type": "string" },
            { "name": "symbol", "type": { "type": "enum", "name": "Symbol", "symbols": ["ONE", "TWO", "THREE"] } },
            { "name": "hash", "type": { "type": "fixed", "name": "Hash", "size": 16 } },
            { "name": "array", "type": { "type": "array", "items": ["null", "long", "string"] } },
            { "name": "map", "type": { "type": "map", "values": { "type": "array", "items": "double" } } },
            { "name": "choice", "type": ["null", "boolean", "bytes", "string", "Symbol", "Hash"] },
            { "name": "date", "type": { "type": "int", "logicalType": "date" } },
            { "name": "time_millis", "type": { "type": "int", "logicalType": "time-millis" } },
            { "name": "time_micros", "type": { "type": "long", "logicalType": "time-micros" } },
            { "name": "timestamp_millis", "type": { "type": "long", "logicalType": "timestamp-millis" } },
            { "name": "timestamp_micros", "type": { "type": "long", "logicalType": "timestamp-micros" } },
            { "name": "uuid", "type": { "type": "string", "logicalType": "uuid" } },
            { "name": "decimal", "type": { "type": "bytes", "logicalType": "decimal", "precision": 20, "scale": 3 } },
            { "name": "next", "type": ["null", "Everything"] }
          ]
        }
        """);

    private readonly Random random = new(seed);

    internal GenericRecord Record(RecordSchema schema) => (GenericRecord)Value(schema, 0)!;

    private object? Value(Schema schema, int depth) => schema switch
    {
        RecordSchema record => Fill(new GenericRecord(record), depth),
        EnumSchema symbols => new GenericEnum(symbols, symbols[random.Next(symbols.Count)]),
        FixedSchema bytes => new GenericFixed(bytes, Bytes(bytes.Size)),
        ArraySchema array => Enumerable.Range(0, random.Next(5)).Select(_ => Value(array.ItemSchema, depth)).ToArray(),
        MapSchema map => Enumerable.Range(0, random.Next(4)).ToDictionary(i => Text() + i, _ => Value(map.ValueSchema, depth)),
        UnionSchema union => Value(union[depth >= DepthMax ? 0 : random.Next(union.Count)], depth),
        LogicalSchema logical => Logical(logical.LogicalTypeName),
        _ => Primitive(schema.Tag),
    };

    private GenericRecord Fill(GenericRecord record, int depth)
    {
        foreach (Field field in record.Schema.Fields)
        {
            record.Add(field.Name, Value(field.Schema, depth + 1));
        }

        return record;
    }

    private object? Primitive(Schema.Type type) => type switch
    {
        Schema.Type.Null => null,
        Schema.Type.Boolean => random.Next(2) == 0,
        Schema.Type.Int => random.Next(int.MinValue, int.MaxValue) >> random.Next(32),
        Schema.Type.Long => random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64),
        Schema.Type.Float => random.NextSingle() * 1e6f,
        Schema.Type.Double => (random.NextDouble() - 0.5) * 1e100,
        Schema.Type.Bytes => Bytes(random.Next(300)),
        Schema.Type.String => Text(),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not a primitive"),
    };

    private object Logical(string name) => name switch
    {
        "date" => DateTime.UnixEpoch.AddDays(random.Next(-50_000, 50_000)),
        "time-millis" => TimeSpan.FromMilliseconds(random.Next(86_400_000)),
        "time-micros" => TimeSpan.FromMicroseconds(random.NextInt64(86_400_000_000)),
        "timestamp-millis" => DateTime.UnixEpoch.AddMilliseconds(random.NextInt64(-1_000_000_000_000, 4_000_000_000_000)),
        "timestamp-micros" => DateTime.UnixEpoch.AddMicroseconds(random.NextInt64(-1_000_000_000_000_000, 4_000_000_000_000_000)),
        "uuid" => new Guid(Bytes(16)),
        "decimal" => new AvroDecimal(new BigInteger(random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64)), 3),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "not a logical type"),
    };

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private string Text() => string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => random.Next(4) switch
    {
        0 => "é",
        1 => "分",
        2 => "🎓",
        _ => ((char)random.Next(' ', '~')).ToString(),
    }));
}

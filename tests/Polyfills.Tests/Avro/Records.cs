using Avro;
using Avro.Generic;
using Avro.IO;
using Avro.Specific;

namespace Polyfills.Tests.AvroRecords;

/// <summary>A record with every type, as a code generator would write it.</summary>
public sealed class AllTypes : ISpecificRecord
{
    public static readonly Schema TheSchema = Schema.Parse("""
        {
          "type": "record", "name": "AllTypes", "namespace": "Polyfills.Tests.AvroRecords",
          "fields": [
            { "name": "flag", "type": "boolean" },
            { "name": "small", "type": "int" },
            { "name": "large", "type": "long" },
            { "name": "single", "type": "float" },
            { "name": "double", "type": "double" },
            { "name": "blob", "type": "bytes" },
            { "name": "text", "type": "string" },
            { "name": "suit", "type": { "type": "enum", "name": "Suit", "symbols": ["SPADES", "HEARTS", "CLUBS"] } },
            { "name": "hash", "type": { "type": "fixed", "name": "Hash", "size": 4 } },
            { "name": "numbers", "type": { "type": "array", "items": "long" } },
            { "name": "labels", "type": { "type": "map", "values": "string" } },
            { "name": "node", "type": ["null", {
                "type": "record", "name": "Node",
                "fields": [
                  { "name": "value", "type": "int" },
                  { "name": "children", "type": { "type": "array", "items": "Node" } }
                ] }] },
            { "name": "choice", "type": ["null", "long", "string", "Suit", "Node"] },
            { "name": "maybe", "type": ["null", "long"] },
            { "name": "when", "type": { "type": "long", "logicalType": "timestamp-millis" } },
            { "name": "nested", "type": { "type": "array", "items": { "type": "array", "items": "string" } } },
            { "name": "nodes", "type": { "type": "map", "values": "Node" } },
            { "name": "suits", "type": { "type": "array", "items": "Suit" } }
          ]
        }
        """);

    public Schema Schema => TheSchema;

    public bool Flag { get; set; }

    public int Small { get; set; }

    public long Large { get; set; }

    public float Single { get; set; }

    public double Double { get; set; }

    public byte[] Blob { get; set; } = [];

    public string Text { get; set; } = "";

    public Suit Suit { get; set; }

    public Hash Hash { get; set; } = new();

    public IList<long> Numbers { get; set; } = new List<long>();

    public IDictionary<string, string> Labels { get; set; } = new Dictionary<string, string>();

    public Node? Node { get; set; }

    public object? Choice { get; set; }

    public long? Maybe { get; set; }

    public DateTime When { get; set; } = DateTime.UnixEpoch;

    public IList<IList<string>> Nested { get; set; } = new List<IList<string>>();

    public IDictionary<string, Node> Nodes { get; set; } = new Dictionary<string, Node>();

    public IList<Suit> Suits { get; set; } = new List<Suit>();

    public object Get(int fieldPos) => fieldPos switch
    {
        0 => Flag,
        1 => Small,
        2 => Large,
        3 => Single,
        4 => Double,
        5 => Blob,
        6 => Text,
        7 => Suit,
        8 => Hash,
        9 => Numbers,
        10 => Labels,
        11 => Node!,
        12 => Choice!,
        13 => Maybe!,
        14 => When,
        15 => Nested,
        16 => Nodes,
        17 => Suits,
        _ => throw new AvroRuntimeException("Bad index " + fieldPos + " in Get()"),
    };

    public void Put(int fieldPos, object fieldValue)
    {
        switch (fieldPos)
        {
            case 0: Flag = (bool)fieldValue; break;
            case 1: Small = (int)fieldValue; break;
            case 2: Large = (long)fieldValue; break;
            case 3: Single = (float)fieldValue; break;
            case 4: Double = (double)fieldValue; break;
            case 5: Blob = (byte[])fieldValue; break;
            case 6: Text = (string)fieldValue; break;
            case 7: Suit = (Suit)fieldValue; break;
            case 8: Hash = (Hash)fieldValue; break;
            case 9: Numbers = (IList<long>)fieldValue; break;
            case 10: Labels = (IDictionary<string, string>)fieldValue; break;
            case 11: Node = (Node?)fieldValue; break;
            case 12: Choice = fieldValue; break;
            case 13: Maybe = (long?)fieldValue; break;
            case 14: When = (DateTime)fieldValue; break;
            case 15: Nested = (IList<IList<string>>)fieldValue; break;
            case 16: Nodes = (IDictionary<string, Node>)fieldValue; break;
            case 17: Suits = (IList<Suit>)fieldValue; break;
            default: throw new AvroRuntimeException("Bad index " + fieldPos + " in Put()");
        }
    }

    /// <summary>A record in which nothing is at its default.</summary>
    public static AllTypes Full() => new()
    {
        Flag = true,
        Small = -7,
        Large = long.MaxValue,
        Single = 1.5f,
        Double = -0.1,
        Blob = [0, 255, 128],
        Text = "naïve 分布 🎓",
        Suit = Suit.HEARTS,
        Hash = new Hash { Value = [1, 2, 3, 4] },
        Numbers = new List<long> { 0, -1, long.MinValue },
        Labels = new Dictionary<string, string> { ["a"] = "1", ["ü"] = "" },
        Node = Tree(3),
        Choice = "text",
        Maybe = 42,
        When = new DateTime(2026, 11, 22, 12, 0, 0, 123, DateTimeKind.Utc),
        Nested = new List<IList<string>> { new List<string> { "x", "y" }, new List<string>() },
        Nodes = new Dictionary<string, Node> { ["leaf"] = Tree(0), ["root"] = Tree(1) },
        Suits = new List<Suit> { Suit.CLUBS, Suit.SPADES },
    };

    private static Node Tree(int depth) => new()
    {
        Value = depth,
        Children = depth == 0 ? new List<Node>() : new List<Node> { Tree(depth - 1), Tree(0) },
    };
}

public enum Suit
{
    SPADES,
    HEARTS,
    CLUBS,
}

public sealed class Hash : SpecificFixed
{
    public static readonly Schema TheSchema =
        Schema.Parse("""{ "type": "fixed", "name": "Hash", "namespace": "Polyfills.Tests.AvroRecords", "size": 4 }""");

    public Hash()
        : base(4)
    {
    }

    public override Schema Schema => TheSchema;
}

public sealed class Node : ISpecificRecord
{
    public static readonly Schema TheSchema = Schema.Parse("""
        {
          "type": "record", "name": "Node", "namespace": "Polyfills.Tests.AvroRecords",
          "fields": [
            { "name": "value", "type": "int" },
            { "name": "children", "type": { "type": "array", "items": "Node" } }
          ]
        }
        """);

    public Schema Schema => TheSchema;

    public int Value { get; set; }

    public IList<Node> Children { get; set; } = new List<Node>();

    public object Get(int fieldPos) => fieldPos == 0 ? Value : Children;

    public void Put(int fieldPos, object fieldValue)
    {
        if (fieldPos == 0)
        {
            Value = (int)fieldValue;
        }
        else
        {
            Children = (IList<Node>)fieldValue;
        }
    }
}

/// <summary>The two pairs of reader and writer that the package has for generated classes, and the two for generic records.</summary>
public enum Api
{
    Datum,
    Classic,
}

/// <summary>One datum to bytes and back.</summary>
internal static class Wire
{
    public static byte[] Write<T>(DatumWriter<T> writer, T datum)
    {
        using var stream = new MemoryStream();
        writer.Write(datum, new BinaryEncoder(stream));
        return stream.ToArray();
    }

    public static T Read<T>(DatumReader<T> reader, byte[] bytes) => reader.Read(default!, new BinaryDecoder(new MemoryStream(bytes)));

    public static DatumWriter<T> SpecificWriter<T>(Api api, Schema schema) =>
        api == Api.Datum ? new SpecificDatumWriter<T>(schema) : new SpecificWriter<T>(schema);

    public static DatumReader<T> SpecificReader<T>(Api api, Schema writer, Schema reader) =>
        api == Api.Datum ? new SpecificDatumReader<T>(writer, reader) : new SpecificReader<T>(writer, reader);

    public static DatumWriter<T> GenericWriter<T>(Api api, Schema schema) =>
        api == Api.Datum ? new GenericDatumWriter<T>(schema) : new GenericWriter<T>(schema);

    public static DatumReader<T> GenericReader<T>(Api api, Schema writer, Schema reader) =>
        api == Api.Datum ? new GenericDatumReader<T>(writer, reader) : new GenericReader<T>(writer, reader);

    /// <summary>A value of the one schema, read as a value of the other.</summary>
    public static object? Resolve(Api api, string writer, object? value, string reader)
    {
        Schema written = Schema.Parse(writer);
        return Read(GenericReader<object?>(api, written, Schema.Parse(reader)), Write(GenericWriter<object?>(api, written), value));
    }
}

using System.Text;
using Avro;
using Avro.File;
using Avro.Generic;
using Avro.IO;
using Polyfills.Tests.AvroRecords;

namespace Polyfills.Tests.AvroContract;

/// <summary>
/// What the polyfill promises beyond the package: whatever the bytes or the schema say, the answer is an
/// <see cref="AvroException"/> in bounded time and memory. The package overflows its stack, allocates what it is told,
/// or throws other exceptions on most of these, so they are run against the polyfill alone.
/// </summary>
public sealed class HostileAvroTests
{
    private const long AllocatedBytesMax = 64 * 1024 * 1024;

    public static bool IsPackage => typeof(Schema).Assembly.GetType("Avro.CodeGen") != null;

    [Theory(Skip = "only the polyfill promises this", SkipWhen = nameof(IsPackage))]
    [InlineData("\"string\"", "FEFFFFFF0F", "a string of 2 GB")]
    [InlineData("\"string\"", "01", "a string of -1 bytes")]
    [InlineData("\"bytes\"", "FEFFFFFFFFFFFFFFFF01", "bytes of 8 EB")]
    [InlineData("\"bytes\"", "01", "bytes of -1 bytes")]
    [InlineData("\"long\"", "FFFFFFFFFFFFFFFFFFFF01", "a number of eleven bytes")]
    [InlineData("\"int\"", "FEFFFFFFFFFFFFFFFF01", "an int of 64 bits")]
    [InlineData("\"boolean\"", "02", "a boolean that is neither")]
    [InlineData("""{"type":"array","items":"long"}""", "FEFFFFFFFFFFFFFFFF01", "an array of 9e18 longs")]
    [InlineData("""{"type":"array","items":"long"}""", "FEFFFFFF0F02", "an array of 2e9 longs, one there")]
    [InlineData("""{"type":"array","items":"long"}""", "FFFFFFFFFFFFFFFFFF01" + "00", "an array of -9e18 longs")]
    [InlineData("""{"type":"array","items":"null"}""", "FEFFFFFF0F00", "an array of 2e9 nulls")]
    [InlineData("""{"type":"array","items":{"type":"record","name":"R","fields":[]}}""", "FEFFFFFF0F00", "an array of 2e9 empty records")]
    [InlineData("""{"type":"map","values":"null"}""", "FEFFFFFFFFFFFFFFFF01", "a map of 9e18 nulls")]
    [InlineData("""["null","int"]""", "04", "a third branch of two")]
    [InlineData("""["null","int"]""", "01", "branch -1")]
    [InlineData("""{"type":"enum","name":"E","symbols":["A"]}""", "02", "a second symbol of one")]
    [InlineData("""{"type":"enum","name":"E","symbols":["A"]}""", "01", "symbol -1")]
    [InlineData("""{"type":"fixed","name":"F","size":100}""", "00", "a fixed cut short")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"r","type":"R"}]}""", "", "a record within itself without end")]
    [InlineData("""{"type":"long","logicalType":"timestamp-millis"}""", "FEFFFFFFFFFFFFFFFF01", "a time after all time")]
    [InlineData("""{"type":"long","logicalType":"timestamp-micros"}""", "FFFFFFFFFFFFFFFFFF01", "a time before all time")]
    [InlineData("""{"type":"int","logicalType":"time-millis"}""", "01", "a time before midnight")]
    [InlineData("""{"type":"int","logicalType":"date"}""", "FEFFFFFF0F", "a day after all days")]
    [InlineData("""{"type":"string","logicalType":"uuid"}""", "0278", "a uuid that is none")]
    public void Hostile_bytes_are_refused(string json, string hex, string what)
    {
        Schema schema = Schema.Parse(json);
        byte[] bytes = Convert.FromHexString(hex);
        Assert.NotEmpty(what);

        foreach (Api api in Enum.GetValues<Api>())
        {
            foreach (Func<Stream> open in Streams(bytes))
            {
                AssertRefused(() => Wire.GenericReader<object>(api, schema, schema).Read(null!, new BinaryDecoder(open())));
            }
        }

        // The same bytes in a field that the reader does not have.
        Schema writer = Schema.Parse($$"""{"type":"record","name":"Outer","fields":[{"name":"skipped","type":{{json}}}]}""");
        Schema reader = Schema.Parse("""{"type":"record","name":"Outer","fields":[]}""");
        if (!json.Contains("logicalType", StringComparison.Ordinal) && !json.Contains("symbols", StringComparison.Ordinal))
        {
            AssertRefused(() => Wire.Read(Wire.GenericReader<object>(Api.Datum, writer, reader), bytes));
        }
    }

    [Fact(Skip = "only the polyfill promises this", SkipWhen = nameof(IsPackage))]
    public void Hostile_bytes_are_refused_by_generated_classes()
    {
        byte[] whole = Wire.Write(Wire.SpecificWriter<AllTypes>(Api.Datum, AllTypes.TheSchema), AllTypes.Full());
        DatumReader<AllTypes> reader = Wire.SpecificReader<AllTypes>(Api.Datum, AllTypes.TheSchema, AllTypes.TheSchema);
        for (int length = 0; length < whole.Length; length++)
        {
            AssertRefused(() => Wire.Read(reader, whole[..length]));
        }

        // Any byte at any place: a record or a refusal, never anything else.
        foreach (byte value in new byte[] { 0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF })
        {
            for (int i = 0; i < whole.Length; i++)
            {
                byte[] changed = [.. whole];
                changed[i] = value;
                Exception? thrown = Record.Exception(() => Wire.Read(reader, changed));
                Assert.True(thrown is null or AvroException, $"byte {i} as {value:X2}: {thrown}");
            }
        }
    }

    [Fact(Skip = "only the polyfill promises this", SkipWhen = nameof(IsPackage))]
    public void Random_bytes_are_a_record_or_are_refused()
    {
        var random = new Random(7);
        var reader = new GenericDatumReader<GenericRecord>(RandomData.Everything, RandomData.Everything);
        for (int i = 0; i < 20_000; i++)
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            Exception? thrown = Record.Exception(() => Wire.Read(reader, bytes));
            Assert.True(thrown is null or AvroException, thrown?.ToString());
        }
    }

    [Fact(Skip = "only the polyfill promises this", SkipWhen = nameof(IsPackage))]
    public void Data_nested_too_deeply_are_refused()
    {
        // Each Node is a value, an array of one item, and after the innermost one the ends of all the arrays.
        byte[] bytes = Enumerable.Repeat(new byte[] { 0, 2 }, 2_000_000).SelectMany(pair => pair).ToArray();

        AssertRefused(() => Wire.Read(Wire.SpecificReader<Node>(Api.Datum, Node.TheSchema, Node.TheSchema), bytes));
        AssertRefused(() => Wire.Read(Wire.GenericReader<GenericRecord>(Api.Datum, Node.TheSchema, Node.TheSchema), bytes));
        AssertRefused(() => Wire.Read(
            Wire.GenericReader<object>(
                Api.Datum,
                Schema.Parse($$"""{"type":"record","name":"Outer","fields":[{"name":"skipped","type":{{Node.TheSchema}}}]}"""),
                Schema.Parse("""{"type":"record","name":"Outer","fields":[]}""")),
            bytes));
    }

    [Fact(Skip = "only the polyfill promises this", SkipWhen = nameof(IsPackage))]
    public void A_record_that_contains_itself_is_not_written()
    {
        var node = new Node();
        node.Children.Add(node);

        AssertRefused(() => Wire.SpecificWriter<Node>(Api.Datum, Node.TheSchema).Write(node, new BinaryEncoder(Stream.Null)));
    }

    [Fact(Skip = "only the polyfill promises this", SkipWhen = nameof(IsPackage))]
    public void A_schema_nested_too_deeply_is_refused()
    {
        string deep = string.Concat(Enumerable.Repeat("""{"type":"array","items":""", 100_000)) + "\"int\"" + new string('}', 100_000);

        AssertRefused(() => Schema.Parse(deep));
    }

    [Fact(Skip = "only the polyfill promises this", SkipWhen = nameof(IsPackage))]
    public void A_long_chain_of_records_is_handled_or_refused()
    {
        // Each record refers to the one before it by name, so the JSON is flat while the schema is not.
        const int Length = 20_000;
        var json = new StringBuilder("""["null",{"type":"record","name":"R0","fields":[]}""");
        for (int i = 1; i < Length; i++)
        {
            json.Append($$""",{"type":"record","name":"R{{i}}","fields":[{"name":"f","type":"R{{i - 1}}"}]}""");
        }

        json.Append(']');
        Schema schema = Schema.Parse(json.ToString());
        Schema last = ((UnionSchema)schema)[Length];

        foreach (Action action in new Action[]
        {
            () => last.CanRead(last),
            () => last.Equals(((UnionSchema)Schema.Parse(json.ToString()))[Length]),
            () => _ = new GenericDatumReader<object>(last, last),
            () => _ = new GenericDatumWriter<object>(last),
            () => last.ToString(),
        })
        {
            Exception? thrown = Record.Exception(action);
            Assert.True(thrown is null or AvroException, thrown?.ToString());
        }
    }

    [Fact(Skip = "only the polyfill promises this", SkipWhen = nameof(IsPackage))]
    public void A_schema_that_doubles_at_each_level_is_handled_in_bounded_time()
    {
        string Make(string leaf)
        {
            var json = new StringBuilder($$"""["null",{"type":"record","name":"R0","fields":[{"name":"a","type":"{{leaf}}"}]}""");
            for (int i = 1; i <= 60; i++)
            {
                json.Append($$""",{"type":"record","name":"R{{i}}","fields":[{"name":"a","type":"R{{i - 1}}"},{"name":"b","type":"R{{i - 1}}"}]}""");
            }

            return json.Append(']').ToString();
        }

        Schema nulls = ((UnionSchema)Schema.Parse(Make("null")))[61];
        Schema again = ((UnionSchema)Schema.Parse(Make("null")))[61];
        Schema longs = ((UnionSchema)Schema.Parse(Make("long")))[61];

        Assert.Equal(nulls, again);
        Assert.NotEqual(nulls, longs);
        Assert.True(nulls.CanRead(again));
        Assert.False(nulls.CanRead(longs));
        Assert.Equal(nulls.GetHashCode(), again.GetHashCode());
        AssertRefused(() => Wire.Read(new GenericDatumReader<object>(nulls, again), []));
        AssertRefused(() => Wire.Read(new GenericDatumReader<object>(longs, longs), new byte[1000]));
    }

    [Fact(Skip = "only the polyfill promises this", SkipWhen = nameof(IsPackage))]
    public void A_default_without_end_is_refused()
    {
        Schema writer = Schema.Parse("""{"type":"record","name":"W","aliases":["R"],"fields":[]}""");
        Schema reader = Schema.Parse("""
            {"type":"record","name":"R","aliases":["W"],"fields":[
              {"name":"x","type":{"type":"record","name":"S","fields":[{"name":"s","type":"S","default":{}}]},"default":{}}]}
            """);

        AssertRefused(() => Wire.Read(new GenericDatumReader<object>(writer, reader), []));
    }

    [Theory(Skip = "only the polyfill promises this", SkipWhen = nameof(IsPackage))]
    [InlineData("""["null",["int"]]""")]
    [InlineData("""{"type":"Unknown"}""")]
    [InlineData("""{"type":"enum","name":"E","symbols":[1]}""")]
    [InlineData("""{"type":"fixed","name":"F","size":9999999999}""")]
    [InlineData("""{"type":"record","name":"R","fields":[7]}""")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"f","type":"int","order":"sideways"}]}""")]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":"many"}""")]
    public void A_schema_that_the_package_trips_over_is_refused(string json) => AssertRefused(() => Schema.Parse(json));

    [Fact(Skip = "only the polyfill promises this", SkipWhen = nameof(IsPackage))]
    public void A_field_is_found_under_its_alias()
    {
        string writer = """{"type":"record","name":"R","fields":[{"name":"old","type":"int"}]}""";
        string reader = """{"type":"record","name":"R","fields":[{"name":"new","type":"long","aliases":["old"]}]}""";
        var record = new GenericRecord((RecordSchema)Schema.Parse(writer));
        record.Add("old", 7);

        Assert.Equal(7L, ((GenericRecord)Wire.Resolve(Api.Datum, writer, record, reader)!)["new"]);
    }

    [Theory(Skip = "only the polyfill promises this", SkipWhen = nameof(IsPackage))]
    [InlineData("FEFFFFFFFFFFFFFFFF01", "00", "9e18 nulls")]
    [InlineData("01", "00", "-1 data")]
    [InlineData("02", "FEFFFFFF0F", "a block of 2 GB")]
    [InlineData("02", "01", "a block of -1 bytes")]
    public void A_hostile_block_is_refused(string count, string size, string what)
    {
        Assert.NotEmpty(what);
        using var file = new MemoryStream();
        using (IFileWriter<object?> writer = DataFileWriter<object?>.OpenWriter(new GenericDatumWriter<object?>(Schema.Parse("null")), file, leaveOpen: true))
        {
            writer.Flush();
        }

        byte[] sync = file.ToArray()[^16..];
        file.Write(Convert.FromHexString(count + size));
        file.Write(sync);
        file.Position = 0;
        using IFileReader<object?> reader = DataFileReader<object?>.OpenReader(file);

        AssertRefused(() => reader.Next());
    }

    private static IEnumerable<Func<Stream>> Streams(byte[] bytes)
    {
        yield return () => new MemoryStream(bytes);
        yield return () => new MemoryStream(bytes, 0, bytes.Length, writable: false, publiclyVisible: true);
        yield return () => new ForwardOnlyStream(bytes);
    }

    private static void AssertRefused(Action action)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.ThrowsAny<AvroException>(action);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < AllocatedBytesMax, $"{allocated} bytes were allocated to refuse it");
    }
}

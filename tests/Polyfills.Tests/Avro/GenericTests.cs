using Avro;
using Avro.Generic;
using Polyfills.Tests.AvroRecords;

namespace Polyfills.Tests.AvroContract;

public sealed class GenericTests
{
    private static readonly RecordSchema Pair =
        (RecordSchema)Schema.Parse("""{"type":"record","name":"Pair","fields":[{"name":"left","type":"int"},{"name":"right","type":["null","string"]}]}""");

    [Theory]
    [InlineData(Api.Datum)]
    [InlineData(Api.Classic)]
    public void A_generic_reader_understands_what_a_specific_writer_wrote(Api api)
    {
        byte[] bytes = Wire.Write(Wire.SpecificWriter<AllTypes>(api, AllTypes.TheSchema), AllTypes.Full());

        GenericRecord read = Wire.Read(Wire.GenericReader<GenericRecord>(api, AllTypes.TheSchema, AllTypes.TheSchema), bytes);

        Assert.Equal("naïve 分布 🎓", read["text"]);
        Assert.Equal("HEARTS", ((GenericEnum)read["suit"]).Value);
        Assert.Equal([1, 2, 3, 4], ((GenericFixed)read["hash"]).Value);
        Assert.Equal(new object[] { 0L, -1L, long.MinValue }, read["numbers"]);
        Assert.Equal("1", Assert.IsType<Dictionary<string, object>>(read["labels"])["a"]);
        Assert.Equal(3, ((GenericRecord)read["node"])["value"]);
        Assert.Equal(bytes, Wire.Write(Wire.GenericWriter<GenericRecord>(api, AllTypes.TheSchema), read));
    }

    [Fact]
    public void A_record_gets_and_sets_by_name_and_by_position()
    {
        var record = new GenericRecord(Pair);
        record.Add("left", 1);
        record.Add(1, "x");

        Assert.Equal(1, record.GetValue(0));
        Assert.Equal("x", record["right"]);
        Assert.True(record.TryGetValue("left", out object left));
        Assert.Equal(1, left);
        Assert.False(record.TryGetValue("none", out _));
        Assert.False(record.TryGetValue(2, out _));
        Assert.Same(Pair, record.Schema);
        Assert.Throws<AvroException>(() => record.Add("none", 1));
        Assert.Throws<KeyNotFoundException>(() => record["none"]);
    }

    [Fact]
    public void Records_are_equal_when_their_contents_are()
    {
        var schema = (RecordSchema)Schema.Parse("""
            {"type":"record","name":"R","fields":[{"name":"a","type":{"type":"array","items":"int"}},{"name":"m","type":{"type":"map","values":"int"}}]}
            """);
        GenericRecord Make(int number)
        {
            var record = new GenericRecord(schema);
            record.Add("a", new object[] { number });
            record.Add("m", new Dictionary<string, object> { ["k"] = number });
            return record;
        }

        Assert.Equal(Make(1), Make(1));
        Assert.NotEqual(Make(1), Make(2));
    }

    [Fact]
    public void An_enum_has_only_the_symbols_of_its_schema()
    {
        var schema = (EnumSchema)Schema.Parse("""{"type":"enum","name":"E","symbols":["A","B"]}""");
        var withDefault = (EnumSchema)Schema.Parse("""{"type":"enum","name":"E","symbols":["A","B"],"default":"B"}""");

        Assert.Equal("A", new GenericEnum(schema, "A").Value);
        Assert.Throws<AvroException>(() => new GenericEnum(schema, "C"));
        Assert.Equal("B", new GenericEnum(withDefault, "C").Value);
        Assert.Equal(new GenericEnum(schema, "A"), new GenericEnum(schema, "A"));
    }

    [Fact]
    public void A_fixed_has_only_the_length_of_its_schema()
    {
        var schema = (FixedSchema)Schema.Parse("""{"type":"fixed","name":"F","size":2}""");

        Assert.Equal([0, 0], new GenericFixed(schema).Value);
        Assert.Equal(new GenericFixed(schema, [1, 2]), new GenericFixed(schema, [1, 2]));
        Assert.NotEqual(new GenericFixed(schema, [1, 2]), new GenericFixed(schema, [1, 3]));
        Assert.Throws<AvroException>(() => new GenericFixed(schema, [1]));
    }

    [Theory]
    [InlineData(Api.Datum)]
    [InlineData(Api.Classic)]
    public void A_value_of_another_type_than_the_schemas_is_refused(Api api)
    {
        Assert.ThrowsAny<AvroException>(() => Wire.Write(Wire.GenericWriter<object>(api, Schema.Parse("int")), "x"));
        Assert.ThrowsAny<AvroException>(() => Wire.Write(Wire.GenericWriter<object>(api, Schema.Parse("""{"type":"array","items":"int"}""")), 1));
        Assert.ThrowsAny<AvroException>(() => Wire.Write(Wire.GenericWriter<object>(api, Schema.Parse("""{"type":"map","values":"int"}""")), 1));
        Assert.ThrowsAny<AvroException>(() => Wire.Write(Wire.GenericWriter<object>(api, Schema.Parse("""["int","string"]""")), 1L));
        Assert.ThrowsAny<AvroException>(() => Wire.Write(Wire.GenericWriter<object>(api, Schema.Parse("null")), 1));
    }
}

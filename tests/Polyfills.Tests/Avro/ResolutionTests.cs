using Avro;
using Avro.Generic;
using Polyfills.Tests.AvroRecords;

namespace Polyfills.Tests.AvroContract;

public sealed class ResolutionTests
{
    [Theory]
    [InlineData(Api.Datum)]
    [InlineData(Api.Classic)]
    public void Numbers_are_promoted(Api api)
    {
        Assert.Equal(7L, Wire.Resolve(api, "int", 7, "long"));
        Assert.Equal(7f, Wire.Resolve(api, "int", 7, "float"));
        Assert.Equal(7d, Wire.Resolve(api, "int", 7, "double"));
        Assert.Equal(7f, Wire.Resolve(api, "long", 7L, "float"));
        Assert.Equal(7d, Wire.Resolve(api, "long", 7L, "double"));
        Assert.Equal(1.5d, Wire.Resolve(api, "float", 1.5f, "double"));
        Assert.Equal(new object[] { 1L, 2L }, Wire.Resolve(api, """{"type":"array","items":"int"}""", new object[] { 1, 2 }, """{"type":"array","items":"long"}"""));
    }

    [Theory]
    [InlineData(Api.Datum)]
    [InlineData(Api.Classic)]
    public void Schemas_that_do_not_match_are_refused_before_anything_is_read(Api api)
    {
        Assert.Throws<AvroException>(() => Wire.GenericReader<object>(api, Schema.Parse("string"), Schema.Parse("int")));
        Assert.Throws<AvroException>(() => Wire.SpecificReader<Node>(api, AllTypes.TheSchema, Node.TheSchema));
    }

    [Theory]
    [InlineData(Api.Datum)]
    [InlineData(Api.Classic)]
    public void Unions_are_resolved_by_the_branch_that_was_written(Api api)
    {
        Assert.Equal("x", Wire.Resolve(api, """["null","string"]""", "x", "string"));
        Assert.Equal("x", Wire.Resolve(api, "string", "x", """["null","string"]"""));
        Assert.Equal(7L, Wire.Resolve(api, """["string","int"]""", 7, """["long","string"]"""));
        Assert.Null(Wire.Resolve(api, """["null","string"]""", null, """["string","null"]"""));
        Assert.Throws<AvroException>(() => Wire.Resolve(api, """["null","string"]""", null, "string"));
        Assert.Throws<AvroException>(() => Wire.Resolve(api, """["null","string"]""", "x", """["null","int"]"""));
    }

    [Theory]
    [InlineData(Api.Datum)]
    [InlineData(Api.Classic)]
    public void An_enum_keeps_its_symbol_not_its_ordinal(Api api)
    {
        Schema writer = Schema.Parse("""{"type":"enum","name":"E","symbols":["A","B","C"]}""");
        Schema reader = Schema.Parse("""{"type":"enum","name":"E","symbols":["X","C","A"],"default":"X"}""");
        DatumWriter<GenericEnum> enumWriter = Wire.GenericWriter<GenericEnum>(api, writer);
        DatumReader<GenericEnum> enumReader = Wire.GenericReader<GenericEnum>(api, writer, reader);
        string Read(string symbol) => Wire.Read(enumReader, Wire.Write(enumWriter, new GenericEnum((EnumSchema)writer, symbol))).Value;

        Assert.Equal("A", Read("A"));
        Assert.Equal("C", Read("C"));
        Assert.Equal("X", Read("B"));
    }

    [Theory]
    [InlineData(Api.Datum)]
    [InlineData(Api.Classic)]
    public void A_symbol_that_the_reader_does_not_have_is_an_error_only_where_it_is_met(Api api)
    {
        Schema writer = Schema.Parse("""{"type":"enum","name":"E","symbols":["A","B"]}""");
        Schema reader = Schema.Parse("""{"type":"enum","name":"E","symbols":["A"]}""");
        DatumWriter<GenericEnum> enumWriter = Wire.GenericWriter<GenericEnum>(api, writer);
        DatumReader<GenericEnum> enumReader = Wire.GenericReader<GenericEnum>(api, writer, reader);

        Assert.Equal("A", Wire.Read(enumReader, Wire.Write(enumWriter, new GenericEnum((EnumSchema)writer, "A"))).Value);
        Assert.Throws<AvroException>(() => Wire.Read(enumReader, Wire.Write(enumWriter, new GenericEnum((EnumSchema)writer, "B"))));
    }

    [Theory]
    [InlineData(Api.Datum)]
    [InlineData(Api.Classic)]
    public void A_field_that_was_not_written_gets_its_default(Api api)
    {
        var writer = (RecordSchema)Schema.Parse("""{"type":"record","name":"R","fields":[{"name":"kept","type":"string"}]}""");
        var reader = (RecordSchema)Schema.Parse("""
            {"type":"record","name":"R","fields":[
              {"name":"b","type":"boolean","default":true},
              {"name":"i","type":"int","default":-3},
              {"name":"l","type":"long","default":5000000000},
              {"name":"f","type":"float","default":1.5},
              {"name":"d","type":"double","default":2},
              {"name":"y","type":"bytes","default":"\u00ff\u0001"},
              {"name":"s","type":"string","default":"text"},
              {"name":"kept","type":"string"},
              {"name":"n","type":["null","string"],"default":null},
              {"name":"u","type":["string","null"],"default":"first branch"},
              {"name":"e","type":{"type":"enum","name":"E","symbols":["A","B"]},"default":"B"},
              {"name":"x","type":{"type":"fixed","name":"F","size":2},"default":"\u0000\u0080"},
              {"name":"a","type":{"type":"array","items":"int"},"default":[1,2]},
              {"name":"m","type":{"type":"map","values":"int"},"default":{"k":1}},
              {"name":"r","type":{"type":"record","name":"S","fields":[{"name":"p","type":"int"},{"name":"q","type":"int","default":9}]},"default":{"p":8}},
              {"name":"t","type":{"type":"long","logicalType":"timestamp-millis"},"default":1000}]}
            """);
        var record = new GenericRecord(writer);
        record.Add("kept", "k");

        GenericRecord read = Wire.Read(
            Wire.GenericReader<GenericRecord>(api, writer, reader), Wire.Write(Wire.GenericWriter<GenericRecord>(api, writer), record));

        Assert.Equal("k", read["kept"]);
        Assert.Equal(true, read["b"]);
        Assert.Equal(-3, read["i"]);
        Assert.Equal(5_000_000_000L, read["l"]);
        Assert.Equal(1.5f, read["f"]);
        Assert.Equal(2d, read["d"]);
        Assert.Equal(new byte[] { 255, 1 }, read["y"]);
        Assert.Equal("text", read["s"]);
        Assert.Null(read["n"]);
        Assert.Equal("first branch", read["u"]);
        Assert.Equal("B", ((GenericEnum)read["e"]).Value);
        Assert.Equal([0, 128], ((GenericFixed)read["x"]).Value);
        Assert.Equal(new object[] { 1, 2 }, read["a"]);
        Assert.Equal(1, Assert.IsType<Dictionary<string, object>>(read["m"])["k"]);
        Assert.Equal(8, ((GenericRecord)read["r"])["p"]);
        Assert.Equal(9, ((GenericRecord)read["r"])["q"]);
        Assert.Equal(DateTime.UnixEpoch.AddSeconds(1), read["t"]);
    }

    [Theory]
    [InlineData(Api.Datum)]
    [InlineData(Api.Classic)]
    public void A_default_that_can_be_changed_is_a_new_one_for_each_record(Api api)
    {
        var writer = (RecordSchema)Schema.Parse("""{"type":"record","name":"R","fields":[]}""");
        var reader = (RecordSchema)Schema.Parse("""{"type":"record","name":"R","fields":[{"name":"m","type":{"type":"map","values":"int"},"default":{}}]}""");
        DatumReader<GenericRecord> datumReader = Wire.GenericReader<GenericRecord>(api, writer, reader);

        Assert.NotSame(Wire.Read(datumReader, [])["m"], Wire.Read(datumReader, [])["m"]);
    }

    [Theory]
    [InlineData("""{"name":"x","type":"int","default":"1"}""")]
    [InlineData("""{"name":"x","type":"string","default":1}""")]
    [InlineData("""{"name":"x","type":"boolean","default":0}""")]
    [InlineData("""{"name":"x","type":["null","string"],"default":"not null"}""")]
    [InlineData("""{"name":"x","type":{"type":"fixed","name":"F","size":2},"default":"abc"}""")]
    [InlineData("""{"name":"x","type":{"type":"array","items":"int"},"default":{}}""")]
    [InlineData("""{"name":"x","type":{"type":"enum","name":"E","symbols":["A"]},"default":"B"}""")]
    public void A_default_that_does_not_fit_its_schema_is_an_error(string field)
    {
        Schema writer = Schema.Parse("""{"type":"record","name":"R","fields":[]}""");
        Schema reader = Schema.Parse($$"""{"type":"record","name":"R","fields":[{{field}}]}""");

        Assert.Throws<AvroException>(() => Wire.Read(Wire.GenericReader<GenericRecord>(Api.Datum, writer, reader), []));
        Assert.Throws<AvroException>(() => Wire.Read(Wire.GenericReader<GenericRecord>(Api.Classic, writer, reader), []));
    }

    [Theory]
    [InlineData(Api.Datum)]
    [InlineData(Api.Classic)]
    public void Fields_that_the_reader_does_not_have_are_skipped_whatever_their_type(Api api)
    {
        var reader = (RecordSchema)Schema.Parse("""
            {"type":"record","name":"AllTypes","namespace":"Polyfills.Tests.AvroRecords","fields":[
              {"name":"suits","type":{"type":"array","items":{"type":"enum","name":"Suit","symbols":["SPADES","HEARTS","CLUBS"]}}},
              {"name":"text","type":"string"}]}
            """);
        byte[] bytes = Wire.Write(Wire.SpecificWriter<AllTypes>(api, AllTypes.TheSchema), AllTypes.Full());

        // The skipped tree is flat here: the package resolves the skipping of a recursive record without end.
        var flat = (RecordSchema)Schema.Parse(AllTypes.TheSchema.ToString()
            .Replace("""{"name":"children","type":{"type":"array","items":"Node"}}""", """{"name":"children","type":{"type":"array","items":"long"}}"""));
        var record = AllTypes.Full();
        record.Node = null;
        record.Nodes.Clear();
        byte[] withoutTrees = Wire.Write(Wire.SpecificWriter<AllTypes>(api, AllTypes.TheSchema), record);

        GenericRecord read = Wire.Read(Wire.GenericReader<GenericRecord>(api, flat, reader), withoutTrees);

        Assert.True(bytes.Length > withoutTrees.Length);
        Assert.Equal(record.Text, read["text"]);
        Assert.Equal(["CLUBS", "SPADES"], ((object[])read["suits"]).Select(suit => ((GenericEnum)suit).Value));
    }

    [Theory]
    [InlineData(Api.Datum)]
    [InlineData(Api.Classic)]
    public void Fields_are_matched_by_name_in_any_order(Api api)
    {
        string writer = """{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":"string"}]}""";
        string reader = """{"type":"record","name":"R","fields":[{"name":"b","type":"string"},{"name":"a","type":"long"}]}""";
        var record = new GenericRecord((RecordSchema)Schema.Parse(writer));
        record.Add("a", 1);
        record.Add("b", "x");

        var read = (GenericRecord)Wire.Resolve(api, writer, record, reader)!;

        Assert.Equal(1L, read["a"]);
        Assert.Equal("x", read["b"]);
    }
}

using Avro;
using Newtonsoft.Json.Linq;
using Polyfills.Tests.AvroRecords;

namespace Polyfills.Tests.AvroContract;

public sealed class SchemaTests
{
    [Theory]
    [InlineData("null", Schema.Type.Null)]
    [InlineData("boolean", Schema.Type.Boolean)]
    [InlineData("int", Schema.Type.Int)]
    [InlineData("long", Schema.Type.Long)]
    [InlineData("float", Schema.Type.Float)]
    [InlineData("double", Schema.Type.Double)]
    [InlineData("bytes", Schema.Type.Bytes)]
    [InlineData("string", Schema.Type.String)]
    public void A_primitive_is_its_bare_name_its_quoted_name_or_an_object(string name, Schema.Type tag)
    {
        foreach (string json in new[] { name, $"\"{name}\"", $$"""{"type":"{{name}}"}""" })
        {
            Schema schema = Schema.Parse(json);
            Assert.Equal(tag, schema.Tag);
            Assert.Equal(name, schema.Name);
            Assert.Equal(name, schema.Fullname);
            Assert.Equal($$"""{"type":"{{name}}"}""", schema.ToString());
        }
    }

    [Theory]
    [InlineData("""{"type":"array","items":"long"}""")]
    [InlineData("""{"type":"map","values":{"type":"array","items":"int"}}""")]
    [InlineData("""["null","string",{"type":"map","values":"double"}]""")]
    [InlineData("""{"type":"enum","name":"E","namespace":"a.b","symbols":["X","Y"],"default":"Y"}""")]
    [InlineData("""{"type":"fixed","name":"F","doc":"Sixteen.","namespace":"a","aliases":["a.G"],"size":16}""")]
    [InlineData("""{"type":"record","name":"R","fields":[]}""")]
    [InlineData("""{"type":"error","name":"R","fields":[{"name":"f","type":"int"}]}""")]
    [InlineData("""{"type":"long","logicalType":"timestamp-millis"}""")]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}""")]
    [InlineData("""{"type":"record","name":"R","namespace":"n","fields":[{"name":"f","doc":"d","default":null,"type":["null","R"],"x":{"y":[1]},"aliases":["g"]}],"z":"w"}""")]
    public void A_schema_prints_what_it_was_parsed_from(string json)
    {
        Schema schema = Schema.Parse(json);

        Assert.Equal(json, schema.ToString());
        Assert.Equal(schema, Schema.Parse(schema.ToString()));
        Assert.Equal(schema.GetHashCode(), Schema.Parse(json).GetHashCode());
    }

    [Fact]
    public void A_named_type_is_printed_in_full_once_and_then_by_its_name()
    {
        string text = AllTypes.TheSchema.ToString();

        Assert.Equal(text, Schema.Parse(text).ToString());
        Assert.Single(text.Split("\"name\":\"Node\"").Skip(1));
        Assert.Contains("""["null","long","string","Suit","Node"]""", text);
    }

    [Fact]
    public void Names_are_resolved_in_the_enclosing_namespace()
    {
        var schema = (RecordSchema)Schema.Parse("""
            {"type":"record","name":"a.b.Outer","fields":[
              {"name":"x","type":{"type":"enum","name":"Inner","symbols":["S"]}},
              {"name":"y","type":"Inner"},
              {"name":"z","type":"a.b.Inner"},
              {"name":"w","type":{"type":"fixed","name":"other.Far","size":1}},
              {"name":"v","type":"other.Far"}]}
            """);

        Assert.Equal("Outer", schema.Name);
        Assert.Equal("a.b", schema.Namespace);
        Assert.Equal("a.b.Outer", schema.Fullname);
        Assert.Equal("a.b.Inner", schema["x"].Schema.Fullname);
        Assert.Same(schema["x"].Schema, schema["y"].Schema);
        Assert.Same(schema["x"].Schema, schema["z"].Schema);
        Assert.Same(schema["w"].Schema, schema["v"].Schema);
        Assert.Equal("other.Far", schema["v"].Schema.Fullname);
    }

    [Fact]
    public void A_schema_can_refer_to_types_of_an_earlier_one()
    {
        var names = new SchemaNames();
        Schema first = Schema.Parse("""{"type":"record","name":"First","namespace":"n","fields":[{"name":"a","type":"int"}]}""", names);
        var second = (RecordSchema)Schema.Parse("""{"type":"record","name":"Second","namespace":"n","fields":[{"name":"b","type":"First"}]}""", names);

        Assert.Same(first, second["b"].Schema);
        Assert.Equal(second, Schema.Parse(second.ToString()));
    }

    [Fact]
    public void A_record_knows_its_fields()
    {
        var schema = (RecordSchema)Schema.Parse("""
            {"type":"record","name":"R","doc":"A record.","fields":[
              {"name":"a","type":"int","doc":"The first.","default":7,"aliases":["alpha"],"unit":"ms"},
              {"name":"b","type":["null","string"],"default":null,"order":"descending"},
              {"name":"c","type":"string"}]}
            """);

        Assert.Equal("A record.", schema.Documentation);
        Assert.Equal(3, schema.Count);
        Assert.Equal(["a", "b", "c"], schema.Fields.Select(field => field.Name));
        Assert.Equal([0, 1, 2], schema.Fields.Select(field => field.Pos));
        Assert.Equal("The first.", schema["a"].Documentation);
        Assert.Equal(7, (int)schema["a"].DefaultValue);
        Assert.Equal(["alpha"], schema["a"].Aliases);
        Assert.Equal("\"ms\"", schema["a"].GetProperty("unit"));
        Assert.Null(schema["a"].GetProperty("none"));
        Assert.Equal(JTokenType.Null, schema["b"].DefaultValue.Type);
        Assert.Equal(Field.SortOrder.descending, schema["b"].Ordering);
        Assert.Null(schema["c"].DefaultValue);
        Assert.Null(schema["alpha"]);
        Assert.True(schema.Contains("a"));
        Assert.False(schema.TryGetField("alpha", out _));
        Assert.True(schema.TryGetFieldAlias("alpha", out Field field));
        Assert.Same(schema["a"], field);
    }

    [Fact]
    public void An_enum_knows_its_symbols()
    {
        var schema = (EnumSchema)Schema.Parse("""{"type":"enum","name":"E","symbols":["A","B"],"default":"B"}""");

        Assert.Equal(["A", "B"], schema.Symbols);
        Assert.Equal(2, schema.Count);
        Assert.Equal("B", schema.Default);
        Assert.Equal("A", schema[0]);
        Assert.Equal(0, schema.Ordinal("A"));
        Assert.Equal(1, schema.Ordinal("not there"));
        Assert.True(schema.Contains("A"));
        Assert.False(schema.Contains("C"));
        Assert.Throws<AvroException>(() => schema[2]);
        Assert.Throws<AvroException>(() => ((EnumSchema)Schema.Parse("""{"type":"enum","name":"E","symbols":["A"]}""")).Ordinal("B"));
    }

    [Fact]
    public void Unions_arrays_maps_and_fixed_know_what_they_are_of()
    {
        var union = (UnionSchema)Schema.Parse("""["null",{"type":"array","items":"long"},{"type":"map","values":"int"},{"type":"fixed","name":"F","size":3}]""");

        Assert.Equal(4, union.Count);
        Assert.Equal(Schema.Type.Null, union[0].Tag);
        Assert.Equal(Schema.Type.Long, ((ArraySchema)union[1]).ItemSchema.Tag);
        Assert.Equal(Schema.Type.Int, ((MapSchema)union.Schemas[2]).ValueSchema.Tag);
        Assert.Equal(3, ((FixedSchema)union[3]).Size);
        Assert.Equal(0, union.MatchingBranch(Schema.Parse("null")));
        Assert.Equal(-1, union.MatchingBranch(Schema.Parse("string")));
        Assert.Throws<AvroException>(() => union.MatchingBranch(union));
    }

    [Fact]
    public void A_logical_schema_knows_its_type_and_its_base()
    {
        var schema = (LogicalSchema)Schema.Parse("""{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}""");

        Assert.Equal(Schema.Type.Logical, schema.Tag);
        Assert.Equal("bytes", schema.Name);
        Assert.Equal("decimal", schema.LogicalTypeName);
        Assert.Equal("decimal", schema.LogicalType.Name);
        Assert.Equal(Schema.Type.Bytes, schema.BaseSchema.Tag);
        Assert.Equal("2", schema.GetProperty("scale"));
    }

    [Theory]
    [InlineData("""{"type":"record","name":"R"}""")]
    [InlineData("""{"type":"record","name":"R","fields":"f"}""")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"f"}]}""")]
    [InlineData("""{"type":"record","name":"R","fields":[{"type":"int"}]}""")]
    [InlineData("""{"type":"record","fields":[]}""")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"f","type":"int"},{"name":"f","type":"int"}]}""")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"f","type":"Unknown"}]}""")]
    [InlineData("""{"type":"record","name":"R","aliases":"A","fields":[]}""")]
    [InlineData("""{"type":"record","name":7,"fields":[]}""")]
    [InlineData("""{"type":"enum","name":"E"}""")]
    [InlineData("""{"type":"enum","name":"E","symbols":["A","A"]}""")]
    [InlineData("""{"type":"enum","name":"E","symbols":["A"],"default":"B"}""")]
    [InlineData("""{"type":"fixed","name":"F"}""")]
    [InlineData("""{"type":"fixed","name":"F","size":"3"}""")]
    [InlineData("""{"type":"fixed","name":"F","size":-1}""")]
    [InlineData("""["int","int"]""")]
    [InlineData("""["Unknown"]""")]
    [InlineData("""{}""")]
    public void A_wrong_schema_is_refused(string json) => Assert.Throws<SchemaParseException>(() => Schema.Parse(json));

    [Theory]
    [InlineData("""{"type":7}""")]
    [InlineData("""[7]""")]
    [InlineData("""{"type":"array"}""")]
    [InlineData("""{"type":"map"}""")]
    [InlineData("""{"type":"int","logicalType":"timestamp-millis"}""")]
    [InlineData("""{"type":"string","logicalType":"decimal","precision":1}""")]
    [InlineData("""{"type":"bytes","logicalType":"decimal"}""")]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":1,"scale":2}""")]
    [InlineData("""{"type":"int","logicalType":"uuid"}""")]
    public void A_schema_of_wrong_types_is_refused(string json) => Assert.Throws<AvroTypeException>(() => Schema.Parse(json));

    [Fact]
    public void Two_types_of_one_name_are_refused() => Assert.ThrowsAny<AvroException>(() => Schema.Parse("""
        ["null",{"type":"record","name":"R","fields":[{"name":"f","type":{"type":"record","name":"R","fields":[]}}]}]
        """));

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public void No_schema_at_all_is_the_callers_error(string? json) => Assert.Throws<ArgumentNullException>(() => Schema.Parse(json));

    [Theory]
    [InlineData("{")]
    [InlineData("nonsense")]
    [InlineData("""{"type":"int"} {}""")]
    public void Text_that_is_not_JSON_is_the_JSON_readers_error(string json) =>
        Assert.ThrowsAny<Newtonsoft.Json.JsonException>(() => Schema.Parse(json));

    [Theory]
    [InlineData("long", "int", true)]
    [InlineData("float", "int", true)]
    [InlineData("float", "long", true)]
    [InlineData("double", "float", true)]
    [InlineData("double", "int", true)]
    [InlineData("int", "long", false)]
    [InlineData("string", "int", false)]
    [InlineData("string", "bytes", false)]
    [InlineData("""["null","long"]""", "int", true)]
    [InlineData("""["null","long"]""", "string", false)]
    [InlineData("string", """["null","string"]""", true)]
    [InlineData("""{"type":"array","items":"long"}""", """{"type":"array","items":"int"}""", true)]
    [InlineData("""{"type":"array","items":"int"}""", """{"type":"array","items":"string"}""", false)]
    [InlineData("""{"type":"map","values":"long"}""", """{"type":"map","values":"int"}""", true)]
    [InlineData("""{"type":"map","values":"long"}""", """{"type":"array","items":"long"}""", false)]
    [InlineData("""{"type":"fixed","name":"F","size":2}""", """{"type":"fixed","name":"F","size":2}""", true)]
    [InlineData("""{"type":"fixed","name":"F","size":2}""", """{"type":"fixed","name":"F","size":3}""", false)]
    [InlineData("""{"type":"fixed","name":"F","size":2}""", """{"type":"fixed","name":"G","size":2}""", false)]
    [InlineData("""{"type":"fixed","name":"F","aliases":["G"],"size":2}""", """{"type":"fixed","name":"G","size":2}""", true)]
    [InlineData("""{"type":"enum","name":"E","symbols":["A"]}""", """{"type":"enum","name":"E","symbols":["B"]}""", true)]
    [InlineData("""{"type":"enum","name":"E","symbols":["A"]}""", """{"type":"enum","name":"D","symbols":["A"]}""", false)]
    [InlineData("""{"type":"record","name":"R","fields":[]}""", """{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}""", true)]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}""", """{"type":"record","name":"R","fields":[]}""", false)]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":1}]}""", """{"type":"record","name":"R","fields":[]}""", true)]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}""", """{"type":"record","name":"R","fields":[{"name":"a","type":"string"}]}""", false)]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"int","aliases":["b"]}]}""", """{"type":"record","name":"R","fields":[{"name":"b","type":"int"}]}""", true)]
    [InlineData("""{"type":"record","name":"R","fields":[]}""", """{"type":"record","name":"S","fields":[]}""", false)]
    [InlineData("""{"type":"record","name":"R","aliases":["S"],"fields":[]}""", """{"type":"record","name":"S","fields":[]}""", true)]
    [InlineData("""{"type":"long","logicalType":"timestamp-millis"}""", "long", false)]
    public void Which_schema_can_read_which_is_as_the_specification_says(string reader, string writer, bool readable) =>
        Assert.Equal(readable, Schema.Parse(reader).CanRead(Schema.Parse(writer)));

    [Fact]
    public void A_recursive_schema_can_be_compared_and_printed()
    {
        string json = """{"type":"record","name":"List","fields":[{"name":"next","type":["null","List"]},{"name":"value","type":"int"}]}""";
        Schema schema = Schema.Parse(json);
        Schema other = Schema.Parse(json.Replace("int", "long"));

        Assert.Equal(schema, Schema.Parse(json));
        Assert.NotEqual(schema, other);
        Assert.True(other.CanRead(schema));
        Assert.False(schema.CanRead(other));
        Assert.Equal(json, schema.ToString());
    }
}

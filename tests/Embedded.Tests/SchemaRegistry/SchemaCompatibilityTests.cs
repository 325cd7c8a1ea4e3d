using StreamDistill.Embedded.SchemaRegistry;
using static StreamDistill.Embedded.SchemaRegistry.IncompatibilityKind;

namespace StreamDistill.Embedded.Tests.SchemaRegistry;

public sealed class SchemaCompatibilityTests
{
    public static TheoryData<string, string> Readable => new()
    {
        // The same, whatever it is.
        { "\"null\"", "\"null\"" },
        { "int", "{\"type\":\"int\"}" },
        { "{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}", "\"long\"" },
        { Fixed("F", 4), Fixed("F", 4) },

        // Promotions.
        { "\"long\"", "\"int\"" },
        { "\"float\"", "\"int\"" },
        { "\"double\"", "\"int\"" },
        { "\"float\"", "\"long\"" },
        { "\"double\"", "\"long\"" },
        { "\"double\"", "\"float\"" },
        { "\"bytes\"", "\"string\"" },
        { "\"string\"", "\"bytes\"" },
        { Array("\"long\""), Array("\"int\"") },
        { Map("\"string\""), Map("\"bytes\"") },

        // Unions.
        { "[\"null\",\"string\"]", "\"string\"" },
        { "[\"null\",\"string\"]", "\"null\"" },
        { "[\"null\",\"long\"]", "[\"int\",\"null\"]" },
        { "\"string\"", "[\"string\",\"bytes\"]" },
        { "[\"int\",\"string\"]", "[\"string\",\"int\"]" },

        // Enums.
        { Enum("E", "\"A\",\"B\",\"C\""), Enum("E", "\"B\",\"A\"") },
        { Enum("E", "\"A\",\"U\"", "U"), Enum("E", "\"A\",\"B\"") },

        // Records.
        { Record("R", Field("a", "\"int\"")), Record("R", Field("a", "\"int\""), Field("b", "\"int\"")) },
        { Record("R", Field("a", "\"int\""), Field("b", "\"int\"", "0")), Record("R", Field("a", "\"int\"")) },
        { Record("R", Field("b", "[\"null\",\"int\"]", "null")), Record("R") },
        { Record("R", Field("b", "\"int\""), Field("a", "\"int\"")), Record("R", Field("a", "\"int\""), Field("b", "\"int\"")) },

        // Names and aliases: of a record without its namespace, by its alias, of a field by its alias.
        { "{\"type\":\"record\",\"name\":\"x.R\",\"fields\":[]}", "{\"type\":\"record\",\"name\":\"R\",\"namespace\":\"y\",\"fields\":[]}" },
        { "{\"type\":\"record\",\"name\":\"n.New\",\"aliases\":[\"Old\"],\"fields\":[]}", "{\"type\":\"record\",\"name\":\"n.Old\",\"fields\":[]}" },
        { "{\"type\":\"enum\",\"name\":\"New\",\"aliases\":[\"Old\"],\"symbols\":[\"A\"]}", Enum("Old", "\"A\"") },
        { Record("R", "{\"name\":\"b\",\"aliases\":[\"a\"],\"type\":\"long\"}"), Record("R", Field("a", "\"int\"")) },

        // Recursion, and the same named type twice.
        { Tree("\"long\""), Tree("\"int\"") },
        { Record("R", Field("a", Fixed("F", 2)), Field("b", "\"F\"")), Record("R", Field("a", Fixed("F", 2)), Field("b", "\"F\"")) },
    };

    public static TheoryData<string, string, IncompatibilityKind, string> Unreadable => new()
    {
        { "\"int\"", "\"long\"", TypeMismatch, "" },
        { "\"int\"", "\"string\"", TypeMismatch, "" },
        { "\"float\"", "\"double\"", TypeMismatch, "" },
        { "\"boolean\"", "\"int\"", TypeMismatch, "" },
        { "\"string\"", "[\"null\",\"string\"]", TypeMismatch, "" },
        { Array("\"int\""), Array("\"long\""), TypeMismatch, "/items" },
        { Map("\"int\""), Map("\"long\""), TypeMismatch, "/values" },
        { Array("\"int\""), Map("\"int\""), TypeMismatch, "" },
        { "[\"null\",\"int\"]", "\"string\"", MissingUnionBranch, "" },
        { "[\"null\",\"int\"]", "[\"null\",\"int\",\"string\"]", MissingUnionBranch, "" },
        { "[]", "\"int\"", MissingUnionBranch, "" },
        { Fixed("F", 4), Fixed("F", 8), FixedSizeMismatch, "/size" },
        { Fixed("F", 4), Fixed("G", 4), NameMismatch, "/name" },
        { Fixed("F", 4), "\"bytes\"", TypeMismatch, "" },
        { Enum("E", "\"A\""), Enum("E", "\"A\",\"B\""), MissingEnumSymbols, "/symbols" },
        { Enum("E", "\"A\""), Enum("G", "\"A\""), NameMismatch, "/name" },
        { Record("R"), Record("S"), NameMismatch, "/name" },
        { Record("R", Field("a", "\"int\""), Field("b", "\"int\"")), Record("R", Field("a", "\"int\"")), ReaderFieldMissingDefaultValue, "/fields/1" },
        { Record("R", Field("b", "[\"null\",\"int\"]")), Record("R"), ReaderFieldMissingDefaultValue, "/fields/0" },
        { Record("R", Field("a", "\"int\"")), Record("R", Field("a", "\"string\"")), TypeMismatch, "/fields/0/type" },
        {
            Record("R", Field("a", Array(Record("S", Field("b", "[\"null\",\"int\"]"))))),
            Record("R", Field("a", Array(Record("S", Field("b", "[\"null\",\"long\"]"))))),
            MissingUnionBranch,
            "/fields/0/type/items/fields/0/type"
        },

        // The branch that was meant is what the reason is about.
        {
            "[\"null\"," + Record("R", Field("a", "\"int\""), Field("b", "\"int\"")) + "]",
            "[\"null\"," + Record("R", Field("a", "\"int\"")) + "]",
            ReaderFieldMissingDefaultValue,
            "/1/fields/1"
        },
        { Tree("\"int\""), Tree("\"long\""), TypeMismatch, "/fields/0/type" },
    };

    [Theory]
    [MemberData(nameof(Readable))]
    public void A_reader_reads_what_schema_resolution_lets_it(string reader, string writer) =>
        Assert.Empty(SchemaCompatibility.Check(reader, writer));

    [Theory]
    [MemberData(nameof(Unreadable))]
    public void What_cannot_be_read_is_told_with_its_kind_and_place(string reader, string writer, IncompatibilityKind kind, string path)
    {
        var reasons = SchemaCompatibility.Check(reader, writer);

        Assert.Contains(reasons, reason => reason.Kind == kind && reason.Path == path);
    }

    [Fact]
    public void Every_reason_is_told_and_names_what_it_is_about()
    {
        var reader = Record("R", Field("a", "\"int\""), Field("fresh", "\"int\""), Field("e", Enum("E", "\"A\"")));
        var writer = Record("R", Field("a", "\"string\""), Field("e", Enum("E", "\"A\",\"B\"")));

        var reasons = SchemaCompatibility.Check(reader, writer);

        Assert.Equal(["/fields/0/type", "/fields/1", "/fields/2/type/symbols"], reasons.Select(reason => reason.Path));
        Assert.Equal("The field 'fresh' of the reader's record R has no default and the writer has no such field.", reasons[1].Message);
        Assert.Equal("The reader's enum E has no default and lacks the writer's B.", reasons[2].Message);
    }

    [Fact]
    public void A_recursive_type_that_fits_only_in_a_failed_branch_is_not_taken_for_fitting()
    {
        // Inside the first branch, Leaf fits only as long as Node does; Node fails on its last field, so Leaf must be looked at again.
        const string reader =
            """
            {"type":"record","name":"Top","fields":[
              {"name":"u","type":["null",{"type":"record","name":"Node","fields":[
                {"name":"leaf","type":{"type":"record","name":"Leaf","fields":[{"name":"up","type":["null","Node"]}]}},
                {"name":"last","type":"int"}]}]},
              {"name":"leaf","type":"Leaf"}]}
            """;
        var writer = reader.Replace("\"name\":\"last\",\"type\":\"int\"", "\"name\":\"last\",\"type\":\"string\"", StringComparison.Ordinal);

        var paths = SchemaCompatibility.Check(reader, writer).Select(reason => reason.Path);

        Assert.Contains("/fields/0/type/1/fields/1/type", paths);
        Assert.Contains(paths, path => path.StartsWith("/fields/1/type", StringComparison.Ordinal));
    }

    [Fact]
    public void Types_that_share_types_many_times_over_are_compared_once()
    {
        // Unfolded, this has 2^60 leaves.
        var deep = "\"int\"";
        var text = new System.Text.StringBuilder("{\"type\":\"record\",\"name\":\"Top\",\"fields\":[");
        for (var i = 0; i < 60; i++)
        {
            text.Append(i == 0 ? "" : ",").Append(Field($"f{i}", Record($"R{i}", Field("l", deep), Field("r", deep))));
            deep = $"\"R{i}\"";
        }

        text.Append("]}");
        var schema = text.ToString();

        Assert.Empty(SchemaCompatibility.Check(schema, schema));
        var reasons = SchemaCompatibility.Check(schema, schema.Replace("\"int\"", "\"string\"", StringComparison.Ordinal));
        Assert.InRange(reasons.Count, 1, 100);
    }

    [Fact]
    public void Types_in_too_long_a_chain_are_refused()
    {
        // Reader and writer define their types in fields that the other lacks, so only the last field is compared, all the way down.
        static string Chain(string prefix)
        {
            var fields = Enumerable.Range(0, 5000).Select(i => Field(
                $"{prefix}{i}", $"[\"null\",{Record($"R{i}", i == 0 ? [] : [Field("a", $"\"R{i - 1}\"")])}]", "null"));
            return Record("Top", [.. fields, Field("last", "\"R4999\"")]);
        }

        var error = Assert.Throws<AvroSchemaException>(() => SchemaCompatibility.Check(Chain("r"), Chain("w")));

        Assert.Equal("The schema nests deeper than 250 types.", error.Message);
    }

    [Theory]
    [InlineData("", "not valid JSON")]
    [InlineData("{", "not valid JSON")]
    [InlineData("7", "a schema is a string, an object or an array, not Number")]
    [InlineData("\"Unknown\"", "the type 'Unknown' is not defined")]
    [InlineData("{\"name\":\"R\"}", "'type' is missing")]
    [InlineData("{\"type\":\"record\",\"fields\":[]}", "'name' is missing")]
    [InlineData("{\"type\":\"record\",\"name\":\"R\"}", "'fields' is missing")]
    [InlineData("{\"type\":\"record\",\"name\":\"R\",\"fields\":{}}", "at '/fields': an array is wanted")]
    [InlineData("{\"type\":\"record\",\"name\":\"R\",\"fields\":[7]}", "an object is wanted, not Number")]
    [InlineData("{\"type\":\"record\",\"name\":\"1R\",\"fields\":[]}", "'1R' is no Avro name")]
    [InlineData("{\"type\":\"record\",\"name\":\"int\",\"fields\":[]}", "a primitive type's name")]
    [InlineData("{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"},{\"name\":\"a\",\"type\":\"int\"}]}", "a field 'a' already")]
    [InlineData("{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"int\",\"order\":\"up\"}]}", "'up' is not ascending")]
    [InlineData("[\"int\",[\"null\"]]", "at '/1': a union holds no union")]
    [InlineData("[\"int\",\"int\"]", "the union has int already")]
    [InlineData("{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"A\"]}", "a symbol stands there twice")]
    [InlineData("{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A-B\"]}", "'A-B' is no Avro name")]
    [InlineData("{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"],\"default\":\"B\"}", "the enum has no symbol 'B'")]
    [InlineData("{\"type\":\"fixed\",\"name\":\"F\",\"size\":-1}", "a size is an integer of 0 or more")]
    [InlineData("{\"type\":\"array\"}", "'items' is missing")]
    [InlineData("{\"type\":\"map\"}", "'values' is missing")]
    [InlineData("[{\"type\":\"fixed\",\"name\":\"F\",\"size\":1},{\"type\":\"fixed\",\"name\":\"F\",\"size\":2}]", "'F' is defined already")]
    [InlineData("\"\\ud800\"", "not valid Unicode")]
    public void What_is_no_schema_is_refused_with_reason_and_place(string schema, string reason)
    {
        var error = Assert.Throws<AvroSchemaException>(() => SchemaCompatibility.Check(schema, "\"int\""));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"int\"", "\"x\"", "is no int: \"x\"")]
    [InlineData("\"int\"", "3000000000", "is no int")]
    [InlineData("\"long\"", "1.5", "is no long")]
    [InlineData("\"boolean\"", "0", "is no boolean")]
    [InlineData("\"bytes\"", "\"\u20ac\"", "is no bytes")]
    [InlineData("[\"string\",\"null\"]", "null", "is no string: null")]
    [InlineData("{\"type\":\"array\",\"items\":\"int\"}", "[1,\"a\"]", "is no int: \"a\"")]
    [InlineData("{\"type\":\"map\",\"values\":\"int\"}", "[]", "is no map: []")]
    [InlineData("{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"]}", "\"B\"", "is no symbol of enum E: \"B\"")]
    [InlineData("{\"type\":\"fixed\",\"name\":\"F\",\"size\":2}", "\"abc\"", "is no fixed F of 2 bytes")]
    [InlineData("{\"type\":\"record\",\"name\":\"S\",\"fields\":[{\"name\":\"x\",\"type\":\"int\"}]}", "{}", "lacks the field 'x'")]
    public void A_default_that_its_type_cannot_hold_is_refused(string type, string value, string reason)
    {
        var error = Assert.Throws<AvroSchemaException>(
            () => SchemaCompatibility.Check(Record("R", Field("a", type, value)), "\"int\""));

        Assert.StartsWith("The schema is wrong at '/fields/0/default': the default of field 'a' ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[\"null\",\"string\"]", "null")]
    [InlineData("\"double\"", "1")]
    [InlineData("\"bytes\"", "\"\\u00ff\"")]
    [InlineData("{\"type\":\"array\",\"items\":\"int\"}", "[1,2]")]
    [InlineData("{\"type\":\"map\",\"values\":\"int\"}", "{\"a\":1}")]
    [InlineData("{\"type\":\"record\",\"name\":\"S\",\"fields\":[{\"name\":\"x\",\"type\":\"int\",\"default\":1}]}", "{}")]
    public void A_default_that_its_type_can_hold_is_taken(string type, string value)
    {
        var schema = Record("R", Field("a", type, value));

        Assert.Empty(SchemaCompatibility.Check(schema, schema));
    }

    [Fact]
    public void A_schema_that_nests_too_deep_is_refused()
    {
        var schema = string.Concat(Enumerable.Repeat("{\"type\":\"array\",\"items\":", 100_000)) + "\"int\"" + new string('}', 100_000);

        var error = Assert.Throws<AvroSchemaException>(() => SchemaCompatibility.Check(schema, schema));

        Assert.Contains("not valid JSON", error.Message, StringComparison.Ordinal);
    }

    private static string Record(string name, params string[] fields) =>
        $$"""{"type":"record","name":"{{name}}","fields":[{{string.Join(',', fields)}}]}""";

    private static string Field(string name, string type, string? value = null) =>
        $$"""{"name":"{{name}}","type":{{type}}{{(value == null ? "" : $",\"default\":{value}")}}}""";

    private static string Array(string items) => $$"""{"type":"array","items":{{items}}}""";

    private static string Map(string values) => $$"""{"type":"map","values":{{values}}}""";

    private static string Enum(string name, string symbols, string? unknown = null) =>
        $$"""{"type":"enum","name":"{{name}}","symbols":[{{symbols}}]{{(unknown == null ? "" : $",\"default\":\"{unknown}\"")}}}""";

    private static string Fixed(string name, int size) => $$"""{"type":"fixed","name":"{{name}}","size":{{size}}}""";

    private static string Tree(string value) => Record("Tree", Field("value", value), Field("children", Array("\"Tree\"")));
}

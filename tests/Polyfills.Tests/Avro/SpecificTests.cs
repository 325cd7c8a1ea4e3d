using Avro;
using Avro.Generic;
using Avro.IO;
using Avro.Specific;
using Polyfills.Tests.AvroRecords;

namespace Polyfills.Tests.AvroContract;

public sealed class SpecificTests
{
    [Theory]
    [InlineData(Api.Datum)]
    [InlineData(Api.Classic)]
    public void A_record_of_every_type_comes_back(Api api)
    {
        DatumWriter<AllTypes> writer = Wire.SpecificWriter<AllTypes>(api, AllTypes.TheSchema);
        DatumReader<AllTypes> reader = Wire.SpecificReader<AllTypes>(api, AllTypes.TheSchema, AllTypes.TheSchema);
        AllTypes record = AllTypes.Full();

        byte[] bytes = Wire.Write(writer, record);
        AllTypes read = Wire.Read(reader, bytes);

        Assert.Equivalent(record, read, strict: true);
        Assert.Equal(bytes, Wire.Write(writer, read));
        Assert.Equal(DateTimeKind.Utc, read.When.Kind);
    }

    [Theory]
    [InlineData(Api.Datum)]
    [InlineData(Api.Classic)]
    public void Each_branch_of_a_union_comes_back_as_itself(Api api)
    {
        DatumWriter<AllTypes> writer = Wire.SpecificWriter<AllTypes>(api, AllTypes.TheSchema);
        DatumReader<AllTypes> reader = Wire.SpecificReader<AllTypes>(api, AllTypes.TheSchema, AllTypes.TheSchema);
        foreach (object? choice in new object?[] { null, 7L, "seven", new Node { Value = 7 } })
        {
            Assert.Equivalent(choice, Wire.Read(reader, Wire.Write(writer, new AllTypes { Choice = choice })).Choice, strict: true);
        }

        // An enum comes as its ordinal, which generated code casts to the enum.
        Assert.Equal((int)Suit.CLUBS, Wire.Read(reader, Wire.Write(writer, new AllTypes { Choice = Suit.CLUBS })).Choice);
    }

    [Theory]
    [InlineData(Api.Datum)]
    [InlineData(Api.Classic)]
    public void A_record_that_is_given_is_filled(Api api)
    {
        byte[] bytes = Wire.Write(Wire.SpecificWriter<AllTypes>(api, AllTypes.TheSchema), AllTypes.Full());
        var reuse = new AllTypes { Labels = new Dictionary<string, string> { ["old"] = "x" }, Numbers = new List<long> { 1, 2, 3, 4 } };
        IList<long> numbers = reuse.Numbers;

        AllTypes read = Wire.SpecificReader<AllTypes>(api, AllTypes.TheSchema, AllTypes.TheSchema)
            .Read(reuse, new BinaryDecoder(new MemoryStream(bytes)));

        Assert.Same(reuse, read);
        Assert.Same(numbers, read.Numbers);
        Assert.Equivalent(AllTypes.Full(), read, strict: true);
    }

    [Theory]
    [InlineData(Api.Datum, true)]
    [InlineData(Api.Datum, false)]
    [InlineData(Api.Classic, true)]
    [InlineData(Api.Classic, false)]
    public void The_stream_stands_right_after_the_datum(Api api, bool visible)
    {
        byte[] datum = Wire.Write(Wire.SpecificWriter<AllTypes>(api, AllTypes.TheSchema), AllTypes.Full());
        byte[] bytes = [9, 9, 9, .. datum, .. datum, 7];
        using var stream = new MemoryStream(bytes, 1, bytes.Length - 1, writable: false, publiclyVisible: visible);
        stream.Position = 2;
        var decoder = new BinaryDecoder(stream);
        DatumReader<AllTypes> reader = Wire.SpecificReader<AllTypes>(api, AllTypes.TheSchema, AllTypes.TheSchema);

        reader.Read(null!, decoder);
        Assert.Equal(2 + datum.Length, stream.Position);
        Assert.Equivalent(AllTypes.Full(), reader.Read(null!, decoder), strict: true);
        Assert.Equal(7, stream.ReadByte());
    }

    [Theory]
    [InlineData(100)]
    [InlineData(5_000)]
    [InlineData(100_000)]
    public void Data_larger_than_any_buffer_come_back(int length)
    {
        var record = new AllTypes
        {
            Text = new string('x', length),
            Blob = Enumerable.Range(0, length).Select(i => (byte)i).ToArray(),
            Numbers = Enumerable.Range(0, length).Select(i => i * 1_000_003L).ToList(),
            Nested = Enumerable.Range(0, length / 100).Select(i => (IList<string>)new List<string> { "item " + i, "ü" }).ToList(),
        };
        foreach (bool visible in new[] { true, false })
        {
            byte[] bytes = Wire.Write(new SpecificDatumWriter<AllTypes>(AllTypes.TheSchema), record);
            using var stream = new MemoryStream(bytes, 0, bytes.Length, writable: false, publiclyVisible: visible);
            AllTypes read = new SpecificDatumReader<AllTypes>(AllTypes.TheSchema, AllTypes.TheSchema).Read(null!, new BinaryDecoder(stream));

            Assert.Equal(record.Text, read.Text);
            Assert.Equal(record.Blob, read.Blob);
            Assert.Equal(record.Numbers, read.Numbers);
            Assert.Equal(record.Nested, read.Nested);
        }
    }

    [Fact]
    public void A_writer_and_a_reader_say_their_schemas()
    {
        var reader = new SpecificDatumReader<Node>(Node.TheSchema, Node.TheSchema);

        Assert.Same(Node.TheSchema, reader.ReaderSchema);
        Assert.Same(Node.TheSchema, reader.WriterSchema);
        Assert.Same(Node.TheSchema, new SpecificDatumWriter<Node>(Node.TheSchema).Schema);
    }

    [Theory]
    [InlineData(Api.Datum)]
    [InlineData(Api.Classic)]
    public void Primitives_need_no_record(Api api)
    {
        Schema text = Schema.Parse("string");

        Assert.Equal("x", Wire.Read(Wire.SpecificReader<string>(api, text, text), Wire.Write(Wire.SpecificWriter<string>(api, text), "x")));
    }

    [Theory]
    [InlineData(Api.Datum)]
    [InlineData(Api.Classic)]
    public void A_value_of_another_type_than_the_schemas_is_refused(Api api)
    {
        Assert.ThrowsAny<AvroException>(() => Wire.Write(Wire.SpecificWriter<object>(api, Schema.Parse("string")), 7));
        Assert.ThrowsAny<AvroException>(() => Wire.Write(Wire.SpecificWriter<object>(api, Schema.Parse("int")), 7L));
        Assert.ThrowsAny<AvroException>(() => Wire.Write(Wire.SpecificWriter<object>(api, Schema.Parse("""["null","int"]""")), "x"));
        Assert.ThrowsAny<AvroException>(() => Wire.Write(Wire.SpecificWriter<AllTypes>(api, AllTypes.TheSchema), new AllTypes { Text = null! }));
        Assert.ThrowsAny<AvroException>(() => Wire.Write(Wire.SpecificWriter<AllTypes>(api, AllTypes.TheSchema), new AllTypes { Numbers = null! }));
    }

    [Fact]
    public void Types_are_found_by_their_full_names()
    {
        Assert.Equal(typeof(Node), ObjectCreator.Instance.GetType(Node.TheSchema));
        Assert.Equal(typeof(Suit), ObjectCreator.Instance.GetType(((RecordSchema)AllTypes.TheSchema)["suit"].Schema));
        Assert.Equal(typeof(List<long>), ObjectCreator.Instance.GetType(((RecordSchema)AllTypes.TheSchema)["numbers"].Schema));
        Assert.IsType<Node>(ObjectCreator.Instance.New("Polyfills.Tests.AvroRecords.Node", Schema.Type.Record));
        Assert.Throws<AvroException>(() => ObjectCreator.Instance.New("Polyfills.Tests.AvroRecords.Nothing", Schema.Type.Record));
    }
}

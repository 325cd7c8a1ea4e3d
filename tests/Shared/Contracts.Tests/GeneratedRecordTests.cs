using Avro;
using Avro.IO;
using Avro.Specific;
using streamdistill;

namespace StreamDistill.Contracts.Tests;

public sealed class GeneratedRecordTests
{
    [Fact]
    public void A_record_that_refers_to_types_of_other_files_carries_its_schema_whole()
    {
        var verdict = (RecordSchema)Schema.Parse(Verdict._SCHEMA.ToString());

        var completion = (RecordSchema)verdict["completion"].Schema;
        var prompt = (RecordSchema)completion["prompt"].Schema;
        Assert.Equal("streamdistill.Completion", completion.Fullname);
        Assert.Equal("streamdistill.Prompt", prompt.Fullname);
        Assert.Equal(((RecordSchema)Prompt._SCHEMA).Fields.Select(field => field.Name), prompt.Fields.Select(field => field.Name));
    }

    [Fact]
    public void Defaults_of_the_schema_are_the_defaults_of_the_record()
    {
        Assert.Equal(1, new Prompt().Attempt);
        Assert.Empty(new Prompt().Verifiers);
        Assert.Equal("USD", new Completion().CostCurrency);
        Assert.Equal(1.0, new TrainingExample().Weight);
        Assert.Equal(Outcome.UNKNOWN, new Verdict().Outcome);
    }

    [Fact]
    public void Every_field_survives_encoding_and_decoding()
    {
        var verdict = Samples.Verdict();

        var decoded = Decode<Verdict>(Encode(verdict));

        Assert.Equal(Encode(verdict), Encode(decoded));
        Assert.Equal(verdict.DecidedAt, decoded.DecidedAt);
        Assert.Equal(verdict.Completion.Prompt.Messages, decoded.Completion.Prompt.Messages);
        Assert.Equal(verdict.Completion.Prompt.Reference, decoded.Completion.Prompt.Reference);
        Assert.Equal(verdict.Completion.SoftLabels![0].Top, decoded.Completion.SoftLabels![0].Top);
        Assert.Equal(verdict.Checks, decoded.Checks);
        Assert.Null(decoded.Completion.Error);
        Assert.Equal(verdict.Completion.Prompt.Attributes, decoded.Completion.Prompt.Attributes);
    }

    [Fact]
    public void Get_and_Put_refuse_a_field_that_does_not_exist()
    {
        ISpecificRecord prompt = new Prompt();

        Assert.Throws<AvroRuntimeException>(() => prompt.Get(99));
        Assert.Throws<AvroRuntimeException>(() => prompt.Put(-1, "x"));
    }

    private static byte[] Encode<T>(T record)
        where T : ISpecificRecord
    {
        using var stream = new MemoryStream();
        new SpecificDatumWriter<T>(record.Schema).Write(record, new BinaryEncoder(stream));
        return stream.ToArray();
    }

    private static T Decode<T>(byte[] bytes)
        where T : class, ISpecificRecord, new()
    {
        var schema = new T().Schema;
        return new SpecificDatumReader<T>(schema, schema).Read(null!, new BinaryDecoder(new MemoryStream(bytes)));
    }
}

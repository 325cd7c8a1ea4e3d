using System.Buffers.Binary;
using Avro;
using Avro.Generic;
using Avro.Specific;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using StreamDistill.Embedded.SchemaRegistry;
using Schema = Confluent.SchemaRegistry.Schema;

namespace Polyfills.Tests.SchemaRegistry;

public sealed class AvroSerdeTests : IAsyncLifetime
{
    private const string PointV0 = """{"type":"record","name":"Point","namespace":"Polyfills.Tests.SchemaRegistry","fields":[{"name":"x","type":"int"}]}""";

    private static readonly SerializationContext Value = new(MessageComponentType.Value, "t");

    private SchemaRegistryServer server = null!;
    private CachedSchemaRegistryClient client = null!;

    public async ValueTask InitializeAsync()
    {
        server = await SchemaRegistryServer.StartAsync(new SchemaRegistryOptions { InMemory = true }, TestContext.Current.CancellationToken);
        client = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = server.Url.ToString(), MaxRetries = 1 });
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_record_is_framed_with_a_zero_byte_and_its_schemas_id()
    {
        await client.RegisterSchemaAsync("elsewhere", new Schema("\"int\"", SchemaType.Avro));

        var bytes = await new AvroSerializer<Point>(client).SerializeAsync(new Point { X = -1, Label = "é" }, Value);

        Assert.Equal([0, 0, 0, 0, 2, 1, 4, 0xC3, 0xA9], bytes);
        Assert.Equal(["elsewhere", "t-value"], await client.GetAllSubjectsAsync());
    }

    [Fact]
    public async Task Primitive_values_are_written_as_avro_does_and_read_back()
    {
        await RoundTripAsync(42, [84]);
        await RoundTripAsync(-1L, [1]);
        await RoundTripAsync(true, [1]);
        await RoundTripAsync(1.5f, [0, 0, 0xC0, 0x3F]);
        await RoundTripAsync(1.5, [0, 0, 0, 0, 0, 0, 0xF8, 0x3F]);
        await RoundTripAsync("ab", [4, (byte)'a', (byte)'b']);

        // Bytes alone are not prefixed with their length.
        await RoundTripAsync<byte[]>([7, 8], [7, 8]);

        async Task RoundTripAsync<T>(T value, byte[] body)
        {
            var context = new SerializationContext(MessageComponentType.Value, typeof(T).Name);
            var bytes = await new AvroSerializer<T>(client).SerializeAsync(value, context);
            Assert.Equal(body, bytes[5..]);
            Assert.Equal(value, await new AvroDeserializer<T>(client).DeserializeAsync(bytes, false, context));
        }
    }

    [Fact]
    public async Task A_serializer_of_any_record_takes_each_ones_own_schema()
    {
        var serializer = new AvroSerializer<ISpecificRecord>(client, new AvroSerializerConfig { SubjectNameStrategy = SubjectNameStrategy.TopicRecord });

        var point = await serializer.SerializeAsync(new Point { X = 3, Label = "p" }, Value);
        var mark = await serializer.SerializeAsync(new Mark { Text = "m" }, Value);

        Assert.Equal(3, (await new AvroDeserializer<Point>(client).DeserializeAsync(point, false, Value)).X);
        Assert.Equal("m", (await new AvroDeserializer<Mark>(client).DeserializeAsync(mark, false, Value)).Text);
        Assert.Equal(["t-Polyfills.Tests.SchemaRegistry.Mark", "t-Polyfills.Tests.SchemaRegistry.Point"], (await client.GetAllSubjectsAsync()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_record_of_an_older_version_is_read_with_defaults()
    {
        var older = new GenericRecord((RecordSchema)Avro.Schema.Parse(PointV0));
        older.Add("x", 5);
        var bytes = await new AvroSerializer<GenericRecord>(client).SerializeAsync(older, Value);

        var read = await new AvroDeserializer<Point>(client).DeserializeAsync(bytes, false, Value);

        Assert.Equal((5, "none"), (read.X, read.Label));
    }

    [Fact]
    public async Task A_generic_record_is_read_with_the_schema_that_wrote_it_or_with_the_latest_on_request()
    {
        var older = new GenericRecord((RecordSchema)Avro.Schema.Parse(PointV0));
        older.Add("x", 5);
        var bytes = await new AvroSerializer<GenericRecord>(client).SerializeAsync(older, Value);
        await client.RegisterSchemaAsync("t-value", new Schema(Point._SCHEMA.ToString(), SchemaType.Avro));

        var asWritten = await new AvroDeserializer<GenericRecord>(client).DeserializeAsync(bytes, false, Value);
        var asLatest = await new AvroDeserializer<GenericRecord>(client, new AvroDeserializerConfig { UseLatestVersion = true }).DeserializeAsync(bytes, false, Value);

        Assert.Equal(5, asWritten["x"]);
        Assert.False(asWritten.TryGetValue("label", out _));
        Assert.Equal((5, "none"), (asLatest["x"], asLatest["label"]));
    }

    [Fact]
    public async Task A_schema_with_references_is_read()
    {
        await client.RegisterSchemaAsync("mark", new Schema(Mark._SCHEMA.ToString(), SchemaType.Avro));
        await client.RegisterSchemaAsync("pair", new Schema(
            """{"type":"record","name":"Pair","namespace":"Polyfills.Tests.SchemaRegistry","fields":[{"name":"a","type":"Mark"},{"name":"b","type":"Mark"}]}""",
            [new SchemaReference("Polyfills.Tests.SchemaRegistry.Mark", "mark", 1)],
            SchemaType.Avro));
        byte[] bytes = [0, 0, 0, 0, 2, 2, (byte)'a', 2, (byte)'b'];

        var pair = await new AvroDeserializer<GenericRecord>(client).DeserializeAsync(bytes, false, Value);

        Assert.Equal(("a", "b"), (((GenericRecord)pair["a"])["text"], ((GenericRecord)pair["b"])["text"]));
    }

    [Fact]
    public async Task Null_is_a_tombstone_and_comes_back_as_null_where_the_type_can_be()
    {
        Assert.Null(await new AvroSerializer<Point>(client).SerializeAsync(null!, Value));
        Assert.Null(await new AvroDeserializer<Point>(client).DeserializeAsync(default, true, Value));
        Assert.Empty(await client.GetAllSubjectsAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(() => new AvroDeserializer<int>(client).DeserializeAsync(default, true, Value));
    }

    [Fact]
    public async Task Without_registering_only_a_registered_schema_is_written()
    {
        var serializer = new AvroSerializer<Point>(client, new AvroSerializerConfig { AutoRegisterSchemas = false });
        var point = new Point { X = 1, Label = "p" };

        Assert.Equal(40401, (await Assert.ThrowsAsync<SchemaRegistryException>(() => serializer.SerializeAsync(point, Value))).ErrorCode);
        await client.RegisterSchemaAsync("t-value", new Schema(PointV0, SchemaType.Avro));
        Assert.Equal(40403, (await Assert.ThrowsAsync<SchemaRegistryException>(() => serializer.SerializeAsync(point, Value))).ErrorCode);
        var id = await client.RegisterSchemaAsync("t-value", new Schema(Point._SCHEMA.ToString(), SchemaType.Avro));

        Assert.Equal(id, IdOf(await serializer.SerializeAsync(point, Value)));
    }

    [Fact]
    public async Task The_latest_version_is_named_on_request_and_a_record_must_be_one_of_it()
    {
        await client.RegisterSchemaAsync("t-value", new Schema(PointV0, SchemaType.Avro));
        var latest = await client.RegisterSchemaAsync("t-value", new Schema(
            PointV0.Replace("\"fields\"", "\"doc\":\"said\",\"fields\"", StringComparison.Ordinal), SchemaType.Avro));
        var fitting = new GenericRecord((RecordSchema)Avro.Schema.Parse(PointV0));
        fitting.Add("x", 5);
        var other = new GenericRecord((RecordSchema)Point._SCHEMA);
        other.Add("x", 5);
        other.Add("label", "too much");

        var serializer = new AvroSerializer<GenericRecord>(client, new AvroSerializerConfig { AutoRegisterSchemas = false, UseLatestVersion = true });

        Assert.Equal([0, 0, 0, 0, (byte)latest, 10], await serializer.SerializeAsync(fitting, Value));
        await Assert.ThrowsAnyAsync<AvroException>(() => serializer.SerializeAsync(other, Value));
        var contradictory = new AvroSerializer<GenericRecord>(client, new AvroSerializerConfig { UseLatestVersion = true });
        await Assert.ThrowsAsync<ArgumentException>(() => contradictory.SerializeAsync(fitting, Value));
    }

    [Theory]
    [InlineData(null, "t-value", "t-key")]
    [InlineData(SubjectNameStrategy.Topic, "t-value", "t-key")]
    [InlineData(SubjectNameStrategy.Record, "Polyfills.Tests.SchemaRegistry.Mark", "Polyfills.Tests.SchemaRegistry.Mark")]
    [InlineData(SubjectNameStrategy.TopicRecord, "t-Polyfills.Tests.SchemaRegistry.Mark", "t-Polyfills.Tests.SchemaRegistry.Mark")]
    public async Task A_subject_is_named_by_its_strategy(SubjectNameStrategy? strategy, string forValue, string forKey)
    {
        var serializer = new AvroSerializer<Mark>(client, new AvroSerializerConfig { SubjectNameStrategy = strategy });

        await serializer.SerializeAsync(new Mark { Text = "" }, Value);
        Assert.Equal([forValue], await client.GetAllSubjectsAsync());
        await serializer.SerializeAsync(new Mark { Text = "" }, new SerializationContext(MessageComponentType.Key, "t"));
        Assert.Equal(new[] { forKey, forValue }.Distinct(), await client.GetAllSubjectsAsync());
    }

    [Fact]
    public async Task By_default_a_subject_is_the_one_that_the_registry_associates_with_the_topic()
    {
        await using var fake = await FakeRegistry.StartAsync(context => context.Request.Path.StartsWithSegments("/associations")
            ? FakeRegistry.Always(200, """[{"subject":"associated"}]""")(context)
            : FakeRegistry.Always(200, """{"id":9,"version":1}""")(context));
        using var other = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = fake.Url });
        var serializer = new AvroSerializer<string>(other);

        Assert.Equal(9, IdOf(await serializer.SerializeAsync("a", Value)));
        Assert.Equal(9, IdOf(await serializer.SerializeAsync("b", Value)));

        Assert.Equal(
            ["GET /associations/resources/-/t?resourceType=topic&associationType=value", "POST /subjects/associated/versions?normalize=False"], fake.Requests);
    }

    [Fact]
    public async Task Once_its_schema_is_known_a_record_needs_no_registry()
    {
        var serializer = new AvroSerializer<Point>(client);
        var deserializer = new AvroDeserializer<Point>(client);
        var bytes = await serializer.SerializeAsync(new Point { X = 1, Label = "p" }, Value);
        await deserializer.DeserializeAsync(bytes, false, Value);

        await server.DisposeAsync();

        Assert.Equal(2, (await deserializer.DeserializeAsync(await serializer.SerializeAsync(new Point { X = 2, Label = "q" }, Value), false, Value)).X);
        await Assert.ThrowsAsync<HttpRequestException>(() => serializer.SerializeAsync(new Point { X = 1, Label = "p" }, new SerializationContext(MessageComponentType.Value, "another")));
        bytes[4] = 77;
        await Assert.ThrowsAsync<HttpRequestException>(() => deserializer.DeserializeAsync(bytes, false, Value));
    }

    [Fact]
    public async Task Bytes_that_are_no_framed_record_are_refused()
    {
        var deserializer = new AvroDeserializer<Point>(client);
        var good = await new AvroSerializer<Point>(client).SerializeAsync(new Point { X = 1, Label = "long enough" }, Value);

        await Assert.ThrowsAsync<IndexOutOfRangeException>(() => deserializer.DeserializeAsync(Array.Empty<byte>(), false, Value));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => deserializer.DeserializeAsync(new byte[] { 0, 0, 0, 0 }, false, Value));
        var magic = await Assert.ThrowsAsync<InvalidDataException>(() => deserializer.DeserializeAsync("{\"a\":1}"u8.ToArray(), false, Value));
        Assert.Equal("Invalid magic byte: 123", magic.Message);
        Assert.Equal(40403, (await Assert.ThrowsAsync<SchemaRegistryException>(() => deserializer.DeserializeAsync(new byte[] { 0, 0, 0, 0, 99 }, false, Value))).ErrorCode);
        for (var length = 5; length < good.Length; length++)
        {
            await Assert.ThrowsAnyAsync<AvroException>(() => deserializer.DeserializeAsync(good.AsMemory(0, length), false, Value));
        }

        Assert.Equal("long enough", (await deserializer.DeserializeAsync(good, false, Value)).Label);
    }

    [Fact]
    public async Task A_record_that_cannot_be_written_leaves_nothing_behind_for_the_next()
    {
        var serializer = new AvroSerializer<Point>(client);
        await serializer.SerializeAsync(new Point { X = 1, Label = "p" }, Value);

        await Assert.ThrowsAnyAsync<Exception>(() => serializer.SerializeAsync(new Point { X = 1, Label = null! }, Value));

        Assert.Equal([0, 0, 0, 0, 1, 4, 2, (byte)'q'], await serializer.SerializeAsync(new Point { X = 2, Label = "q" }, Value));
    }

    [Fact]
    public async Task Types_without_a_schema_are_refused()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => new AvroSerializer<decimal>(client).SerializeAsync(1m, Value));
        await client.RegisterSchemaAsync("t-value", new Schema("\"int\"", SchemaType.Avro));
        await Assert.ThrowsAsync<InvalidOperationException>(() => new AvroDeserializer<decimal>(client).DeserializeAsync(new byte[] { 0, 0, 0, 0, 1, 2 }, false, Value));
    }

    [Fact]
    public void Unknown_settings_are_refused()
    {
        var serializer = Assert.Throws<ArgumentException>(() => new AvroSerializer<int>(client, new AvroSerializerConfig([new("avro.serializer.sauce", "x")])));
        var deserializer = Assert.Throws<ArgumentException>(() => new AvroDeserializer<int>(client, new AvroDeserializerConfig([new("sauce", "x")])));

        Assert.Contains("avro.serializer.sauce", serializer.Message, StringComparison.Ordinal);
        Assert.Contains("sauce", deserializer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_threads_write_and_read_with_one_serializer_and_one_deserializer()
    {
        var serializer = new AvroSerializer<Point>(client);
        var deserializer = new AvroDeserializer<Point>(client);

        var read = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => Task.Run(async () =>
        {
            var bytes = await serializer.SerializeAsync(new Point { X = i, Label = new string('x', i) }, Value);
            return await deserializer.DeserializeAsync(bytes, false, Value);
        })));

        Assert.All(read.Index(), each => Assert.Equal((each.Index, each.Index), (each.Item.X, each.Item.Label.Length)));
        Assert.Equal([1], await client.GetSubjectVersionsAsync("t-value"));
    }

    private static int IdOf(byte[] bytes) => BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(1));
}

public sealed class Point : ISpecificRecord
{
    public static readonly Avro.Schema _SCHEMA = Avro.Schema.Parse(
        """{"type":"record","name":"Point","namespace":"Polyfills.Tests.SchemaRegistry","fields":[{"name":"x","type":"int"},{"name":"label","type":"string","default":"none"}]}""");

    public Avro.Schema Schema => _SCHEMA;

    public int X { get; set; }

    public string Label { get; set; } = "";

    public object Get(int fieldPos) => fieldPos == 0 ? X : Label;

    public void Put(int fieldPos, object fieldValue)
    {
        if (fieldPos == 0)
        {
            X = (int)fieldValue;
        }
        else
        {
            Label = (string)fieldValue;
        }
    }
}

public sealed class Mark : ISpecificRecord
{
    public static readonly Avro.Schema _SCHEMA = Avro.Schema.Parse(
        """{"type":"record","name":"Mark","namespace":"Polyfills.Tests.SchemaRegistry","fields":[{"name":"text","type":"string"}]}""");

    public Avro.Schema Schema => _SCHEMA;

    public string Text { get; set; } = "";

    public object Get(int fieldPos) => Text;

    public void Put(int fieldPos, object fieldValue) => Text = (string)fieldValue;
}

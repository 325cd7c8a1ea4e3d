using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Avro.Generic;
using Avro.IO;
using Avro.Specific;
using Confluent.Kafka;

namespace Confluent.SchemaRegistry.Serdes;

/// <summary>
/// Reads generated records, generic records and primitive values in Confluent's framing, whatever version wrote them. Once a
/// schema is known, the task that it returns is complete.
/// </summary>
public class AvroDeserializer<T> : IAsyncDeserializer<T>
{
    private static readonly string[] KnownKeys =
    [
        AvroDeserializerConfig.PropertyNames.UseLatestVersion,
        AvroDeserializerConfig.PropertyNames.SubjectNameStrategy,
    ];

    private readonly ISchemaRegistryClient client;
    private readonly AsyncSubjectNameStrategyDelegate nameSubjectAsync;
    private readonly bool useLatest;
    private readonly ConcurrentDictionary<(int WriterId, int ReaderId), DatumReader<T>> readers = new();
    private Avro.Schema ownSchema;

    /// <summary>A deserializer that finds schemas by their ids with the client.</summary>
    public AvroDeserializer(ISchemaRegistryClient schemaRegistryClient)
        : this(schemaRegistryClient, (AvroDeserializerConfig)null)
    {
    }

    /// <summary>A deserializer with settings.</summary>
    /// <exception cref="ArgumentException">A setting is unknown.</exception>
    public AvroDeserializer(ISchemaRegistryClient schemaRegistryClient, AvroDeserializerConfig config = null)
    {
        client = schemaRegistryClient;
        foreach (var (key, _) in config ?? [])
        {
            if (!KnownKeys.Contains(key) && !key.StartsWith("subject.name.strategy.", StringComparison.Ordinal))
            {
                throw new ArgumentException($"AvroDeserializer: unknown configuration parameter {key}");
            }
        }

        nameSubjectAsync = (config?.SubjectNameStrategy ?? SubjectNameStrategy.Associated).ToAsyncDelegate(schemaRegistryClient, config);
        useLatest = config?.UseLatestVersion ?? false;
    }

    /// <summary>The value of framed bytes; null for null where T can be null.</summary>
    /// <exception cref="InvalidDataException">The first byte is not Confluent's.</exception>
    /// <exception cref="IndexOutOfRangeException">There are no bytes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer bytes than the framing has.</exception>
    /// <exception cref="SchemaRegistryException">The registry does not know the schema's id.</exception>
    /// <exception cref="HttpRequestException">No registry answered.</exception>
    /// <exception cref="Avro.AvroException">The bytes are not such a value, or T cannot hold it.</exception>
    /// <exception cref="InvalidOperationException">T has no schema, or it cannot be null and the value is.</exception>
    public async Task<T> DeserializeAsync(ReadOnlyMemory<byte> data, bool isNull, SerializationContext context)
    {
        if (isNull)
        {
            return default(T) == null ? default : throw new InvalidOperationException("Cannot deserialize null to a Value Type");
        }

        var magic = data.Span[0];
        if (magic != AvroTypes.Magic)
        {
            throw new InvalidDataException($"Invalid magic byte: {magic}");
        }

        var id = BinaryPrimitives.ReadInt32BigEndian(data.Span[1..]);
        if (useLatest || !readers.TryGetValue((id, -1), out var reader))
        {
            reader = await FindReaderAsync(id, context).ConfigureAwait(false);
        }

        return Read(reader, data[AvroTypes.FrameBytes..]);
    }

    private static T Read(DatumReader<T> reader, ReadOnlyMemory<byte> body)
    {
        // A stream that shows its buffer lets the decoder read without copying.
        var bytes = MemoryMarshal.TryGetArray(body, out var segment) ? segment : new ArraySegment<byte>(body.ToArray());
        if (reader == null)
        {
            return (T)(object)body.ToArray();
        }

        using var stream = new MemoryStream(bytes.Array, bytes.Offset, bytes.Count, writable: false, publiclyVisible: true);

        // With an instance at hand the reader fills it, instead of looking for a class named as the schema.
        var reuse = typeof(ISpecificRecord).IsAssignableFrom(typeof(T)) ? Activator.CreateInstance<T>() : default;
        return reader.Read(reuse, new BinaryDecoder(stream));
    }

    private async Task<DatumReader<T>> FindReaderAsync(int id, SerializationContext context)
    {
        var subject = await NameSubjectAsync(context, null).ConfigureAwait(false);
        var writer = await client.GetSchemaBySubjectAndIdAsync(subject, id).ConfigureAwait(false);
        RegisteredSchema latest = null;
        if (useLatest)
        {
            subject ??= await NameSubjectAsync(context, (await AvroTypes.ParseAsync(writer, client).ConfigureAwait(false)).Fullname)
                .ConfigureAwait(false);
            latest = subject == null ? null : await client.GetLatestSchemaAsync(subject).ConfigureAwait(false);
        }

        var key = (id, latest?.Id ?? -1);
        if (!readers.TryGetValue(key, out var reader))
        {
            reader = await CreateReaderAsync(writer, latest).ConfigureAwait(false);
            if (readers.Count >= client.MaxCachedSchemas)
            {
                readers.Clear();
            }

            readers[key] = reader;
        }

        return reader;
    }

    /// <summary>The reader of a pair of schemas; null where the bytes themselves are the value.</summary>
    private async Task<DatumReader<T>> CreateReaderAsync(Schema writer, RegisteredSchema latest)
    {
        var writerSchema = await AvroTypes.ParseAsync(writer, client).ConfigureAwait(false);
        if (typeof(T) == typeof(GenericRecord))
        {
            var readerSchema = latest == null ? writerSchema : await AvroTypes.ParseAsync(latest, client).ConfigureAwait(false);
            return new GenericReader<T>(writerSchema, readerSchema);
        }

        ownSchema ??= AvroTypes.SchemaOf(typeof(T), nameof(AvroDeserializer<T>));
        return writerSchema.Tag == Avro.Schema.Type.Bytes ? null : new SpecificReader<T>(writerSchema, ownSchema);
    }

    private Task<string> NameSubjectAsync(SerializationContext context, string recordName) =>
        nameSubjectAsync(new SerializationContext(context.Component, context.Topic), recordName);
}

using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Avro.Generic;
using Avro.IO;
using Avro.Specific;
using Confluent.Kafka;

namespace Confluent.SchemaRegistry.Serdes;

/// <summary>
/// Writes generated records, generic records and primitive values in Confluent's framing. Once the id of a schema is known, the
/// task that it returns is complete. Null stays null: a tombstone.
/// </summary>
public class AvroSerializer<T> : IAsyncSerializer<T>
{
    private const int BufferKeptBytesMax = 1 << 20;

    private static readonly string[] KnownKeys =
    [
        AvroSerializerConfig.PropertyNames.AutoRegisterSchemas,
        AvroSerializerConfig.PropertyNames.UseLatestVersion,
        AvroSerializerConfig.PropertyNames.BufferBytes,
        AvroSerializerConfig.PropertyNames.SubjectNameStrategy,
        AvroSerializerConfig.PropertyNames.NormalizeSchemas,
    ];

    [ThreadStatic]
    private static MemoryStream buffer;

    private readonly ISchemaRegistryClient client;
    private readonly AsyncSubjectNameStrategyDelegate nameSubjectAsync;
    private readonly int bufferBytes;
    private readonly bool autoRegister;
    private readonly bool useLatest;
    private readonly bool normalize;

    private readonly ConcurrentDictionary<Key, Target> targets = new();

    /// <summary>A serializer that finds its schemas' ids with the client.</summary>
    /// <exception cref="ArgumentException">A setting is unknown.</exception>
    public AvroSerializer(ISchemaRegistryClient schemaRegistryClient, AvroSerializerConfig config = null)
    {
        client = schemaRegistryClient;
        foreach (var (key, _) in config ?? [])
        {
            if (!KnownKeys.Contains(key) && !key.StartsWith("subject.name.strategy.", StringComparison.Ordinal))
            {
                throw new ArgumentException($"AvroSerializer: unknown configuration property {key}");
            }
        }

        nameSubjectAsync = (config?.SubjectNameStrategy ?? SubjectNameStrategy.Associated).ToAsyncDelegate(schemaRegistryClient, config);
        bufferBytes = config?.BufferBytes ?? 1024;
        autoRegister = config?.AutoRegisterSchemas ?? true;
        useLatest = config?.UseLatestVersion ?? false;
        normalize = config?.NormalizeSchemas ?? false;
    }

    /// <summary>The framed bytes of a value, or null for null.</summary>
    /// <exception cref="SchemaRegistryException">The registry does not know the schema, or refuses it.</exception>
    /// <exception cref="HttpRequestException">No registry answered.</exception>
    /// <exception cref="Avro.AvroException">The value does not match its schema.</exception>
    /// <exception cref="InvalidOperationException">Values of this type have no schema.</exception>
    /// <exception cref="ArgumentException">The settings contradict each other.</exception>
    public async Task<byte[]> SerializeAsync(T value, SerializationContext context)
    {
        if (value == null && typeof(T) != typeof(Null))
        {
            return null;
        }

        object shape = value is GenericRecord record ? record.Schema : value?.GetType() ?? typeof(Null);
        var key = new Key(context.Topic, context.Component, shape);
        if (!targets.TryGetValue(key, out var target))
        {
            target = await FindTargetAsync(value, shape, context).ConfigureAwait(false);
            if (targets.Count >= client.MaxCachedSchemas)
            {
                targets.Clear();
            }

            // The latest version may change; the client knows how long it holds.
            if (!useLatest)
            {
                targets[key] = target;
            }
        }

        return Write(value, target);
    }

    private async Task<Target> FindTargetAsync(T value, object shape, SerializationContext context)
    {
        if (useLatest && autoRegister)
        {
            throw new ArgumentException("AvroSerializer: cannot enable both use.latest.version and auto.register.schemas");
        }

        var schema = shape as Avro.Schema ?? AvroTypes.SchemaOf((Type)shape, nameof(AvroSerializer<T>));
        var recordName = (schema as Avro.RecordSchema)?.Fullname;
        var subject = await nameSubjectAsync(new SerializationContext(context.Component, context.Topic), recordName).ConfigureAwait(false);
        if (useLatest)
        {
            var latest = await client.GetLatestSchemaAsync(subject).ConfigureAwait(false);
            return value is GenericRecord
                ? new Target(latest.Id, await AvroTypes.ParseAsync(latest, client).ConfigureAwait(false), isGeneric: true)
                : new Target(latest.Id, schema, isGeneric: false);
        }

        var unregistered = new Schema(schema.ToString(), [], SchemaType.Avro);
        var registered = autoRegister
            ? await client.RegisterSchemaWithResponseAsync(subject, unregistered, normalize).ConfigureAwait(false)
            : await client.LookupSchemaAsync(subject, unregistered, ignoreDeletedSchemas: true, normalize).ConfigureAwait(false);
        return new Target(registered.Id, schema, isGeneric: value is GenericRecord);
    }

    private byte[] Write(T value, Target target)
    {
        var stream = buffer ??= new MemoryStream();
        stream.Capacity = Math.Max(stream.Capacity, bufferBytes);
        stream.SetLength(AvroTypes.FrameBytes);
        stream.Position = AvroTypes.FrameBytes;
        try
        {
            if (target.IsBytes && value is byte[] bytes)
            {
                stream.Write(bytes);
            }
            else
            {
                var encoder = new BinaryEncoder(stream);
                target.Writer.Write(value, encoder);
                encoder.Flush();
            }

            var framed = stream.ToArray();
            framed[0] = AvroTypes.Magic;
            BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), target.Id);
            return framed;
        }
        finally
        {
            // One huge record must not hold its buffer for ever.
            if (stream.Capacity > BufferKeptBytesMax)
            {
                buffer = null;
            }
        }
    }

    /// <summary>A shape is a generated class or an instance of a schema. Instances are compared as such: comparing schemas field by field costs more than writing a record.</summary>
    private readonly struct Key(string topic, MessageComponentType component, object shape) : IEquatable<Key>
    {
        private readonly string topic = topic;
        private readonly MessageComponentType component = component;
        private readonly object shape = shape;

        public bool Equals(Key other) =>
            ReferenceEquals(shape, other.shape) && component == other.component && topic == other.topic;

        public override bool Equals(object obj) => obj is Key other && Equals(other);

        public override int GetHashCode() => HashCode.Combine(topic, component, RuntimeHelpers.GetHashCode(shape));
    }

    private sealed class Target(int id, Avro.Schema schema, bool isGeneric)
    {
        public int Id { get; } = id;

        public bool IsBytes { get; } = schema.Tag == Avro.Schema.Type.Bytes;

        public DatumWriter<T> Writer { get; } = isGeneric ? new GenericWriter<T>(schema) : new SpecificWriter<T>(schema);
    }
}

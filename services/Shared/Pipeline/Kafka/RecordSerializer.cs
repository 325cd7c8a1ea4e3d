using Avro.Specific;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;

namespace StreamDistill.Pipeline;

/// <summary>Makes a record the bytes of its topic: Avro in Confluent's wire format, subject &lt;topic&gt;-value.</summary>
public sealed class RecordSerializer
{
    private readonly AvroSerializer<ISpecificRecord> serializer;

    /// <param name="clients">The registry.</param>
    public RecordSerializer(KafkaClients clients) => serializer = new AvroSerializer<ISpecificRecord>(
        clients.Registry,
        new AvroSerializerConfig { AutoRegisterSchemas = clients.RegistryOptions.AutoRegister, SubjectNameStrategy = SubjectNameStrategy.Topic });

    /// <returns>The bytes; never null.</returns>
    /// <exception cref="Confluent.SchemaRegistry.SchemaRegistryException">The registry refused the schema.</exception>
    /// <exception cref="HttpRequestException">The registry could not be reached.</exception>
    public Task<byte[]> SerializeAsync(string topic, ISpecificRecord value) =>
        serializer.SerializeAsync(value, new SerializationContext(MessageComponentType.Value, topic));
}

/// <summary>Makes the bytes of a topic's value a record again, by the schema they were written with.</summary>
public sealed class RecordDeserializer<T>
    where T : class, ISpecificRecord
{
    private readonly AvroDeserializer<T> deserializer;

    /// <param name="clients">The registry.</param>
    public RecordDeserializer(KafkaClients clients) => deserializer = new AvroDeserializer<T>(clients.Registry);

    /// <returns>The record.</returns>
    /// <exception cref="Exception">The bytes are no such record, or the registry could not be asked; see DecodeFailure.</exception>
    public Task<T> DeserializeAsync(string topic, ReadOnlyMemory<byte> bytes) =>
        deserializer.DeserializeAsync(bytes, isNull: false, new SerializationContext(MessageComponentType.Value, topic));
}

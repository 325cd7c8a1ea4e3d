using System.Collections.Concurrent;
using System.Text;
using Avro.Specific;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using StreamDistill.Pipeline;

namespace StreamDistill.Interop;

/// <summary>A record where the broker has it, its value as JSON; "null" is a tombstone.</summary>
public readonly record struct Placed(int Partition, long Offset, string Key, string Value);

/// <summary>Our own side of every exchange: what the services write and read with.</summary>
public sealed class OurClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly KafkaClients clients;

    public OurClient(string bootstrapServers, string registryUrl)
    {
        Addresses = [bootstrapServers, registryUrl];
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create("Kafka:bootstrap.servers", (string?)bootstrapServers)])
            .Build();
        clients = new KafkaClients(configuration, new SchemaRegistryOptions { Url = registryUrl });
    }

    /// <summary>What the scripts are told first.</summary>
    public string[] Addresses { get; }

    public void Dispose() => clients.Dispose();

    /// <summary>Writes records as a stage does: Avro, one transaction, the services' producer settings.</summary>
    /// <returns>Each record in its place.</returns>
    public async Task<IReadOnlyCollection<Placed>> WriteAsync(string topic, IEnumerable<(string Key, ISpecificRecord? Value)> records)
    {
        var serializer = new RecordSerializer(clients);
        var config = clients.ProducerConfig("interop");
        config.TransactionalId = topic;
        using var producer = new ProducerBuilder<byte[], byte[]>(config).Build();
        producer.InitTransactions(Patience);
        producer.BeginTransaction();
        var placed = new ConcurrentBag<Placed>();
        foreach (var (key, value) in records)
        {
            var bytes = value is null ? null : await serializer.SerializeAsync(topic, value);
            producer.Produce(topic, new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(key), Value = bytes! }, report =>
                placed.Add(new Placed(report.Partition.Value, report.Offset.Value, key, value is null ? "null" : RecordJson.Of(value))));
        }

        producer.CommitTransaction(Patience);
        return placed;
    }

    /// <summary>Registers a topic's schema, as `topics apply` does.</summary>
    public Task RegisterAsync(string topic, Avro.Schema schema) => clients.Registry.RegisterSchemaAsync(topic + "-value", new Confluent.SchemaRegistry.Schema(schema.ToString(), Confluent.SchemaRegistry.SchemaType.Avro));

    /// <summary>Reads everything that a topic holds now, as a stage reads it.</summary>
    public async Task<IReadOnlyList<Placed>> ReadAsync<T>(string topic)
        where T : class, ISpecificRecord
    {
        var deserializer = new RecordDeserializer<T>(clients);
        var config = clients.ConsumerConfig("reader");
        config.EnablePartitionEof = true;
        using var consumer = new ConsumerBuilder<byte[], byte[]>(config).Build();
        consumer.Assign(Enumerable.Range(0, Contracts.Topic.DefaultPartitions).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        var read = new List<Placed>();
        for (var ended = 0; ended < Contracts.Topic.DefaultPartitions;)
        {
            var record = consumer.Consume(Patience);
            Assert.True(record is not null, $"{topic} does not come to its end; {read.Count} records were read.");
            if (record.IsPartitionEOF)
            {
                ended++;
                continue;
            }

            var value = record.Message.Value is { } bytes ? RecordJson.Of(await deserializer.DeserializeAsync(topic, bytes)) : "null";
            read.Add(new Placed(record.Partition.Value, record.Offset.Value, Encoding.UTF8.GetString(record.Message.Key), value));
        }

        return read;
    }
}

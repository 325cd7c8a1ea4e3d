using System.Collections.Concurrent;
using System.Text;
using Avro.Specific;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using StreamDistill.Embedded.Broker;
using StreamDistill.Embedded.SchemaRegistry;
using StreamDistill.Pipeline;

[assembly: AssemblyFixture(typeof(StreamDistill.Interop.Cluster))]

namespace StreamDistill.Interop;

/// <summary>A record where the broker has it, its value as JSON; "null" is a tombstone.</summary>
public readonly record struct Placed(int Partition, long Offset, string Key, string Value);

/// <summary>The embedded broker and registry, and our own side of every exchange: what the services write and read with.</summary>
public sealed class Cluster : IAsyncLifetime
{
    private EmbeddedBroker broker = null!;
    private SchemaRegistryServer registry = null!;
    private KafkaClients clients = null!;

    /// <summary>What the scripts are told first.</summary>
    public string[] Addresses => [broker.BootstrapServers, registry.Url.ToString()];

    public async ValueTask InitializeAsync()
    {
        broker = await EmbeddedBroker.StartAsync(new BrokerOptions(), CancellationToken.None);
        registry = await SchemaRegistryServer.StartAsync(new Embedded.SchemaRegistry.SchemaRegistryOptions(), CancellationToken.None);
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create("Kafka:bootstrap.servers", (string?)broker.BootstrapServers)])
            .Build();
        clients = new KafkaClients(configuration, new Pipeline.SchemaRegistryOptions { Url = registry.Url.ToString() });
    }

    public async ValueTask DisposeAsync()
    {
        clients.Dispose();
        await registry.DisposeAsync();
        await broker.DisposeAsync();
    }

    /// <summary>A topic of the test's own; the broker creates it on first use.</summary>
    public static string NewTopic(string name) => $"{name}-{Guid.NewGuid():N}";

    /// <summary>Writes records as a stage does: Avro, one transaction, the services' producer settings.</summary>
    /// <returns>Each record in its place.</returns>
    public async Task<IReadOnlyCollection<Placed>> WriteAsync(string topic, IEnumerable<(string Key, ISpecificRecord? Value)> records)
    {
        var serializer = new RecordSerializer(clients);
        var config = clients.ProducerConfig("interop");
        config.TransactionalId = topic;
        using var producer = new ProducerBuilder<byte[], byte[]>(config).Build();
        producer.InitTransactions(TimeSpan.FromSeconds(30));
        producer.BeginTransaction();
        var placed = new ConcurrentBag<Placed>();
        foreach (var (key, value) in records)
        {
            var bytes = value is null ? null : await serializer.SerializeAsync(topic, value);
            producer.Produce(topic, new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(key), Value = bytes! }, report =>
                placed.Add(new Placed(report.Partition.Value, report.Offset.Value, key, value is null ? "null" : RecordJson.Of(value))));
        }

        producer.CommitTransaction(TimeSpan.FromSeconds(30));
        return placed;
    }

    /// <summary>Registers a topic's schema, as `topics apply` does.</summary>
    public Task RegisterAsync(string topic, Avro.Schema schema) => clients.Registry.RegisterSchemaAsync(topic + "-value", new Confluent.SchemaRegistry.Schema(schema.ToString(), Confluent.SchemaRegistry.SchemaType.Avro));

    /// <summary>Reads as many records as are wanted, as a stage reads them.</summary>
    public async Task<IReadOnlyList<Placed>> ReadAsync<T>(string topic, int wanted)
        where T : class, ISpecificRecord
    {
        var deserializer = new RecordDeserializer<T>(clients);
        using var consumer = new ConsumerBuilder<byte[], byte[]>(clients.ConsumerConfig("reader")).Build();
        consumer.Assign(Enumerable.Range(0, Contracts.Topic.DefaultPartitions).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        var read = new List<Placed>();
        while (read.Count < wanted)
        {
            var record = consumer.Consume(TimeSpan.FromSeconds(30));
            Assert.True(record is not null, $"{read.Count} of {wanted} records came.");
            var value = await deserializer.DeserializeAsync(topic, record.Message.Value);
            read.Add(new Placed(record.Partition.Value, record.Offset.Value, Encoding.UTF8.GetString(record.Message.Key), RecordJson.Of(value)));
        }

        return read;
    }
}

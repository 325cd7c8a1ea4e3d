using System.ComponentModel.DataAnnotations;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Microsoft.Extensions.Configuration;
using StreamDistill.Contracts;

namespace StreamDistill.Pipeline;

/// <summary>Section SchemaRegistry.</summary>
public sealed class SchemaRegistryOptions
{
    /// <summary>Base address; several are separated by commas. SCHEMA_REGISTRY_URL sets it too.</summary>
    [Required(ErrorMessage = "Give the schema registry's address: set SCHEMA_REGISTRY_URL, for example http://127.0.0.1:8081.")]
    public string? Url { get; init; }

    /// <summary>user:password for basic authentication, where the registry wants it.</summary>
    public string? BasicAuthUserInfo { get; init; }

    /// <summary>Whether producers register the schemas they write with. Turn it off where only `topics apply` may.</summary>
    public bool AutoRegister { get; init; } = true;
}

/// <summary>
/// Client settings for Kafka and the registry, the same for every service. Every key below the section Kafka goes to
/// librdkafka as it is (Kafka:security.protocol, say); Kafka:Producer: and Kafka:Consumer: go to one kind of client.
/// </summary>
public sealed class KafkaClients : IDisposable
{
    /// <summary>How often clients tell how they are: how soon a <see cref="ClientLog"/> says that a broker answers again.</summary>
    private const int StatisticsIntervalMs = 5000;

    private readonly IConfigurationSection section;
    private readonly Lazy<ISchemaRegistryClient> registry;

    /// <param name="configuration">The service's configuration.</param>
    /// <param name="registryOptions">Where the registry is.</param>
    /// <exception cref="ConfigurationException">No bootstrap servers are configured.</exception>
    public KafkaClients(IConfiguration configuration, SchemaRegistryOptions registryOptions)
    {
        section = configuration.GetSection("Kafka");
        RegistryOptions = registryOptions;
        if (string.IsNullOrWhiteSpace(section["bootstrap.servers"]))
        {
            throw new ConfigurationException(
                "Kafka:bootstrap.servers is not set. Give the brokers' addresses: set KAFKA_BOOTSTRAP_SERVERS, for example 127.0.0.1:9092.");
        }

        RefuseBadSettings();
        registry = new Lazy<ISchemaRegistryClient>(() => new CachedSchemaRegistryClient(RegistryConfig()));
    }

    /// <summary>Where the registry is.</summary>
    public SchemaRegistryOptions RegistryOptions { get; }

    /// <summary>The registry's client, shared and cached.</summary>
    public ISchemaRegistryClient Registry => registry.Value;

    /// <summary>An idempotent producer that waits for all replicas and partitions keys as the Java client does.</summary>
    public ProducerConfig ProducerConfig(string clientName) => WithSettings(
        new ProducerConfig
        {
            ClientId = clientName,
            EnableIdempotence = true,
            Acks = Acks.All,
            Partitioner = Partitioner.Murmur2Random,
            LingerMs = 1,
            CompressionType = CompressionType.Lz4,
            StatisticsIntervalMs = StatisticsIntervalMs,
        },
        "Producer");

    /// <summary>A consumer that sees committed records only and whose offsets are committed by whoever uses it.</summary>
    public ConsumerConfig ConsumerConfig(string group) => WithSettings(
        new ConsumerConfig
        {
            ClientId = group,
            GroupId = group,
            IsolationLevel = IsolationLevel.ReadCommitted,
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
            FetchWaitMaxMs = 100,
            QueuedMaxMessagesKbytes = 16 * 1024,

            // Once enough is queued a partition rests; the default of a second is longer than what is queued lasts.
            FetchQueueBackoffMs = 10,
            StatisticsIntervalMs = StatisticsIntervalMs,
        },
        "Consumer");

    /// <inheritdoc />
    public void Dispose()
    {
        if (registry.IsValueCreated)
        {
            registry.Value.Dispose();
        }
    }

    /// <summary>librdkafka judges its settings when a client is made; better now than at the first restart.</summary>
    private void RefuseBadSettings()
    {
        try
        {
            new ProducerBuilder<byte[], byte[]>(ProducerConfig("settings-check")).SetLogHandler((_, _) => { }).Build().Dispose();
            new ConsumerBuilder<byte[], byte[]>(ConsumerConfig("settings-check")).SetLogHandler((_, _) => { }).Build().Dispose();
        }
        catch (Exception e) when (e is InvalidOperationException or KafkaException or ArgumentException)
        {
            throw new ConfigurationException($"A setting in the section Kafka is wrong: {e.Message} See librdkafka's CONFIGURATION.md for what is allowed.", e);
        }
    }

    private TConfig WithSettings<TConfig>(TConfig config, string kind)
        where TConfig : ClientConfig
    {
        foreach (var setting in section.GetChildren().Where(child => child.Value is not null).Concat(section.GetSection(kind).GetChildren()))
        {
            config.Set(setting.Key, setting.Value!);
        }

        return config;
    }

    private SchemaRegistryConfig RegistryConfig()
    {
        var config = new SchemaRegistryConfig { Url = RegistryOptions.Url };
        if (RegistryOptions.BasicAuthUserInfo is { } user)
        {
            config.BasicAuthUserInfo = user;
        }

        return config;
    }
}

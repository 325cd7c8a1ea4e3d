using System.Text;
using Avro.Specific;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using streamdistill;
using StreamDistill.Embedded.Broker;
using StreamDistill.Embedded.SchemaRegistry;

// The tests wait for groups to form most of the time.
[assembly: CollectionBehavior(MaxParallelThreads = 8)]
[assembly: AssemblyFixture(typeof(StreamDistill.Pipeline.Tests.Cluster))]

namespace StreamDistill.Pipeline.Tests;

/// <summary>A real broker and registry for the tests, and hosts that run a stage against them.</summary>
public sealed class Cluster : IAsyncLifetime
{
    private EmbeddedBroker? broker;

    public SchemaRegistryServer Registry { get; private set; } = null!;

    public string BootstrapServers { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        broker = await EmbeddedBroker.StartAsync(new BrokerOptions(), CancellationToken.None);
        BootstrapServers = broker.BootstrapServers;
        Registry = await SchemaRegistryServer.StartAsync(new Embedded.SchemaRegistry.SchemaRegistryOptions { InMemory = true }, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await Registry.DisposeAsync();
        await broker!.DisposeAsync();
    }

    /// <summary>The same registry with another broker.</summary>
    public Cluster On(string bootstrapServers) => new() { Registry = Registry, BootstrapServers = bootstrapServers };

    /// <summary>A service with one stage that does what <paramref name="process"/> says.</summary>
    public IHost Service(
        string name,
        string topic,
        Func<IReadOnlyList<Input<Prompt>>, CancellationToken, ValueTask<IReadOnlyList<Output>>> process,
        params (string Key, string Value)[] settings)
    {
        var builder = Configured(name, settings);
        builder.Services.AddSingleton(process);
        builder.AddStage<Prompt, FunctionStage>(topic);
        return builder.Build();
    }

    /// <summary>A host builder as ServiceProgram would make it.</summary>
    public HostApplicationBuilder Configured(string name, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Kafka:bootstrap.servers"] = BootstrapServers,
            ["SchemaRegistry:Url"] = Registry.Url.ToString(),

            // A member that ends without a word is missed soon.
            ["Kafka:Consumer:session.timeout.ms"] = "5000",
            ["Kafka:Consumer:heartbeat.interval.ms"] = "500",
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(new ServiceName(name));
        builder.Services.AddSingleton<HealthState>();
        builder.Services.AddSingleton(TimeProvider.System);
        return builder;
    }

    /// <summary>A topic of the test's own; the broker creates it on first use.</summary>
    public static string NewTopic(string name) => $"{name}-{Guid.NewGuid():N}";

    public static Prompt Prompt(string id) => new()
    {
        PromptId = id,
        Tenant = "t",
        Task = "math",
        Source = "test",
        SubmittedAt = DateTime.UnixEpoch,
        Messages = [new Message { Role = "user", Content = "What is " + id + "?" }],
        Sampling = new Sampling { N = 1, Temperature = 1, TopP = 1, MaxTokens = 10 },
    };

    /// <summary>Writes prompts keyed by their id.</summary>
    public async Task WriteAsync(string topic, IEnumerable<Prompt> prompts, Headers? headers = null)
    {
        using var host = Services();
        var serializer = host.Services.GetRequiredService<RecordSerializer>();
        using var producer = Producer();
        foreach (var prompt in prompts)
        {
            var value = await serializer.SerializeAsync(topic, prompt);
            producer.Produce(topic, new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(prompt.PromptId), Value = value, Headers = headers });
        }

        producer.Flush(TimeSpan.FromSeconds(30));
    }

    /// <summary>Writes bytes as they are.</summary>
    public async Task WriteAsync(string topic, string key, byte[]? value)
    {
        using var producer = Producer();
        await producer.ProduceAsync(topic, new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(key), Value = value! });
    }

    /// <summary>Reads committed records until there are as many as wanted, then a little longer to see whether more come.</summary>
    public Task<List<ConsumeResult<byte[], byte[]>>> ReadAsync(string topic, int wanted) =>
        Task.Factory.StartNew(() => Read(topic, wanted), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private List<ConsumeResult<byte[], byte[]>> Read(string topic, int wanted)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = BootstrapServers,
            GroupId = "reader",
            EnableAutoCommit = false,
            IsolationLevel = IsolationLevel.ReadCommitted,
        }).Build();
        consumer.Assign(Enumerable.Range(0, Contracts.Topic.DefaultPartitions).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        var records = new List<ConsumeResult<byte[], byte[]>>();
        var giveUp = DateTime.UtcNow.AddSeconds(180);
        while (records.Count < wanted && DateTime.UtcNow < giveUp)
        {
            if (consumer.Consume(100) is { } record)
            {
                records.Add(record);
            }
        }

        while (consumer.Consume(500) is { } extra)
        {
            records.Add(extra);
        }

        return records;
    }

    public static List<string> Keys(IEnumerable<ConsumeResult<byte[], byte[]>> records) =>
        records.Select(record => Encoding.UTF8.GetString(record.Message.Key)).Order(StringComparer.Ordinal).ToList();

    public static string Header(ConsumeResult<byte[], byte[]> record, string name) => Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes(name));

    private IHost Services()
    {
        var builder = Configured("writer");
        builder.AddKafka();
        return builder.Build();
    }

    private IProducer<byte[], byte[]> Producer() => new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = BootstrapServers }).Build();
}

/// <summary>A stage that is a function.</summary>
internal sealed class FunctionStage(Func<IReadOnlyList<Input<Prompt>>, CancellationToken, ValueTask<IReadOnlyList<Output>>> process) : IStage<Prompt>
{
    public ValueTask<IReadOnlyList<Output>> ProcessAsync(IReadOnlyList<Input<Prompt>> unit, CancellationToken cancellationToken) => process(unit, cancellationToken);
}

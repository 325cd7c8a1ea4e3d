using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Confluent.Kafka;
using StreamDistill.Contracts;
using StreamDistill.Embedded.Broker;
using StreamDistill.Embedded.SchemaRegistry;

namespace StreamDistill.Ingest.Tests;

/// <summary>The service with a real Kafka client against the embedded broker and registry.</summary>
public sealed class PromptsTopicTests(ITestOutputHelper output) : IAsyncLifetime
{
    private EmbeddedBroker broker = null!;
    private SchemaRegistryServer registry = null!;

    public async ValueTask InitializeAsync()
    {
        broker = await StartBrokerAsync(port: 0);
        registry = await SchemaRegistryServer.StartAsync(new SchemaRegistryOptions { InMemory = true }, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await registry.DisposeAsync();
        await broker.DisposeAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task An_acknowledged_prompt_is_in_the_topic_under_its_id()
    {
        await using var app = await StartReadyAsync();

        Assert.Equal(["1 a accepted"], (await app.PostLinesAsync(Lines.With("\"prompt_id\":\"a\""))).Accepted);
        var record = Assert.Single(ReadTopic());
        Assert.Equal("a", Encoding.UTF8.GetString(record.Message.Key));
        Assert.Equal(0, record.Message.Value[0]);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_restart_does_not_make_a_known_prompt_new()
    {
        string[] fields = ["\"prompt_id\":\"a\"", "\"idempotency_key\":\"k\"", "\"prompt_id\":\"b\",\"idempotency_key\":\"l\",\"attributes\":{\"y\":\"1\",\"x\":\"2\"}"];
        var body = string.Join('\n', fields.Select(Lines.With));
        await using (var before = await StartReadyAsync())
        {
            Assert.Equal(3, (await before.PostLinesAsync(body)).Count("accepted"));
        }

        await using var after = await StartReadyAsync();
        var answer = await after.PostLinesAsync(body + "\n" + Lines.With("\"prompt_id\":\"a\",\"task\":\"other\""));

        Assert.Equal(["duplicate", "duplicate", "duplicate"], answer.Accepted.Select(line => line.Split(' ')[2]));
        Assert.Equal(["4 prompt_id taken"], answer.Refused);
        Assert.Equal(3, ReadTopic().Count);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_prompt_stored_behind_an_open_transaction_is_known_after_a_restart()
    {
        using var resampling = new ProducerBuilder<byte[], byte[]>(
            new ProducerConfig { BootstrapServers = broker.BootstrapServers, TransactionalId = "resampling" }).Build();
        resampling.InitTransactions(TimeSpan.FromSeconds(30));
        resampling.BeginTransaction();
        foreach (var partition in Enumerable.Range(0, Topic.DefaultPartitions))
        {
            resampling.Produce(new TopicPartition(Topics.Prompts, partition), new Message<byte[], byte[]> { Key = [1], Value = null! });
        }

        resampling.Flush(TestContext.Current.CancellationToken);
        await using (var before = await StartReadyAsync())
        {
            Assert.Equal(["1 a accepted"], (await before.PostLinesAsync(Lines.With("\"prompt_id\":\"a\""))).Accepted);
        }

        await using var after = await StartReadyAsync();

        Assert.Equal(["1 a duplicate"], (await after.PostLinesAsync(Lines.With("\"prompt_id\":\"a\""))).Accepted);
        resampling.AbortTransaction();
    }

    [Fact(Timeout = 120_000)]
    public async Task What_another_instance_took_becomes_known()
    {
        await using var one = await StartReadyAsync();
        await using var other = await StartReadyAsync();
        var prompt = await Lines.ReadOneAsync(Lines.With("\"prompt_id\":\"a\""));

        Assert.Equal(202, (await one.PostLinesAsync(Lines.With("\"prompt_id\":\"a\""))).Status);
        while (other.Index.Find(PromptClaims.Of(prompt)) != Acquaintance.Same)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        Assert.Equal(["1 a duplicate"], (await other.PostLinesAsync(Lines.With("\"prompt_id\":\"a\""))).Accepted);
    }

    [Fact(Timeout = 120_000)]
    public async Task Records_of_the_topic_that_are_no_prompts_do_not_keep_the_service_from_starting()
    {
        using (var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = broker.BootstrapServers }).Build())
        {
            foreach (var bytes in new byte[]?[] { "not Avro"u8.ToArray(), [0, 0, 0, 3, 231, 1, 2], [], null })
            {
                await producer.ProduceAsync(Topics.Prompts, new Message<byte[], byte[]> { Key = [1], Value = bytes! }, TestContext.Current.CancellationToken);
            }
        }

        await using var app = await StartReadyAsync();

        Assert.Equal(202, (await app.PostLinesAsync(Lines.Question)).Status);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_broker_that_is_down_at_start_is_waited_for()
    {
        var port = FreePort();
        await using var app = await IngestApp.StartOnKafkaAsync(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"), registry.Url);
        var early = await app.PostLinesAsync(Lines.Question);
        early.AssertProblem(503, "not_ready");
        Assert.NotNull(early.RetryAfter);
        Assert.False(app.Health.IsReady);

        await using var late = await StartBrokerAsync(port);
        await app.WaitUntilReadyAsync();

        Assert.Equal(202, (await app.PostLinesAsync(Lines.Question)).Status);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_broker_that_goes_down_fails_the_lines_and_comes_back()
    {
        await using var app = await StartReadyAsync(("Ingest:DeliveryTimeout", "00:00:02"));
        Assert.Equal(202, (await app.PostLinesAsync(Lines.With("\"prompt_id\":\"a\""))).Status);
        var port = int.Parse(broker.BootstrapServers.Split(':')[1], CultureInfo.InvariantCulture);
        await broker.DisposeAsync();

        var answer = await app.PostLinesAsync($"{Lines.With("\"prompt_id\":\"a\"")}\n{Lines.With("\"prompt_id\":\"b\"")}");
        answer.AssertProblem(503, "not_stored");
        Assert.Equal(["1 a duplicate"], answer.Accepted);
        Assert.Equal(["2 b"], answer.Failed);

        broker = await StartBrokerAsync(port);
        while ((answer = await app.PostLinesAsync(Lines.With("\"prompt_id\":\"b\""))).Status == 503)
        {
            Assert.Null(app.Health.Failure);
        }

        Assert.Equal(202, answer.Status);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_registry_that_is_down_fails_the_lines()
    {
        await using var app = await StartReadyAsync();
        await registry.DisposeAsync();

        var answer = await app.PostLinesAsync(Lines.With("\"prompt_id\":\"a\""));

        answer.AssertProblem(503, "not_stored");
        Assert.Contains("registry", answer.Body.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_stream_of_100_000_lines_is_acknowledged_line_by_line()
    {
        await using var app = await StartReadyAsync();
        var lines = Enumerable.Range(0, 100_000).Select(i => Encoding.UTF8.GetBytes(
            $$"""{"prompt_id":"p{{i}}","task":"math","messages":[{"role":"user","content":"What is {{i}} plus {{i}}? Say nothing but the number."}],"reference":{"answer":"{{i + i}}"} }""" + "\n"));

        var started = Stopwatch.GetTimestamp();
        var answer = await app.PostAsync(new GeneratedContent(lines));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;

        Assert.Equal((202, 100_000, 0), (answer.Status, answer.Count("accepted"), answer.Count("refused")));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"100,000 prompts through HTTP into Kafka in {seconds:0.00} s: {100_000 / seconds:0} prompts/s"));
    }

    private async Task<IngestApp> StartReadyAsync(params (string Key, string Value)[] settings)
    {
        var app = await IngestApp.StartOnKafkaAsync(broker.BootstrapServers, registry.Url, settings);
        await app.WaitUntilReadyAsync();
        return app;
    }

    /// <summary>A broker with the topic prompts, which it creates when a producer asks about it.</summary>
    private static async Task<EmbeddedBroker> StartBrokerAsync(int port)
    {
        var broker = await EmbeddedBroker.StartAsync(new BrokerOptions { Port = port }, TestContext.Current.CancellationToken);
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = broker.BootstrapServers }).Build();
        using var admin = new DependentAdminClientBuilder(producer.Handle).Build();
        while (admin.GetMetadata(Topics.Prompts, TimeSpan.FromSeconds(5)).Topics.Single().Error.IsError)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        return broker;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Every record, partition after partition.</summary>
    private List<ConsumeResult<byte[], byte[]>> ReadTopic()
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(
            new ConsumerConfig { BootstrapServers = broker.BootstrapServers, GroupId = "test", EnablePartitionEof = true }).Build();
        consumer.Assign(Enumerable.Range(0, Topic.DefaultPartitions).Select(partition => new TopicPartitionOffset(Topics.Prompts, partition, 0)));
        var records = new List<ConsumeResult<byte[], byte[]>>();
        for (var ends = 0; ends < Topic.DefaultPartitions;)
        {
            var record = consumer.Consume(TestContext.Current.CancellationToken);
            if (record.IsPartitionEOF)
            {
                ends++;
            }
            else
            {
                records.Add(record);
            }
        }

        return records;
    }
}

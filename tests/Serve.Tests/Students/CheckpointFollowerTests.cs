using System.Security.Cryptography;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using streamdistill;
using StreamDistill.Contracts;
using StreamDistill.Embedded.Broker;
using StreamDistill.Embedded.SchemaRegistry;
using StreamDistill.Pipeline;

namespace StreamDistill.Serve.Tests;

public sealed class CheckpointFollowerTests : IAsyncLifetime
{
    private const string Student = "maths";

    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("serve-follow");
    private EmbeddedBroker broker = null!;
    private SchemaRegistryServer registry = null!;
    private ServeApp app = null!;

    public async ValueTask InitializeAsync()
    {
        broker = await EmbeddedBroker.StartAsync(new BrokerOptions(), CancellationToken.None);
        registry = await SchemaRegistryServer.StartAsync(new() { InMemory = true }, CancellationToken.None);
        await PublishAsync("another", Checkpoint(1, null));
        app = await ServeApp.StartAsync(
            ("Kafka:bootstrap.servers", broker.BootstrapServers),
            ("SchemaRegistry:Url", registry.Url.ToString()),
            ("Serve:Student", Student),
            ("Serve:LoadRetryWait", "00:00:00.2"));
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        await registry.DisposeAsync();
        await broker.DisposeAsync();
        root.Delete(recursive: true);
    }

    [Fact]
    public async Task The_checkpoint_that_the_latest_record_names_is_served_forward_and_back()
    {
        await ServeApp.UntilAsync(() => Detail.Contains("names no checkpoint of maths", StringComparison.Ordinal));
        Assert.False(app.Health.IsReady);
        var early = await app.PostAsync(ServeApp.Body());
        early.AssertError(503, "model_not_ready");
        Assert.NotNull(early.RetryAfter);
        Assert.Equal(0, (await app.GetAsync("/v1/models")).Body.GetProperty("data").GetArrayLength());

        var (first, second) = (SaveCheckpoint(100), SaveCheckpoint(200));
        await PublishAsync(Student, Checkpoint(100, first));
        await ServesAsync("step-100-");
        await PublishAsync(Student, Checkpoint(200, second));
        await ServesAsync("step-200-");
        await PublishAsync(Student, Checkpoint(300, first));
        await ServesAsync("step-100-");
        Assert.True(app.Health.IsReady);
    }

    [Fact]
    public async Task A_checkpoint_that_cannot_be_loaded_leaves_the_one_that_is_served()
    {
        await PublishAsync(Student, Checkpoint(100, SaveCheckpoint(100)));
        await ServesAsync("step-100-");

        var damaged = SaveCheckpoint(200);
        var weights = Path.Combine(new Uri(damaged.Uri).LocalPath, "model.safetensors");
        var whole = await File.ReadAllBytesAsync(weights, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(weights, [.. whole[..^1], (byte)(whole[^1] ^ 1)], TestContext.Current.CancellationToken);
        await PublishAsync(Student, Checkpoint(200, damaged));
        await ServeApp.UntilAsync(() => Detail.Contains("the checkpoint of step 200 cannot be served", StringComparison.Ordinal));
        Assert.Contains("sha256", Detail, StringComparison.Ordinal);
        Assert.True(app.Health.IsReady);
        await ServesAsync("step-100-");

        await PublishAsync(Student, Checkpoint(300, damaged with { Step = 300, Uri = new Uri(Path.Combine(root.FullName, "gone")).AbsoluteUri }));
        await ServeApp.UntilAsync(() => Detail.Contains("the checkpoint of step 300 cannot be served", StringComparison.Ordinal));
        Assert.Contains("holds no student", Detail, StringComparison.Ordinal);
        await ServesAsync("step-100-");

        await PublishAsync(Student, Checkpoint(400, damaged with { Step = 400, Uri = "s3://bucket/step-400" }));
        await ServeApp.UntilAsync(() => Detail.Contains("supported is file:///PATH", StringComparison.Ordinal));

        await PublishAsync(Student, Checkpoint(500, damaged));
        await File.WriteAllBytesAsync(weights, whole, TestContext.Current.CancellationToken);
        await ServesAsync("step-200-");
        await ServeApp.UntilAsync(() => Detail == "ready");
    }

    private string Detail => app.Health.PartDetail(StudentSlot.HealthPart);

    private async Task ServesAsync(string fingerprint)
    {
        while (true)
        {
            var answer = await app.PostAsync(ServeApp.Body("\"max_tokens\":1"));
            if (answer.Status == 200 && answer.Fingerprint.StartsWith(fingerprint, StringComparison.Ordinal))
            {
                return;
            }

            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private ServingCheckpoint SaveCheckpoint(int step)
    {
        var directory = TinyStudent.Save(Path.Combine(root.FullName, $"step-{step}"), seed: step);
        return new ServingCheckpoint
        {
            Step = step,
            Uri = new Uri(directory).AbsoluteUri,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(directory, "model.safetensors")))),
        };
    }

    private static Checkpoint Checkpoint(long step, ServingCheckpoint? serving) => new()
    {
        Student = Student,
        RunId = "r",
        Step = step,
        BaseModel = "b",
        Uri = "file:///nowhere",
        Sha256 = "00",
        ConsumedOffsets = [],
        CreatedAt = DateTime.UnixEpoch,
        Serving = serving,
    };

    private async Task PublishAsync(string student, Checkpoint checkpoint)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create("Kafka:bootstrap.servers", (string?)broker.BootstrapServers)])
            .Build();
        using var clients = new KafkaClients(configuration, new Pipeline.SchemaRegistryOptions { Url = registry.Url.ToString() });
        var value = await new RecordSerializer(clients).SerializeAsync(Topics.Checkpoints, checkpoint);
        using var producer = new ProducerBuilder<byte[], byte[]>(clients.ProducerConfig("test")).Build();
        await producer.ProduceAsync(Topics.Checkpoints, new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(student), Value = value });
    }
}

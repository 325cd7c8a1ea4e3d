using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using streamdistill;
using StreamDistill.Contracts;
using StreamDistill.Embedded.Broker;
using StreamDistill.Embedded.SchemaRegistry;
using StreamDistill.Pipeline;

namespace StreamDistill.Train.Tests;

/// <summary>Training from the topic curated on the embedded broker, and what the topic checkpoints says of it.</summary>
public sealed class TopicTests : IAsyncLifetime
{
    private readonly TemporaryDirectory directory = new();
    private EmbeddedBroker broker = null!;
    private SchemaRegistryServer registry = null!;
    private KafkaClients clients = null!;

    public async ValueTask InitializeAsync()
    {
        broker = await EmbeddedBroker.StartAsync(new BrokerOptions(), CancellationToken.None);
        registry = await SchemaRegistryServer.StartAsync(new() { InMemory = true }, CancellationToken.None);
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create("Kafka:bootstrap.servers", (string?)broker.BootstrapServers)])
            .Build();
        clients = new KafkaClients(configuration, new Pipeline.SchemaRegistryOptions { Url = registry.Url.ToString() });
        TinyStudent.Write(directory["base"]);
    }

    public async ValueTask DisposeAsync()
    {
        clients.Dispose();
        await registry.DisposeAsync();
        await broker.DisposeAsync();
        directory.Dispose();
    }

    [Fact]
    public async Task Rounds_follow_the_topic_and_each_evaluated_checkpoint_is_published_once()
    {
        await ProduceAsync([Samples.Example(900, Split.HOLDOUT), .. Enumerable.Range(0, 40).Select(number => Samples.Example(number))]);
        await RunUntilAsync(record => record.Step > 0);
        var first = await LastAsync();
        await ProduceAsync([.. Enumerable.Range(40, 40).Select(number => Samples.Example(number))], withdrawn: Samples.Example(3));
        await RunUntilAsync(record => record.Step > first.Step);
        var second = await LastAsync();
        await RunUntilAsync(_ => true);

        Assert.Equal(("s", 80, 1.0), (first.Student, first.ExamplesSeen, first.Evaluation["answers"]));
        Assert.Equal(80 + (2 * 50), second.ExamplesSeen);
        Assert.Equal((first.RunId, directory["base"]), (second.RunId, second.BaseModel));
        Assert.Equal(82, second.ConsumedOffsets.Sum(offset => offset.Offset));
        Assert.EndsWith("/out/s/step-" + second.Step.ToString("D8", System.Globalization.CultureInfo.InvariantCulture), second.Uri, StringComparison.Ordinal);
        Assert.Equal(second.Sha256, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Path.Combine(new Uri(second.Uri).LocalPath, "model.safetensors")))));
        Assert.Null(second.Serving);
        Assert.Equal([0, first.Step, second.Step], (await CheckpointsAsync()).Select(record => record.Step));
        Assert.Contains(Samples.Example(3).ExampleId, await File.ReadAllTextAsync(directory["out/s/withdrawn.jsonl"]), StringComparison.Ordinal);
        Assert.DoesNotContain(Samples.Example(3).ExampleId, await File.ReadAllTextAsync(Path.Combine(new Uri(second.Uri).LocalPath, "examples.ids")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_operator_chose_to_serve_stays_until_something_better_is_promoted()
    {
        await ProduceAsync([Samples.Example(900, Split.HOLDOUT), .. Enumerable.Range(0, 20).Select(number => Samples.Example(number))]);
        await RunUntilAsync(record => record.Step > 0, promoteBase: true);
        var last = await LastAsync();
        Assert.Equal(0, last.Serving!.Step);
        var chosen = new ServingCheckpoint { Step = 7, Uri = "file:///elsewhere", Sha256 = "abc" };
        using (var topic = Topic())
        {
            await topic.PublishAsync(last with { Serving = chosen }, CancellationToken.None);
        }

        await RunUntilAsync(_ => true, promoteBase: true);
        Assert.Equal(chosen, (await LastAsync()).Serving);
        await ProduceAsync([.. Enumerable.Range(40, 20).Select(number => Samples.Example(number))]);
        await RunUntilAsync(record => record.Step > last.Step, promoteBase: true);

        Assert.Equal(chosen, (await LastAsync()).Serving);
    }

    [Fact]
    public async Task After_kills_the_student_is_that_of_an_undisturbed_run()
    {
        await ProduceAsync([Samples.Example(900, Split.HOLDOUT), .. Enumerable.Range(0, 120).Select(number => Samples.Example(number))]);
        await RunProcessAsync("undisturbed", null);
        foreach (var step in new[] { 1, 4, 5, 9, 12 })
        {
            await RunProcessAsync("killed", $" step {step} ");
        }

        await RunProcessAsync("killed", null);

        foreach (var file in new[] { "losses.csv", Weights("undisturbed") })
        {
            var other = file == "losses.csv" ? file : Weights("killed");
            Assert.True(File.ReadAllBytes(directory[$"undisturbed/s/{file}"]).SequenceEqual(File.ReadAllBytes(directory[$"killed/s/{other}"])), file);
        }

        string Weights(string run) => Directory.EnumerateDirectories(directory[$"{run}/s"], "step-*").Select(Path.GetFileName).Max()! + "/model.safetensors";
    }

    private CheckpointTopic Topic() => new(clients, new RecordSerializer(clients), new RecordDeserializer<Checkpoint>(clients));

    private async Task<Checkpoint> LastAsync()
    {
        using var topic = Topic();
        return (await topic.ReadLastAsync("s", CancellationToken.None))!;
    }

    private async Task<List<Checkpoint>> CheckpointsAsync()
    {
        var log = new TopicLog(clients, Topics.Checkpoints, "test");
        var decoder = new RecordDeserializer<Checkpoint>(clients);
        var records = new List<Checkpoint>();
        await foreach (var result in log.ReadAsync(new Dictionary<int, long>(), await log.EndsAsync(), CancellationToken.None))
        {
            records.Add(await decoder.DeserializeAsync(Topics.Checkpoints, result.Message.Value));
        }

        return records;
    }

    private async Task ProduceAsync(List<TrainingExample> examples, TrainingExample? withdrawn = null)
    {
        var serializer = new RecordSerializer(clients);
        using var producer = new ProducerBuilder<byte[], byte[]?>(clients.ProducerConfig("test")).Build();
        foreach (var example in examples)
        {
            var value = await serializer.SerializeAsync(Topics.Curated, example);
            producer.Produce(Topics.Curated, new() { Key = Encoding.UTF8.GetBytes(example.ExampleId), Value = value });
        }

        if (withdrawn is not null)
        {
            producer.Produce(Topics.Curated, new() { Key = Encoding.UTF8.GetBytes(withdrawn.ExampleId), Value = null });
        }

        producer.Flush(TimeSpan.FromSeconds(30));
    }

    /// <summary>Runs the loop until the topic's last record is as wanted.</summary>
    private async Task RunUntilAsync(Func<Checkpoint, bool> wanted, bool promoteBase = false)
    {
        var options = new TrainOptions
        {
            Student = "s",
            BaseModel = directory["base"],
            Output = directory["out"],
            Threads = 1,
            SequenceLength = 128,
            TokensPerStep = 256,
            RoundExamplesMin = 20,
            PromoteBase = promoteBase,
            Evaluation = new EvaluationOptions { MaxTokens = 6 },
        };
        using var stop = new CancellationTokenSource();
        using var topic = Topic();
        var store = new CheckpointStore(options.Output, options.Student, options.KeepCheckpoints, NullLogger.Instance);
        var log = new KafkaExampleLog(clients, new RecordDeserializer<TrainingExample>(clients));
        var loop = new TrainingLoop(options, log, store, new CheckpointPublisher(topic, store), TimeProvider.System, NullLogger<TrainingLoop>.Instance);
        var running = Task.Run(() => loop.RunAsync(stop.Token));
        using var reader = Topic();
        while (!running.IsCompleted && !(await reader.ReadLastAsync("s", CancellationToken.None) is { } last && wanted(last)))
        {
            await Task.Delay(50);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    /// <summary>Runs the process until it prints something, then kills it; or until its round ends, then stops it.</summary>
    private async Task RunProcessAsync(string run, string? killAt)
    {
        string[] arguments =
        [
            "--Train:Student=s", $"--Train:BaseModel={directory["base"]}", $"--Train:Output={directory[run]}", "--Train:Threads=1", "--Train:SequenceLength=128",
            "--Train:TokensPerStep=512", "--Train:CheckpointSteps=4", "--Train:RoundExamplesMin=121", "--Train:Evaluation:MaxTokens=4", "--Train:LogSteps=1",
        ];
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "StreamDistill.Train"), arguments)
        {
            RedirectStandardOutput = true,
            Environment = { ["KAFKA_BOOTSTRAP_SERVERS"] = broker.BootstrapServers, ["SCHEMA_REGISTRY_URL"] = registry.Url.ToString() },
        })!;
        var found = false;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (!found && (killAt is null ? line.Contains("promoted", StringComparison.Ordinal) && !line.Contains("step 0 ", StringComparison.Ordinal) : line.Contains(killAt, StringComparison.Ordinal)))
            {
                found = true;
                process.Kill();
            }
        }

        await process.WaitForExitAsync();
        Assert.True(found, $"The process ended by itself with {process.ExitCode} before it was killed.");
    }
}

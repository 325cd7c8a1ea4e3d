using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using Confluent.Kafka;
using StreamDistill.Contracts;
using StreamDistill.Pipeline;

namespace StreamDistill.Benchmarks;

/// <summary>What a run took, by process.</summary>
internal sealed record PipelineResult(double Seconds, IReadOnlyList<(string Part, ProcessCost Cost)> Costs);

/// <summary>Broker, registry and the four services as they are, each in a process of its own.</summary>
internal sealed class RunningPipeline : IAsyncDisposable
{
    private const int PromptsPerRequest = 500;
    private const int RequestsAtOnce = 4;
    private static readonly string[] ServiceNames = ["Ingest", "Teach", "Verify", "Compact"];

    private readonly string recording = Path.Combine(Path.GetTempPath(), $"streamdistill-bench-{Guid.NewGuid():N}.jsonl");
    private readonly List<(string Part, RunningService Service)> services = [];
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromMinutes(2) };
    private readonly Cluster cluster;
    private Uri? ingest;

    private RunningPipeline(Cluster cluster) => this.cluster = cluster;

    /// <summary>Returns when every service is ready; the recorded teacher knows the first so many prompts.</summary>
    public static async Task<RunningPipeline> StartAsync(int prompts, DeliveryGuarantee guarantee)
    {
        var pipeline = new RunningPipeline(await Cluster.StartAsync());
        try
        {
            await pipeline.StartServicesAsync(prompts, guarantee);
            return pipeline;
        }
        catch
        {
            await pipeline.DisposeAsync();
            throw;
        }
    }

    /// <summary>Submits prompts, those from a number on, as fast as Ingest takes them.</summary>
    /// <returns>The time from the first submitted to the last curated, and what each process used in it.</returns>
    public async Task<PipelineResult> ProcessAsync(int first, int prompts)
    {
        using var curated = new CuratedReader(cluster);
        var before = Costs();
        var started = Stopwatch.GetTimestamp();
        var reading = curated.ReadAsync(first, prompts);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, (prompts + PromptsPerRequest - 1) / PromptsPerRequest),
            new ParallelOptions { MaxDegreeOfParallelism = RequestsAtOnce },
            async (request, _) => await PostAsync(first + (request * PromptsPerRequest), Math.Min(PromptsPerRequest, prompts - (request * PromptsPerRequest))));
        await reading;
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return new PipelineResult(seconds, [.. Costs().Zip(before, (now, then) => (now.Part, now.Cost.Since(then.Cost)))]);
    }

    /// <summary>Submits prompts one by one at a steady rate, whatever becomes of them.</summary>
    /// <returns>Milliseconds from each one's acknowledgement until its example was read, in the order submitted.</returns>
    public async Task<IReadOnlyList<double>> TrickleAsync(int prompts, int perSecond)
    {
        using var curated = new CuratedReader(cluster);
        var acknowledged = new long[prompts];
        var reading = curated.ReadAsync(0, prompts);
        var posts = new List<Task>(prompts);
        var started = Stopwatch.GetTimestamp();
        for (var number = 0; number < prompts; number++)
        {
            var due = TimeSpan.FromSeconds((double)number / perSecond) - Stopwatch.GetElapsedTime(started);
            await Task.Delay(due > TimeSpan.Zero ? due : TimeSpan.Zero);
            posts.Add(PostOneAsync(number));
        }

        async Task PostOneAsync(int number)
        {
            await PostAsync(number, 1);
            acknowledged[number] = Stopwatch.GetTimestamp();
        }

        await Task.WhenAll(posts);
        var read = await reading;
        return [.. Enumerable.Range(0, prompts).Select(number => Stopwatch.GetElapsedTime(acknowledged[number], read[GeneratedPrompts.IdOf(number)]).TotalMilliseconds)];
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        foreach (var (_, service) in services)
        {
            await service.DisposeAsync();
        }

        await cluster.DisposeAsync();
        File.Delete(recording);
    }

    private async Task StartServicesAsync(int prompts, DeliveryGuarantee guarantee)
    {
        GeneratedPrompts.WriteRecording(recording, prompts);
        foreach (var name in ServiceNames)
        {
            string[] teacher = name == "Teach" ? [$"--Teach:Teacher=recorded:{recording}"] : [];
            services.Add((name, RunningService.StartAsItIs(name, cluster, [$"--Pipeline:Delivery={guarantee}", .. teacher])));
        }

        foreach (var (part, service) in services)
        {
            var address = new Uri(await service.AddressAsync());
            while (!(await http.GetAsync(new Uri(address, "/health/ready"))).IsSuccessStatusCode)
            {
                await Task.Delay(50);
            }

            ingest = part == "Ingest" ? new Uri(address, "/v1/prompts") : ingest;
        }
    }

    private async Task PostAsync(int first, int count)
    {
        var body = new StringBuilder();
        for (var number = first; number < first + count; number++)
        {
            body.Append(GeneratedPrompts.Line(number));
        }

        using var content = new StringContent(body.ToString());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        using var answer = await http.PostAsync(ingest, content);
        if ((int)answer.StatusCode != 202)
        {
            throw new InvalidOperationException($"Ingest answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        }
    }

    private List<(string Part, ProcessCost Cost)> Costs() =>
    [
        .. services.Select(service => (service.Part, ProcessCost.Of(service.Service.ProcessId))),
        ("broker and registry", ProcessCost.Of(cluster.ProcessId)),
        ("who submits and counts", ProcessCost.Of(Environment.ProcessId)),
    ];

    /// <summary>Reads curated as it grows.</summary>
    private sealed class CuratedReader : IDisposable
    {
        private readonly IConsumer<byte[], byte[]> consumer;
        private readonly RecordDeserializer<streamdistill.TrainingExample> deserializer;

        public CuratedReader(Cluster cluster)
        {
            deserializer = new RecordDeserializer<streamdistill.TrainingExample>(cluster.Clients);
            consumer = new ConsumerBuilder<byte[], byte[]>(cluster.Clients.ConsumerConfig("bench")).Build();
            consumer.Assign(Enumerable.Range(0, Topic.DefaultPartitions).Select(partition => new TopicPartitionOffset(Topics.Curated, partition, Offset.Beginning)));
        }

        /// <summary>Completes with each prompt's moment of arrival when all of those are there.</summary>
        public Task<Dictionary<string, long>> ReadAsync(int first, int wanted) =>
            Task.Factory.StartNew(() => Read(GeneratedPrompts.IdOf(first), wanted), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        public void Dispose() => consumer.Dispose();

        private Dictionary<string, long> Read(string firstId, int wanted)
        {
            var read = new Dictionary<string, long>(wanted);
            while (read.Count < wanted)
            {
                if (consumer.Consume(TimeSpan.FromSeconds(60)) is not { } record)
                {
                    throw new InvalidOperationException($"After {read.Count} of {wanted} examples nothing came for a minute.");
                }

                var example = deserializer.DeserializeAsync(record.Topic, record.Message.Value).GetAwaiter().GetResult();
                if (string.CompareOrdinal(example.PromptId, firstId) >= 0)
                {
                    read[example.PromptId] = Stopwatch.GetTimestamp();
                }
            }

            return read;
        }
    }
}

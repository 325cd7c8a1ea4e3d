using Confluent.Kafka;
using Confluent.SchemaRegistry;
using StreamDistill.Cli.Exporting;
using StreamDistill.Cli.Kafka;
using StreamDistill.Cli.Submitting;
using StreamDistill.Cli.Supervision;
using streamdistill;
using StreamDistill.Contracts;

namespace StreamDistill.Cli.Running;

/// <summary>What a run came to.</summary>
internal sealed record RunResult(RunDataset Dataset, PromptFeed Feed, DateTimeOffset StartedAt, DateTimeOffset DrainedAt)
{
    /// <summary>The last checkpoint of the student that was trained meanwhile; null where none was.</summary>
    public Checkpoint? Student { get; init; }

    /// <summary>From the first prompt submitted to the last one's end.</summary>
    public TimeSpan Duration => DrainedAt - StartedAt;
}

/// <summary>Feeds prompts to a running system and follows every topic until nothing is left in it.</summary>
internal sealed class RunSession : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan ReachPatience = TimeSpan.FromSeconds(60);
    private static readonly string[] InputTopics = [.. StageGroup.All.Select(stage => stage.InputTopic)];

    private readonly TimeProvider time;
    private readonly CachedSchemaRegistryClient registry;
    private readonly TopicReader reader;
    private readonly GroupOffsets offsets;
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromMinutes(5) };
    private readonly IReadOnlyList<TopicPartition> inputs;

    public RunSession(Endpoints endpoints, RunOptions options, Recording? recording, string spoolDirectory, TimeProvider time)
    {
        this.time = time;
        registry = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = endpoints.SchemaRegistryUrl });
        reader = new TopicReader(endpoints.BootstrapServers, RunDataset.ReadTopics);
        offsets = new GroupOffsets(endpoints.BootstrapServers);
        inputs = [.. reader.Partitions.Where(partition => InputTopics.Contains(partition.Topic))];

        Dataset = new RunDataset(spoolDirectory, new AvroRecords(registry), options.Attempts, recording);
        Feed = new PromptFeed(Dataset, new IngestClient(http, endpoints.Ingest, time));
    }

    public RunDataset Dataset { get; }

    public PromptFeed Feed { get; }

    /// <summary>Returns when every prompt of the file has reached its end.</summary>
    /// <param name="prompts">The file.</param>
    /// <param name="broken">Fails when the system cannot go on.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<RunResult> RunAsync(string prompts, Task broken, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var started = time.GetUtcNow();
        var following = FollowAsync(ending.Token);
        var feeding = Feed.SubmitAsync(prompts, ending.Token);
        var draining = DrainAsync(feeding, ending.Token);
        try
        {
            // Whichever fails first ends the run; following ends by itself only when it fails.
            await await Task.WhenAny(draining, following, broken);
            return new RunResult(Dataset, Feed, started, time.GetUtcNow());
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(following, feeding, draining).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose()
    {
        reader.Dispose();
        offsets.Dispose();
        registry.Dispose();
        http.Dispose();
        Dataset.Dispose();
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        await foreach (var record in reader.ReadAsync(Offset.Beginning, cancellationToken))
        {
            await Dataset.TakeAsync(record);
        }
    }

    private async Task DrainAsync(Task feeding, CancellationToken cancellationToken)
    {
        while (true)
        {
            // In this order, or a stage could hand on records between two looks: see PartitionLedger.IsProcessed.
            var isFed = feeding.IsCompleted;
            if (isFed)
            {
                await feeding;
            }

            var committed = await offsets.CommittedAsync(inputs);
            bool isProcessed;
            lock (Dataset.Gate)
            {
                isProcessed = Dataset.Ledger.IsProcessed(committed, InputTopics);
            }

            if (isProcessed && isFed && await HasDrainedAsync(committed, cancellationToken))
            {
                lock (Dataset.Gate)
                {
                    Dataset.Fates.OnDrained();
                }

                return;
            }

            await Task.Delay(LookEvery, time, cancellationToken);
        }
    }

    private async Task<bool> HasDrainedAsync(IReadOnlyDictionary<TopicPartition, long> committed, CancellationToken cancellationToken)
    {
        var ends = await offsets.EndsAsync(reader.Partitions);
        for (var started = time.GetTimestamp(); time.GetElapsedTime(started) < ReachPatience;)
        {
            lock (Dataset.Gate)
            {
                if (Dataset.Ledger.HasReached(ends))
                {
                    return Dataset.Ledger.IsProcessed(committed, InputTopics) && HaveAllBeenSeen();
                }
            }

            await Task.Delay(LookAgain, time, cancellationToken);
        }

        return false;
    }

    private bool HaveAllBeenSeen() => Dataset.Fates.Seen == Dataset.Fates.Accepted ? true
        : throw new StreamDistillException($"Ingest confirmed {Dataset.Fates.Accepted} prompts, but {Dataset.Fates.Seen} of them are in Kafka: the broker lost records.");
}

using Confluent.Kafka;
using Confluent.SchemaRegistry;
using StreamDistill.Cli.Kafka;
using StreamDistill.Cli.Running;
using StreamDistill.Cli.Supervision;

namespace StreamDistill.EndToEnd.Crashing;

/// <summary>What a drained system holds.</summary>
/// <param name="Curated">curated.jsonl, as 'run' writes it.</param>
/// <param name="Verified">verified.jsonl, as 'run' writes it.</param>
/// <param name="Rejected">rejected.jsonl, as 'run' writes it.</param>
/// <param name="Fates">What became of the prompts that were acknowledged.</param>
/// <param name="Seen">How many of them are on the prompts topic.</param>
/// <param name="Violations">What must not be.</param>
/// <param name="Counts">Records by topic.</param>
internal sealed record Harvest(
    byte[] Curated, byte[] Verified, byte[] Rejected, FateCounts Fates, int Seen, IReadOnlyList<string> Violations, IReadOnlyDictionary<string, int> Counts)
{
    private static readonly TimeSpan DrainPatience = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);
    private static readonly string[] InputTopics = [.. StageGroup.All.Select(stage => stage.InputTopic)];

    /// <summary>Waits until the system has drained and reads everything that a read-committed reader sees.</summary>
    /// <param name="endpoints">The system.</param>
    /// <param name="acknowledged">The prompts that Ingest acknowledged.</param>
    /// <param name="directory">For files.</param>
    /// <exception cref="TimeoutException">It does not drain.</exception>
    public static async Task<Harvest> TakeAsync(Endpoints endpoints, IReadOnlyCollection<string> acknowledged, string directory)
    {
        Directory.CreateDirectory(directory);
        using var registry = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = endpoints.SchemaRegistryUrl });
        using var reader = new TopicReader(endpoints.BootstrapServers, RunDataset.ReadTopics);
        using var dataset = new RunDataset(directory, new AvroRecords(registry), Workload.Attempts, recording: null);
        var audit = new RecordAudit(new AvroRecords(registry));
        foreach (var id in acknowledged)
        {
            dataset.Fates.Accept(id);
        }

        using var ending = new CancellationTokenSource(DrainPatience);
        var following = FollowAsync(reader, dataset, audit, ending.Token);
        var draining = DrainAsync(endpoints, reader.Partitions, dataset, ending.Token);
        await await Task.WhenAny(following, draining);
        await ending.CancelAsync();
        await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        IReadOnlyList<string> repeated = dataset.Repeated == 0 ? [] : [$"{dataset.Repeated} samples have two verdicts"];
        return new Harvest(
            await BytesAsync(dataset.Curated, directory, "curated.jsonl"),
            await BytesAsync(dataset.Verified, directory, "verified.jsonl"),
            await BytesAsync(dataset.Rejected, directory, "rejected.jsonl"),
            dataset.Fates.Count(),
            dataset.Fates.Seen,
            [.. audit.Violations(), .. repeated],
            audit.Counts);
    }

    private static async Task FollowAsync(TopicReader reader, RunDataset dataset, RecordAudit audit, CancellationToken cancellationToken)
    {
        await foreach (var record in reader.ReadAsync(Offset.Beginning, cancellationToken))
        {
            if (!record.IsPartitionEOF)
            {
                await audit.TakeAsync(record);
            }

            await dataset.TakeAsync(record);
        }
    }

    /// <summary>Committed offsets first, then the ends, then everything up to them read: see <see cref="PartitionLedger.IsProcessed"/>.</summary>
    private static async Task DrainAsync(Endpoints endpoints, IReadOnlyList<TopicPartition> partitions, RunDataset dataset, CancellationToken cancellationToken)
    {
        using var offsets = new GroupOffsets(endpoints.BootstrapServers);
        var inputs = partitions.Where(partition => InputTopics.Contains(partition.Topic)).ToList();
        var behind = "nothing was asked";
        try
        {
            while (true)
            {
                var committed = await offsets.CommittedAsync(inputs);
                var ends = await offsets.EndsAsync(partitions);
                lock (dataset.Gate)
                {
                    var isRead = dataset.Ledger.HasReached(ends);
                    behind = isRead ? "a stage is behind" : "a partition cannot be read to its end: a transaction is open";
                    if (isRead && dataset.Ledger.IsProcessed(committed, InputTopics))
                    {
                        return;
                    }
                }

                behind += "; committed " + string.Join(", ", committed.Select(entry => $"{entry.Key}: {entry.Value} of {ends[entry.Key]}"));
                await Task.Delay(LookEvery, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"Left alone for {DrainPatience.TotalMinutes:0} min, the system has not drained: {behind}");
        }
    }

    private static async Task<byte[]> BytesAsync(Cli.Exporting.SpoolFile lines, string directory, string name)
    {
        var path = Path.Combine(directory, name);
        await lines.WriteAsync(path, CancellationToken.None);
        return await File.ReadAllBytesAsync(path);
    }
}

using System.Buffers.Text;
using Microsoft.Extensions.Logging;
using StreamDistill.Contracts;
using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Catalog;

/// <summary>
/// Which topics there are. Its members may be called by several threads; reading takes no lock. A change makes what it needs on
/// disk first, then replaces the catalog's file, then shows itself: a change cut short has not happened, and what it left is
/// removed at the next start.
/// </summary>
internal sealed class TopicCatalog : IDisposable
{
    /// <summary>Where committed offsets are kept: one partition, compacted.</summary>
    public const string ConsumerOffsets = "__consumer_offsets";

    /// <summary>Where transactions are kept: one partition, compacted.</summary>
    public const string TransactionState = "__transaction_state";

    /// <summary>The id of the only node: broker, controller, leader and coordinator of everything.</summary>
    public const int NodeId = 1;

    /// <summary>Every partition's leader epoch: leaders do not change.</summary>
    public const int LeaderEpoch = 0;

    private const int ProducerIdsAhead = 1000;

    /// <summary>
    /// A decision to commit stays in the transactions' log until the markers that follow it are on disk for long: where a power cut
    /// takes a marker, the decision writes it again.
    /// </summary>
    private static readonly Dictionary<string, string> InternalSettings = new()
    {
        [TopicSettings.CleanupPolicy] = "compact",
        ["min.compaction.lag.ms"] = "60000",
        ["segment.bytes"] = "16777216",
    };

    private readonly Lock changing = new();
    private readonly IFileSystem files;
    private readonly string directory;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly FileStream lockFile;
    private readonly TopicFolders folders;
    private CatalogContent content;
    private long nextProducerId;
    private volatile Snapshot snapshot = new([]);

    private TopicCatalog(
        IFileSystem files, string directory, CatalogOptions options, TimeProvider time, ILogger logger, FileStream lockFile, CatalogContent content)
    {
        this.files = files;
        this.directory = directory;
        this.time = time;
        this.logger = logger;
        this.lockFile = lockFile;
        this.content = content;
        Options = options;
        folders = new TopicFolders(files, directory, logger);
        nextProducerId = content.NextProducerId;
    }

    /// <summary>What topics there may be.</summary>
    public CatalogOptions Options { get; }

    /// <summary>The cluster's id, the same for the life of the data directory.</summary>
    public string ClusterId => content.ClusterId;

    /// <summary>Where everything is kept, as a full path.</summary>
    public string DataDirectory => Path.GetFullPath(directory);

    /// <summary>Every topic by name, internal ones too. A snapshot that never changes.</summary>
    public IReadOnlyDictionary<string, TopicState> Topics => snapshot.ByName;

    /// <summary>Opens what a data directory holds, or begins a new one, and recovers every partition.</summary>
    /// <exception cref="StreamDistillException">Another broker uses the directory, or what is in it is damaged.</exception>
    public static TopicCatalog Open(IFileSystem files, string directory, CatalogOptions options, TimeProvider time, ILogger logger)
    {
        files.CreateDirectory(directory);
        var lockFile = TakeLock(directory);
        TopicCatalog? catalog = null;
        try
        {
            var content = CatalogFile.Read(files, directory) ?? new CatalogContent(Base64Url.EncodeToString(Guid.NewGuid().ToByteArray(bigEndian: true)), 0, []);
            catalog = new TopicCatalog(files, directory, options, time, logger, lockFile, content);
            catalog.OpenTopics();
            return catalog;
        }
        catch
        {
            if (catalog is null)
            {
                lockFile.Dispose();
            }
            else
            {
                catalog.Dispose();
            }

            throw;
        }
    }

    /// <summary>Null where there is none.</summary>
    public TopicState? Find(string name) => snapshot.ByName.GetValueOrDefault(name);

    /// <summary>Null where there is none.</summary>
    public TopicState? Find(Guid id) => snapshot.ById.GetValueOrDefault(id);

    /// <summary>The log, or null where topic or partition do not exist.</summary>
    public PartitionLog? Partition(string topic, int partition) => Find(topic)?.Partition(partition);

    /// <summary>Makes a topic; it survives a power cut once this returns.</summary>
    /// <returns>None, or TopicAlreadyExists, InvalidTopic, InvalidPartitions, InvalidConfig, KafkaStorageError and a message.</returns>
    public (ErrorCode Error, string? Message) Create(string name, int partitions, IReadOnlyDictionary<string, string> settings, bool validateOnly = false)
    {
        lock (changing)
        {
            var problem = ProblemOfNew(name, partitions, settings);
            if (problem.Error != ErrorCode.None || validateOnly)
            {
                return problem;
            }

            var topic = new CatalogTopic(name, Guid.NewGuid(), partitions, new Dictionary<string, string>(settings));
            return OpenNew(topic, []);
        }
    }

    /// <summary>Deletes a topic with its records. Who still reads one of its logs gets an error.</summary>
    /// <returns>None, or UnknownTopicOrPartition, InvalidTopic, KafkaStorageError and a message.</returns>
    public (ErrorCode Error, string? Message) Delete(string name)
    {
        lock (changing)
        {
            if (Find(name) is not { } state)
            {
                return (ErrorCode.UnknownTopicOrPartition, $"There is no topic '{name}'.");
            }

            if (state.IsInternal)
            {
                return (ErrorCode.InvalidTopic, $"The topic '{name}' is the broker's own and cannot be deleted.");
            }

            var topic = content.Topics.Single(t => t.Name == name);
            var problem = Keep(content with { Topics = [.. content.Topics.Where(t => t.Name != name)] });
            if (problem.Error != ErrorCode.None)
            {
                return problem;
            }

            snapshot = new Snapshot(snapshot.ByName.Values.Where(t => t.Name != name));
            CloseAll(state.Partitions);
            folders.Remove(topic);
            return (ErrorCode.None, null);
        }
    }

    /// <summary>Gives a topic more partitions.</summary>
    /// <returns>None, or UnknownTopicOrPartition, InvalidTopic, InvalidPartitions, KafkaStorageError and a message.</returns>
    public (ErrorCode Error, string? Message) Grow(string name, int partitions, bool validateOnly = false)
    {
        lock (changing)
        {
            if (Find(name) is not { } state)
            {
                return (ErrorCode.UnknownTopicOrPartition, $"There is no topic '{name}'.");
            }

            if (state.IsInternal)
            {
                return (ErrorCode.InvalidTopic, $"The topic '{name}' is the broker's own and has one partition.");
            }

            if (partitions <= state.Partitions.Count)
            {
                return (ErrorCode.InvalidPartitions, $"The topic '{name}' has {state.Partitions.Count} partitions; it can only get more, {partitions} was asked for.");
            }

            if (ProblemOfCount(partitions, partitions - state.Partitions.Count) is { } problem)
            {
                return (ErrorCode.InvalidPartitions, problem);
            }

            var topic = content.Topics.Single(t => t.Name == name) with { Partitions = partitions };
            return validateOnly ? (ErrorCode.None, null) : OpenNew(topic, state.Partitions);
        }
    }

    /// <summary>Replaces what is set for a topic.</summary>
    /// <returns>None, or UnknownTopicOrPartition, InvalidConfig, KafkaStorageError and a message.</returns>
    public (ErrorCode Error, string? Message) Alter(
        string name, Func<IReadOnlyDictionary<string, string>, IReadOnlyDictionary<string, string>> change, bool validateOnly = false)
    {
        lock (changing)
        {
            if (Find(name) is not { } state)
            {
                return (ErrorCode.UnknownTopicOrPartition, $"There is no topic '{name}'.");
            }

            var settings = change(state.Settings);
            if (TopicSettings.Problem(settings) is { } wrong)
            {
                return (ErrorCode.InvalidConfig, wrong);
            }

            if (state.IsInternal && TopicSettings.Value(settings, TopicSettings.CleanupPolicy) != "compact")
            {
                return (ErrorCode.InvalidConfig, $"The topic '{name}' is the broker's own and is compacted.");
            }

            if (validateOnly)
            {
                return (ErrorCode.None, null);
            }

            var problem = Keep(content with { Topics = [.. content.Topics.Select(t => t.Name == name ? t with { Settings = settings } : t)] });
            if (problem.Error == ErrorCode.None)
            {
                Show(state with { Settings = settings });
                foreach (var log in state.Partitions)
                {
                    log.Options = TopicSettings.ToLogOptions(settings);
                }
            }

            return problem;
        }
    }

    /// <summary>The first of <paramref name="count" /> producer ids that were never given out and never will be again, after a crash either.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    public long AllocateProducerIds(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        lock (changing)
        {
            var first = nextProducerId;
            if (first + count > content.NextProducerId)
            {
                var ahead = content with { NextProducerId = first + Math.Max(count, ProducerIdsAhead) };
                CatalogFile.Write(files, directory, ahead);
                content = ahead;
            }

            nextProducerId = first + count;
            return first;
        }
    }

    /// <summary>Closes every log and lets another broker have the directory.</summary>
    public void Dispose()
    {
        lock (changing)
        {
            CloseAll(snapshot.ByName.Values.SelectMany(t => t.Partitions));
            snapshot = new Snapshot([]);
            lockFile.Dispose();
        }
    }

    private static FileStream TakeLock(string directory)
    {
        var path = Path.Combine(directory, "lock");
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new StreamDistillException($"The broker cannot use the data directory {directory}: {e.Message} Another broker may be using it; stop that one, or choose another directory.", isTransient: false, e);
        }
    }

    private static void CloseAll(IEnumerable<PartitionLog> logs) => Parallel.ForEach(logs, log => log.Dispose());

    private void OpenTopics()
    {
        if (content.Topics.Count == 0)
        {
            // A first start that was cut short has left nothing that counts; this one makes both at once.
            content = content with { Topics = [.. new[] { ConsumerOffsets, TransactionState }.Select(name => new CatalogTopic(name, Guid.NewGuid(), 1, InternalSettings))] };
            foreach (var topic in content.Topics)
            {
                folders.Make(topic, 0);
            }

            CatalogFile.Write(files, directory, content);
        }

        folders.Reconcile(content.Topics);
        var opened = OpenLogs([.. content.Topics.SelectMany(t => Enumerable.Range(0, t.Partitions).Select(p => (t, p)))]);
        snapshot = new Snapshot(content.Topics.Select(t => new TopicState(t.Name, t.Id, [.. Enumerable.Range(0, t.Partitions).Select(p => opened[(t.Name, p)])], t.Settings)));
    }

    private Dictionary<(string, int), PartitionLog> OpenLogs(IReadOnlyList<(CatalogTopic Topic, int Partition)> partitions)
    {
        var logs = new PartitionLog?[partitions.Count];
        try
        {
            Parallel.For(0, logs.Length, i =>
            {
                var (topic, partition) = partitions[i];
                logs[i] = PartitionLog.Open(files, folders.Partition(topic, partition), $"{topic.Name}-{partition}", TopicSettings.ToLogOptions(topic.Settings), time, logger);
            });
        }
        catch (AggregateException e)
        {
            CloseAll(logs.OfType<PartitionLog>());
            throw e.InnerExceptions[0] as StreamDistillException ?? new StreamDistillException($"The broker cannot open its logs: {e.InnerExceptions[0].Message}", isTransient: false, e.InnerExceptions[0]);
        }

        return partitions.Select((p, i) => (p, i)).ToDictionary(x => (x.p.Topic.Name, x.p.Partition), x => logs[x.i]!);
    }

    /// <summary>Makes the partitions of a topic that it has not got yet, and keeps and shows it.</summary>
    private (ErrorCode Error, string? Message) OpenNew(CatalogTopic topic, IReadOnlyList<PartitionLog> existing)
    {
        IReadOnlyList<PartitionLog> added;
        try
        {
            folders.Make(topic, existing.Count);
            var opened = OpenLogs([.. Enumerable.Range(existing.Count, topic.Partitions - existing.Count).Select(p => (topic, p))]);
            added = [.. opened.OrderBy(l => l.Key.Item2).Select(l => l.Value)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or StreamDistillException)
        {
            logger.LogWarning("The partitions of {Topic} cannot be made: {Reason}", topic.Name, e.Message);
            if (existing.Count == 0)
            {
                folders.Remove(topic);
            }

            return (ErrorCode.KafkaStorageError, $"The partitions of '{topic.Name}' cannot be made: {e.Message}");
        }

        var problem = Keep(content with { Topics = [.. content.Topics.Where(t => t.Name != topic.Name), topic] });
        if (problem.Error != ErrorCode.None)
        {
            // The file that the disk has now may name the topic: its directories stay until a start knows which it is.
            CloseAll(added);
            return problem;
        }

        Show(new TopicState(topic.Name, topic.Id, [.. existing, .. added], topic.Settings));
        return (ErrorCode.None, null);
    }

    private (ErrorCode Error, string? Message) ProblemOfNew(string name, int partitions, IReadOnlyDictionary<string, string> settings)
    {
        if (TopicNames.Problem(name) is { } badName)
        {
            return (ErrorCode.InvalidTopic, badName);
        }

        if (Find(name) is not null)
        {
            return (ErrorCode.TopicAlreadyExists, $"Topic '{name}' already exists.");
        }

        if (snapshot.ByName.Keys.FirstOrDefault(other => TopicNames.Collide(name, other)) is { } other)
        {
            return (ErrorCode.InvalidTopic, $"The topic '{name}' collides with '{other}': '.' and '_' count as the same.");
        }

        if (ProblemOfCount(partitions, partitions) is { } badCount)
        {
            return (ErrorCode.InvalidPartitions, badCount);
        }

        return TopicSettings.Problem(settings) is { } badSettings ? (ErrorCode.InvalidConfig, badSettings) : (ErrorCode.None, null);
    }

    private string? ProblemOfCount(int partitions, int added)
    {
        if (partitions < 1 || partitions > Options.TopicPartitionsMax)
        {
            return $"A topic has 1 to {Options.TopicPartitionsMax} partitions; {partitions} was asked for.";
        }

        var present = snapshot.ByName.Values.Sum(t => t.Partitions.Count);
        return present + added > Options.PartitionsMax
            ? $"This broker has {present} partitions and takes {Options.PartitionsMax}; {added} more was asked for."
            : null;
    }

    private (ErrorCode Error, string? Message) Keep(CatalogContent changed)
    {
        try
        {
            CatalogFile.Write(files, directory, changed);
            content = changed;
            return (ErrorCode.None, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.LogError("The catalog cannot be written: {Reason}", e.Message);
            return (ErrorCode.KafkaStorageError, $"The catalog cannot be written: {e.Message}");
        }
    }

    private void Show(TopicState topic) => snapshot = new Snapshot(snapshot.ByName.Values.Where(t => t.Name != topic.Name).Append(topic));

    private sealed class Snapshot
    {
        public Snapshot(IEnumerable<TopicState> topics)
        {
            ByName = topics.ToDictionary(t => t.Name);
            ById = ByName.Values.ToDictionary(t => t.Id);
        }

        public IReadOnlyDictionary<string, TopicState> ByName { get; }

        public IReadOnlyDictionary<Guid, TopicState> ById { get; }
    }
}

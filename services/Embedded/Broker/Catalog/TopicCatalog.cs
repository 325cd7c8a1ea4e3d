using System.Buffers.Text;
using Microsoft.Extensions.Logging;
using StreamDistill.Contracts;
using StreamDistill.Embedded.Broker.Log;

namespace StreamDistill.Embedded.Broker.Catalog;

/// <summary>
/// Which topics there are. Its members may be called by several threads; reading takes no lock. A change makes what it needs on
/// disk first, then replaces the catalog's file, then shows itself: a change cut short has not happened, and what it left is
/// removed at the next start.
/// </summary>
internal sealed partial class TopicCatalog : IDisposable
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

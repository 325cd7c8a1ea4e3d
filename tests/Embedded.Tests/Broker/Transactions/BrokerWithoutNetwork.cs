using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Groups;
using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Protocol;
using StreamDistill.Embedded.Broker.Transactions;

namespace StreamDistill.Embedded.Tests.Broker.Transactions;

/// <summary>Catalog, groups and transactions over a data directory, with topics <c>a</c> and <c>b</c> of two partitions each.</summary>
internal sealed class BrokerWithoutNetwork : IAsyncDisposable
{
    public const string GroupId = "group";

    public required TopicCatalog Catalog { get; init; }

    public required GroupCoordinator Groups { get; init; }

    public required TransactionCoordinator Transactions { get; init; }

    public static async Task<BrokerWithoutNetwork> StartAsync(string directory, TimeProvider time, string? boot = "boot", IFileSystem? files = null)
    {
        var catalog = TopicCatalog.Open(files ?? DiskFileSystem.Instance, directory, new CatalogOptions(), time, NullLogger.Instance);
        foreach (var topic in new[] { "a", "b" })
        {
            if (catalog.Find(topic) is null)
            {
                Assert.Equal(ErrorCode.None, catalog.Create(topic, 2, new Dictionary<string, string>()).Error);
            }
        }

        var groups = new GroupCoordinator(
            catalog.Partition(TopicCatalog.ConsumerOffsets, 0)!, (topic, partition) => catalog.Partition(topic, partition) is not null, new GroupOptions(), time, NullLogger.Instance);
        var transactions = new TransactionCoordinator(catalog, groups, time, NullLogger.Instance);
        await transactions.RecoverAsync(boot);
        return new BrokerWithoutNetwork { Catalog = catalog, Groups = groups, Transactions = transactions };
    }

    public PartitionLog Log(string topic, int partition) => Catalog.Partition(topic, partition)!;

    public async Task<ProducerIdAndEpoch> InitAsync(string id, int timeoutMs = 60_000, ProducerIdAndEpoch? claimed = null)
    {
        var (error, producer) = await Transactions.InitProducerIdAsync(id, timeoutMs, claimed);
        Assert.Equal(ErrorCode.None, error);
        return producer;
    }

    public ErrorCode Add(string id, ProducerIdAndEpoch producer, params TransactionPartition[] partitions) =>
        Transactions.AddPartitions(id, producer.ProducerId, producer.Epoch, partitions);

    public ErrorCode Produce(string id, ProducerIdAndEpoch producer, string topic, int partition, int sequence, string value)
    {
        var batch = RecordBatch.Build([new LogRecord(0, 1, null, Encoding.UTF8.GetBytes(value))], producer.ProducerId, producer.Epoch, sequence, isTransactional: true);
        return Transactions.AppendInTransaction(id, producer.ProducerId, producer.Epoch, topic, partition, () => Log(topic, partition).Append(batch)).Error;
    }

    public ErrorCode CommitOffset(string id, ProducerIdAndEpoch producer, long offset)
    {
        var commit = new OffsetCommit(GroupId, new MemberIdentity("", null), [new OffsetToCommit("a", 0, offset, -1, null)]);
        return Transactions.AppendInTransaction(
            id, producer.ProducerId, producer.Epoch, TopicCatalog.ConsumerOffsets, 0, () => Groups.CommitInTransaction(commit, producer.ProducerId, producer.Epoch, new ErrorCode[1])).Error;
    }

    public ValueTask<ErrorCode> EndAsync(string id, ProducerIdAndEpoch producer, bool isCommit = true) =>
        Transactions.EndAsync(id, producer.ProducerId, producer.Epoch, isCommit);

    /// <summary>The group's offset, null where none is committed or where it is not certain yet.</summary>
    public long? CommittedOffset() => Groups.Fetch(GroupId, [new("a", 0)], requireStable: true)[0].Committed?.Offset;

    /// <summary>What a committed reader sees, by the markers in the log alone.</summary>
    public List<string> Committed(string topic, int partition)
    {
        var log = Log(topic, partition);
        var (open, seen) = (new Dictionary<long, List<string>>(), new List<string>());
        foreach (var batch in RecordBatch.ReadAll(log, 0).Where(b => b.BaseOffset < log.LastStableOffset))
        {
            if (!open.TryGetValue(batch.ProducerId, out var pending))
            {
                open[batch.ProducerId] = pending = [];
            }

            if (batch.IsControl)
            {
                seen.AddRange(batch.IsCommit ? pending : []);
                pending.Clear();
            }
            else
            {
                pending.AddRange(batch.Records.Select(r => Encoding.UTF8.GetString(r.Value!.Value.Span)));
            }
        }

        return seen;
    }

    public bool IsStable(string topic, int partition) => Log(topic, partition).LastStableOffset == Log(topic, partition).EndOffset;

    public async ValueTask DisposeAsync()
    {
        await Transactions.DisposeAsync();
        Groups.Dispose();
        Catalog.Dispose();
    }
}

using StreamDistill.Embedded.SchemaRegistry;
using StreamDistill.Embedded.SchemaRegistry.Storage;

namespace StreamDistill.Embedded.Tests.SchemaRegistry;

/// <summary>A topic's records in memory, that can fail as Kafka can. Several registries may have it.</summary>
internal sealed class FakeTopic
{
    private int owner;

    /// <summary>What happens to the next write; null lets it be.</summary>
    public Fault? Next { get; set; }

    public List<(byte[] Key, byte[]? Value)> Records { get; } = [];

    /// <summary>A registry's side of it, that shuts out the one before when it opens.</summary>
    public IChangeLog Connect() => new Log(this, ++connections);

    /// <summary>Keeps only the last record of each key, and none that takes back.</summary>
    public void Compact()
    {
        var last = Records.Select((record, index) => (Key: Convert.ToHexString(record.Key), index)).ToLookup(each => each.Key, each => each.index);
        var kept = Records.Where((record, index) => record.Value != null && last[Convert.ToHexString(record.Key)].Last() == index).ToList();
        Records.Clear();
        Records.AddRange(kept);
    }

    private int connections;

    internal enum Fault
    {
        LostBeforeItWasKept,
        AnswerLostAfterItWasKept,
    }

    private sealed class Log(FakeTopic topic, int self) : IChangeLog
    {
        public Task<SubjectStore> OpenAsync(CancellationToken cancellationToken)
        {
            topic.owner = self;
            var store = new SubjectStore();
            foreach (var (key, value) in topic.Records)
            {
                if (SchemasRecord.Read(key, value) is { } change)
                {
                    store.Apply(change);
                }
            }

            return Task.FromResult(store);
        }

        public Task WriteAsync(IReadOnlyList<Change> changes)
        {
            if (topic.owner != self)
            {
                throw new SupersededException("_schemas");
            }

            var fault = topic.Next;
            topic.Next = null;
            if (fault != Fault.LostBeforeItWasKept)
            {
                topic.Records.AddRange(changes.Select(SchemasRecord.Of));
            }

            return fault is null ? Task.CompletedTask : throw StoreException.TimedOut("Write", "no answer.");
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>A Fetch request, read.</summary>
internal sealed class FetchRequest
{
    private FetchRequest(KafkaReader body, short version)
    {
        Version = version;
        if (version <= 14)
        {
            body.ReadInt32(); // replica_id
        }

        MaxWait = TimeSpan.FromMilliseconds(Math.Max(0, body.ReadInt32()));
        MinBytes = body.ReadInt32();
        MaxBytes = Math.Max(0, body.ReadInt32());
        Isolation = body.ReadIsolationLevel();
        if (version >= 7)
        {
            SessionId = body.ReadInt32();
            SessionEpoch = body.ReadInt32();
        }

        Topics = body.ReadArray(reader => ReadTopic(reader, version));
        if (version >= 7)
        {
            body.ReadArray(reader => ReadForgotten(reader, version));
        }

        if (version >= 11)
        {
            body.ReadString(); // rack_id
        }

        body.SkipTags();
    }

    public short Version { get; }

    public TimeSpan MaxWait { get; }

    public int MinBytes { get; }

    public int MaxBytes { get; }

    public IsolationLevel Isolation { get; }

    public int SessionId { get; }

    public int SessionEpoch { get; } = -1;

    public List<Topic> Topics { get; }

    public static FetchRequest Read(KafkaReader body, short version) => new(body, version);

    private static Topic ReadTopic(KafkaReader reader, short version)
    {
        var (name, id) = version >= 13 ? (null, reader.ReadUuid()) : (reader.ReadString(), Guid.Empty);
        var topic = new Topic(name, id, reader.ReadArray(inner => ReadPartition(inner, version)));
        reader.SkipTags();
        return topic;
    }

    private static Partition ReadPartition(KafkaReader reader, short version)
    {
        var index = reader.ReadInt32();
        var epoch = version >= 9 ? reader.ReadInt32() : -1;
        var offset = reader.ReadInt64();
        if (version >= 12)
        {
            reader.ReadInt32(); // last_fetched_epoch: there is one epoch, so nothing can diverge.
        }

        if (version >= 5)
        {
            reader.ReadInt64(); // log_start_offset, of followers
        }

        var partition = new Partition(index, epoch, offset, Math.Max(0, reader.ReadInt32()));
        reader.SkipTags();
        return partition;
    }

    /// <summary>Partitions to leave out of a session; there are no sessions.</summary>
    private static bool ReadForgotten(KafkaReader reader, short version)
    {
        if (version >= 13)
        {
            reader.ReadUuid();
        }
        else
        {
            reader.ReadString();
        }

        reader.ReadArray(static inner => inner.ReadInt32());
        reader.SkipTags();
        return true;
    }

    /// <summary>A topic, by name before version 13 and by id from then on.</summary>
    internal sealed record Topic(string? Name, Guid Id, List<Partition> Partitions);

    /// <summary>A partition, and from where how much of it is wanted.</summary>
    internal sealed record Partition(int Index, int LeaderEpoch, long Offset, int MaxBytes)
    {
        /// <summary>Its log, where there is one.</summary>
        public PartitionLog? Log { get; set; }

        /// <summary>Why it cannot be read; None where it can.</summary>
        public ErrorCode Error { get; set; }
    }
}

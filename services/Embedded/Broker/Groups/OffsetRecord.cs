using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Groups;

/// <summary>A partition of a topic.</summary>
internal readonly record struct TopicPartition(string Topic, int Partition);

/// <summary>A committed offset.</summary>
/// <param name="Offset">The next record to read.</param>
/// <param name="LeaderEpoch">-1 where the client did not say.</param>
/// <param name="Metadata">What the client wants to remember with it.</param>
/// <param name="CommittedAtMs">Milliseconds since 1970.</param>
internal sealed record CommittedOffset(long Offset, int LeaderEpoch, string Metadata, long CommittedAtMs);

/// <summary>
/// The records of __consumer_offsets, Kafka's own (OffsetCommitKey.json, OffsetCommitValue.json of its group coordinator). All
/// numbers are big-endian; STRING is an INT16 length and UTF-8.
/// <code>
/// key    version INT16 = 1 (0 is read too), group STRING, topic STRING, partition INT32
/// value  version INT16 = 3, offset INT64, leader_epoch INT32 (from version 3), metadata STRING, commit_timestamp INT64,
///        expire_timestamp INT64 (version 1 only, not used); version 4 has compact strings and ends with tags
///        null: the offset is deleted
/// </code>
/// Keys of other versions (2: members of a group, written by Apache Kafka) are passed over. Later records of a key replace
/// earlier ones; those of a transaction count from its commit marker on, in the order in which the records stand.
/// </summary>
internal static class OffsetRecord
{
    private const short KeyVersion = 1;
    private const short ValueVersion = 3;

    public static LogRecord Of(string group, TopicPartition partition, CommittedOffset? offset, long timestampMs) =>
        new(0, timestampMs, Key(group, partition), offset is null ? default(ReadOnlyMemory<byte>?) : Value(offset));

    /// <summary>False where the record is not a committed offset.</summary>
    /// <exception cref="MalformedRequestException">It claims to be one and is not.</exception>
    public static bool TryRead(LogRecord record, out string group, out TopicPartition partition, out CommittedOffset? offset)
    {
        (group, partition, offset) = ("", default, null);
        if (record.Key is not { } key)
        {
            return false;
        }

        var reader = new KafkaReader(key, isFlexible: false);
        if (reader.ReadInt16() is < 0 or > KeyVersion)
        {
            return false;
        }

        group = reader.ReadString();
        partition = new TopicPartition(reader.ReadString(), reader.ReadInt32());
        offset = record.Value is { } value ? ReadValue(value) : null;
        return true;
    }

    private static byte[] Key(string group, TopicPartition partition)
    {
        using var writer = new KafkaWriter(isFlexible: false);
        writer.WriteInt16(KeyVersion);
        writer.WriteString(group);
        writer.WriteString(partition.Topic);
        writer.WriteInt32(partition.Partition);
        return writer.Written.ToArray();
    }

    private static byte[] Value(CommittedOffset offset)
    {
        using var writer = new KafkaWriter(isFlexible: false);
        writer.WriteInt16(ValueVersion);
        writer.WriteInt64(offset.Offset);
        writer.WriteInt32(offset.LeaderEpoch);
        writer.WriteString(offset.Metadata);
        writer.WriteInt64(offset.CommittedAtMs);
        return writer.Written.ToArray();
    }

    private static CommittedOffset ReadValue(ReadOnlyMemory<byte> value)
    {
        var reader = new KafkaReader(value, isFlexible: false);
        var version = reader.ReadInt16();
        if (version is < 0 or > 4)
        {
            throw new MalformedRequestException($"A committed offset has version {version}.");
        }

        reader.IsFlexible = version >= 4;
        return new CommittedOffset(reader.ReadInt64(), version >= 3 ? reader.ReadInt32() : -1, reader.ReadString(), reader.ReadInt64());
    }
}

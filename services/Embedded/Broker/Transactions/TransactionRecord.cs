using System.Buffers.Binary;
using System.Text;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Transactions;

/// <summary>
/// The records of <c>__transaction_state</c>. Key and value are Kafka's own, so that tools that read Kafka's read these
/// (TransactionLogKey version 0, TransactionLogValue version 1; types as at https://kafka.apache.org/protocol#protocol_types):
/// <code>
/// key:   version INT16 = 0, transactional_id STRING
/// value: version INT16 = 1, producer_id INT64, producer_epoch INT16, timeout_ms INT32, state INT8,
///        partitions COMPACT_NULLABLE_ARRAY of [topic COMPACT_STRING, partitions COMPACT_ARRAY of INT32, tags],
///        updated_ms INT64, started_ms INT64, tags
/// tags:  0    previous_producer_id INT64                     (Kafka's)
///        1000 last_producer_epoch INT16                      (ours)
///        1001 COMPACT_ARRAY of INT64, in PrepareCommit only  (ours): the end each partition had when the commit was
///             prepared, in the order in which the partitions stand above
/// </code>
/// A null value removes the transactional id. One more key is ours, and Kafka's tools pass over it:
/// <code>
/// key:   version INT16 = 32767
/// value: the boot of the machine under which the broker last ran, UTF-8
/// </code>
/// </summary>
internal static class TransactionRecord
{
    private const short KeyVersion = 0;
    private const short ValueVersion = 1;
    private const short BootKeyVersion = short.MaxValue;
    private const int ProducerIdAt = 2;
    private const int StateAt = 16;
    private const uint PreviousProducerIdTag = 0;
    private const uint LastProducerEpochTag = 1000;
    private const uint EndsTag = 1001;

    /// <summary>The key under which the machine's boot is kept.</summary>
    public static byte[] BootKey { get; } = [BootKeyVersion >> 8, BootKeyVersion & 0xff];

    public static byte[] BootValue(string boot) => Encoding.UTF8.GetBytes(boot);

    public static string ReadBoot(ReadOnlyMemory<byte> value) => Encoding.UTF8.GetString(value.Span);

    public static byte[] Key(string transactionalId)
    {
        using var writer = new KafkaWriter(isFlexible: false);
        writer.WriteInt16(KeyVersion);
        writer.WriteString(transactionalId);
        return writer.Written.ToArray();
    }

    public static byte[] Value(TransactionData data)
    {
        using var writer = new KafkaWriter(isFlexible: true);
        writer.WriteInt16(ValueVersion);
        writer.WriteInt64(data.ProducerId);
        writer.WriteInt16(data.ProducerEpoch);
        writer.WriteInt32(data.TimeoutMs);
        writer.WriteInt8((sbyte)data.State);
        var topics = ByTopic(data);
        writer.WriteArray(data.State == TransactionState.Empty ? null : topics, (w, topic) =>
        {
            w.WriteString(topic.Key);
            w.WriteArray(topic.Value, (p, partition) => p.WriteInt32(partition));
            w.WriteNoTags();
        });
        writer.WriteInt64(data.UpdatedMs);
        writer.WriteInt64(data.StartedMs);
        WriteTags(writer, data, topics);
        return writer.Written.ToArray();
    }

    /// <summary>The transactional id a key stands for; null for a key that stands for something else.</summary>
    /// <exception cref="MalformedRequestException">It is not a key.</exception>
    public static string? ReadKey(ReadOnlyMemory<byte> key)
    {
        var reader = new KafkaReader(key, isFlexible: false);
        return reader.ReadInt16() == KeyVersion ? reader.ReadString() : null;
    }

    /// <exception cref="MalformedRequestException">It is not a value, or one of a version that is not known here.</exception>
    public static TransactionData ReadValue(string transactionalId, ReadOnlyMemory<byte> value)
    {
        var reader = new KafkaReader(value, isFlexible: true);
        var version = reader.ReadInt16();
        if (version != ValueVersion)
        {
            throw new MalformedRequestException($"A transaction record of {transactionalId} has version {version}; {ValueVersion} is known.");
        }

        var (producerId, epoch, timeoutMs, state) = (reader.ReadInt64(), reader.ReadInt16(), reader.ReadInt32(), (TransactionState)reader.ReadInt8());
        if (!Enum.IsDefined(state))
        {
            throw new MalformedRequestException($"A transaction record of {transactionalId} has state {state}, which is none.");
        }

        var partitions = ReadPartitions(reader);
        var (updatedMs, startedMs) = (reader.ReadInt64(), reader.ReadInt64());
        var (previousProducerId, lastEpoch, ends) = (-1L, (short)-1, new List<long>());
        reader.ReadTags((tag, field) =>
        {
            switch (tag)
            {
                case PreviousProducerIdTag: previousProducerId = field.ReadInt64(); break;
                case LastProducerEpochTag: lastEpoch = field.ReadInt16(); break;
                case EndsTag: ends = field.ReadArray(f => f.ReadInt64()); break;
                default: break;
            }
        });
        return new TransactionData(transactionalId, state, producerId, epoch, timeoutMs, updatedMs)
        {
            StartedMs = startedMs,
            PreviousProducerId = previousProducerId,
            LastProducerEpoch = lastEpoch,
            Partitions = partitions.Select((p, i) => (Partition: p, End: i < ends.Count ? ends[i] : -1)).ToDictionary(p => p.Partition, p => p.End),
        };
    }

    /// <summary>A value's state without reading the rest; null where there is none.</summary>
    public static TransactionState? PeekState(ReadOnlyMemory<byte>? value) => value is { Length: > StateAt } bytes ? (TransactionState)bytes.Span[StateAt] : null;

    /// <summary>A value's producer id without reading the rest; -1 where there is none.</summary>
    public static long PeekProducerId(ReadOnlyMemory<byte>? value) =>
        value is { Length: > StateAt } bytes ? BinaryPrimitives.ReadInt64BigEndian(bytes.Span[ProducerIdAt..]) : -1;

    private static void WriteTags(KafkaWriter writer, TransactionData data, SortedDictionary<string, List<int>> topics)
    {
        var hasEnds = data.State == TransactionState.PrepareCommit;
        writer.WriteUnsignedVarint((data.PreviousProducerId >= 0 ? 1u : 0) + (data.LastProducerEpoch >= 0 ? 1u : 0) + (hasEnds ? 1u : 0));
        if (data.PreviousProducerId >= 0)
        {
            WriteTag(writer, PreviousProducerIdTag, field => field.WriteInt64(data.PreviousProducerId));
        }

        if (data.LastProducerEpoch >= 0)
        {
            WriteTag(writer, LastProducerEpochTag, field => field.WriteInt16(data.LastProducerEpoch));
        }

        if (hasEnds)
        {
            var ends = topics.SelectMany(topic => topic.Value.Select(p => data.Partitions[new TransactionPartition(topic.Key, p)])).ToList();
            WriteTag(writer, EndsTag, field => field.WriteArray(ends, (f, end) => f.WriteInt64(end)));
        }
    }

    private static void WriteTag(KafkaWriter writer, uint tag, Action<KafkaWriter> write)
    {
        using var field = new KafkaWriter(isFlexible: true);
        write(field);
        writer.WriteUnsignedVarint(tag);
        writer.WriteUnsignedVarint((uint)field.Length);
        field.Written.Span.CopyTo(writer.Add(field.Length));
    }

    private static SortedDictionary<string, List<int>> ByTopic(TransactionData data)
    {
        var topics = new SortedDictionary<string, List<int>>(StringComparer.Ordinal);
        foreach (var (topic, partition) in data.Partitions.Keys)
        {
            if (!topics.TryGetValue(topic, out var partitions))
            {
                topics.Add(topic, partitions = []);
            }

            partitions.Add(partition);
        }

        return topics;
    }

    private static List<TransactionPartition> ReadPartitions(KafkaReader reader)
    {
        var topics = reader.ReadNullableArray(topic =>
        {
            var name = topic.ReadString();
            var partitions = topic.ReadArray(p => p.ReadInt32());
            topic.SkipTags();
            return partitions.Select(p => new TransactionPartition(name, p));
        });
        return topics?.SelectMany(t => t).Distinct().ToList() ?? [];
    }
}

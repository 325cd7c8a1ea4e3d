using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Protocol;
using StreamDistill.Embedded.Broker.Transactions;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>
/// Produce v3 to v11: appends one record batch (magic 2) per partition. It says that v0 to v2 are supported too and refuses them,
/// as Kafka 4 does, because librdkafka compresses only for a broker that names v0 (KAFKA-18659). acks 1 and -1 are the same, as
/// there is one replica: the answer comes when a kill of the broker loses nothing, and with fsync always when a power cut loses
/// nothing either. A request with acks=0 has no answer; its connection is closed when a partition refused, so that the client
/// notices. Batches of a transaction go through the coordinator, which knows whether it is open. Topics are made by Metadata, not
/// here; the broker's own cannot be written.
/// </summary>
/// <param name="catalog">The topics.</param>
/// <param name="transactions">Know which transactions are open.</param>
/// <param name="flusher">Bounds what a power cut can take; null where every batch is flushed before it is acknowledged.</param>
/// <param name="logger">Gets what fails.</param>
internal sealed class ProduceHandler(TopicCatalog catalog, TransactionCoordinator transactions, LogFlusher? flusher, ILogger logger) : Handler(ApiKey.Produce, 0, 11, 9)
{
    private const short OldestVersion = 3;

    public override async ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
    {
        if (request.Version < OldestVersion)
        {
            throw new MalformedRequestException($"Produce version {request.Version} is not supported; {OldestVersion} to {MaxVersion} are.");
        }

        var body = request.Body;
        var transactionalId = body.ReadNullableString();
        var acks = body.ReadInt16();
        body.ReadInt32(); // timeout_ms: there is no follower to wait for.
        var topics = body.ReadArray(ReadTopic);
        body.SkipTags();

        foreach (var topic in topics)
        {
            foreach (var partition in topic.Partitions)
            {
                Append(partition, topic.Name, transactionalId, acks, request.Version);
            }
        }

        if (flusher is not null)
        {
            // A transaction is flushed when it is committed.
            if (transactionalId is null)
            {
                await flusher.WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        else
        {
            foreach (var partition in topics.SelectMany(topic => topic.Partitions))
            {
                await FlushAsync(partition).ConfigureAwait(false);
            }
        }

        if (acks == 0)
        {
            request.Connection.ClosesBecause = topics.SelectMany(topic => topic.Partitions).Any(partition => partition.Result.Error != ErrorCode.None)
                ? "a produce request that wants no answer was refused." : null;
            return false;
        }

        Write(response, request.Version, topics);
        return true;
    }

    private static TopicData ReadTopic(KafkaReader reader)
    {
        var topic = new TopicData(reader.ReadString(), reader.ReadArray(static inner =>
        {
            var partition = new PartitionData(inner.ReadInt32(), inner.ReadNullableBytes() ?? default);
            inner.SkipTags();
            return partition;
        }));
        reader.SkipTags();
        return topic;
    }

    private static void Write(KafkaWriter response, short version, List<TopicData> topics)
    {
        response.WriteArray(topics, (writer, topic) =>
        {
            writer.WriteString(topic.Name);
            writer.WriteArray(topic.Partitions, (inner, partition) => Write(inner, partition, version));
            writer.WriteNoTags();
        });
        response.WriteInt32(0); // throttle_time_ms
        response.WriteNoTags();
    }

    private static void Write(KafkaWriter writer, PartitionData partition, short version)
    {
        var result = partition.Result;
        writer.WriteInt32(partition.Index);
        writer.WriteError(result.Error);
        writer.WriteInt64(result.BaseOffset);
        writer.WriteInt64(result.LogAppendTimeMs);
        if (version >= 5)
        {
            writer.WriteInt64(result.Error == ErrorCode.None ? partition.Log!.StartOffset : -1);
        }

        if (version >= 8)
        {
            writer.WriteArrayLength(0); // record_errors: a batch is taken or refused as a whole.
            writer.WriteString(result.Message);
        }

        writer.WriteNoTags();
    }

    private static AppendResult Refused(ErrorCode error, string? message = null) => new(error, -1, -1, message);

    private void Append(PartitionData data, string topic, string? transactionalId, short acks, short version)
    {
        var state = catalog.Find(topic);
        data.Log = state?.Partition(data.Index);
        try
        {
            data.Result = acks is not (0 or 1 or -1) ? Refused(ErrorCode.InvalidRequiredAcks)
                : data.Log is null ? Refused(ErrorCode.UnknownTopicOrPartition)
                : state!.IsInternal ? Refused(ErrorCode.InvalidTopic, $"'{topic}' is the broker's own: it cannot be written.")
                : Append(data.Log, data, topic, transactionalId, version);
        }
        catch (ObjectDisposedException)
        {
            // The topic was deleted between the look-up and the append.
            data.Result = Refused(ErrorCode.UnknownTopicOrPartition);
        }
    }

    private AppendResult Append(PartitionLog log, PartitionData data, string topic, string? transactionalId, short version)
    {
        // The frame is this request's own: the log may write offsets into it.
        var batch = MemoryMarshal.AsMemory(data.Records);
        if (batch.Length < BatchHeader.Size)
        {
            return Refused(ErrorCode.CorruptMessage, $"A record batch has at least {BatchHeader.Size} bytes; this one has {batch.Length}.");
        }

        var header = new BatchHeader(batch.Span);
        if (header.IsControl)
        {
            return Refused(ErrorCode.InvalidRecord, "Control batches are the broker's own.");
        }

        if (version < 7 && header.Compression == Compression.Zstd)
        {
            return Refused(ErrorCode.UnsupportedCompressionType, "zstd needs Produce version 7.");
        }

        if (header.IsTransactional != transactionalId is not null)
        {
            return Refused(ErrorCode.InvalidTxnState, header.IsTransactional ? "The batch belongs to a transaction, and the request names none." : "The request names a transaction, and the batch belongs to none.");
        }

        return transactionalId is null
            ? log.Append(batch)
            : transactions.AppendInTransaction(transactionalId, header.ProducerId, header.ProducerEpoch, topic, data.Index, () => log.Append(batch));
    }

    private async ValueTask FlushAsync(PartitionData data)
    {
        if (data.Result.Error != ErrorCode.None)
        {
            return;
        }

        try
        {
            await data.Log!.FlushAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            logger.LogError("{Partition} cannot be flushed: {Reason}", data.Log!.Name, e.Message);
            data.Result = Refused(ErrorCode.KafkaStorageError, $"{data.Log!.Name} cannot be flushed: {e.Message}");
        }
    }

    private sealed record TopicData(string Name, List<PartitionData> Partitions);

    private sealed class PartitionData(int index, ReadOnlyMemory<byte> records)
    {
        public int Index { get; } = index;

        public ReadOnlyMemory<byte> Records { get; } = records;

        public PartitionLog? Log { get; set; }

        public AppendResult Result { get; set; }
    }
}

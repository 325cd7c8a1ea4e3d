using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>
/// ListOffsets v1 to v10: the first offset (-2, and -4 for the local log, which is the whole log), the end (-1; for committed
/// readers the last stable offset), the record with the greatest time (-3), what is in tiered storage (-5, nothing), or the first
/// record with a time or a later one. Offset and time are -1 where there is none.
/// </summary>
internal sealed class ListOffsetsHandler(TopicCatalog catalog) : Handler(ApiKey.ListOffsets, 1, 10, 6)
{
    private const long Latest = -1;
    private const long Earliest = -2;
    private const long MaxTimestamp = -3;
    private const long EarliestLocal = -4;
    private const long LatestTiered = -5;

    private static readonly OffsetAndTime Nothing = new(-1, -1);

    public override ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
    {
        var (body, version) = (request.Body, request.Version);
        body.ReadInt32(); // replica_id
        var isolation = version >= 2 ? body.ReadIsolationLevel() : IsolationLevel.ReadUncommitted;
        var topics = body.ReadArray(reader => ReadTopic(reader, version));
        if (version >= 10)
        {
            body.ReadInt32(); // timeout_ms, of remote storage
        }

        body.SkipTags();
        if (version >= 2)
        {
            response.WriteInt32(0); // throttle_time_ms
        }

        response.WriteArray(topics, (writer, topic) =>
        {
            writer.WriteString(topic.Name);
            writer.WriteArray(topic.Partitions, (inner, asked) => Write(inner, version, topic.Name, asked, isolation));
            writer.WriteNoTags();
        });
        response.WriteNoTags();
        return ValueTask.FromResult(true);
    }

    private static (string Name, List<Asked> Partitions) ReadTopic(KafkaReader reader, short version)
    {
        var topic = (reader.ReadString(), reader.ReadArray(inner =>
        {
            var asked = new Asked(inner.ReadInt32(), version >= 4 ? inner.ReadInt32() : -1, inner.ReadInt64());
            inner.SkipTags();
            return asked;
        }));
        reader.SkipTags();
        return topic;
    }

    private static OffsetAndTime Find(PartitionLog log, long timestamp, IsolationLevel isolation)
    {
        switch (timestamp)
        {
            case Latest:
                return new OffsetAndTime(log.VisibleEnd(isolation), -1);
            case Earliest or EarliestLocal:
                return new OffsetAndTime(log.StartOffset, -1);
            case LatestTiered:
                return Nothing;
        }

        var found = timestamp == MaxTimestamp ? log.OffsetOfMaxTime() : log.OffsetForTime(timestamp);
        return found.Offset < log.VisibleEnd(isolation) ? found : Nothing;
    }

    private void Write(KafkaWriter writer, short version, string topic, Asked asked, IsolationLevel isolation)
    {
        var (error, found) = Answer(topic, asked, isolation);
        writer.WriteInt32(asked.Partition);
        writer.WriteError(error);
        writer.WriteInt64(found.TimestampMs);
        writer.WriteInt64(found.Offset);
        if (version >= 4)
        {
            writer.WriteInt32(error == ErrorCode.None ? TopicCatalog.LeaderEpoch : -1);
        }

        writer.WriteNoTags();
    }

    private (ErrorCode Error, OffsetAndTime Found) Answer(string topic, Asked asked, IsolationLevel isolation)
    {
        if (catalog.Partition(topic, asked.Partition) is not { } log)
        {
            return (ErrorCode.UnknownTopicOrPartition, Nothing);
        }

        if (LeaderEpochs.Check(asked.LeaderEpoch) is var stale and not ErrorCode.None)
        {
            return (stale, Nothing);
        }

        try
        {
            return asked.Timestamp < LatestTiered ? (ErrorCode.InvalidRequest, Nothing) : (ErrorCode.None, Find(log, asked.Timestamp, isolation));
        }
        catch (ObjectDisposedException)
        {
            return (ErrorCode.UnknownTopicOrPartition, Nothing);
        }
    }

    private readonly record struct Asked(int Partition, int LeaderEpoch, long Timestamp);
}

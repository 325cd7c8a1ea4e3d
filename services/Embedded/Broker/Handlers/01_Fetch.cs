using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Network;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>
/// Fetch v4 to v17: whole record batches as stored, with the aborted transactions that a committed reader must leave out. It
/// waits up to max_wait_ms for min_bytes, woken by the logs. What one answer holds is limited by the request, by the partition and
/// by the broker, whichever is least; the first batch comes whole all the same (KIP-74). Every answer is a full one: session id 0
/// says that there are no incremental sessions (KIP-227). Followers, tiered storage and preferred replicas do not exist.
/// </summary>
/// <param name="catalog">The topics.</param>
/// <param name="answers">The memory of answers on their way: what is left limits the next one.</param>
/// <param name="fetchBytesMax">The most bytes of records in an answer.</param>
/// <param name="time">For the wait.</param>
internal sealed class FetchHandler(TopicCatalog catalog, MemoryBudget answers, int fetchBytesMax, TimeProvider time) : Handler(ApiKey.Fetch, 4, 17, 12)
{
    /// <summary>What an answer may hold even while many others are on their way.</summary>
    private const int BytesAlwaysAllowed = 64 << 10;

    public override async ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken)
    {
        var fetch = FetchRequest.Read(request.Body, request.Version);
        if (fetch is { SessionId: not 0, SessionEpoch: > 0 })
        {
            WriteHead(response, fetch, ErrorCode.FetchSessionIdNotFound);
            response.WriteArrayLength(0);
            response.WriteNoTags();
            return true;
        }

        foreach (var topic in fetch.Topics)
        {
            Resolve(topic);
        }

        var start = response.Length;
        if (!TryAnswer(response, fetch, request.Connection, isLast: fetch.MaxWait == TimeSpan.Zero))
        {
            await WaitAsync(response, fetch, request.Connection, start, cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    private static void WriteHead(KafkaWriter response, FetchRequest fetch, ErrorCode error)
    {
        response.WriteInt32(0); // throttle_time_ms
        if (fetch.Version >= 7)
        {
            response.WriteError(error);
            response.WriteInt32(0); // session_id
        }
    }

    private static IEnumerable<FetchRequest.Partition> Partitions(FetchRequest fetch) => fetch.Topics.SelectMany(topic => topic.Partitions);

    private static bool HasMore(FetchRequest fetch)
    {
        foreach (var topic in fetch.Topics)
        {
            foreach (var partition in topic.Partitions)
            {
                if (partition.Error != ErrorCode.None || partition.Log!.VisibleEnd(fetch.Isolation) != partition.Offset)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static long SizeOf(FetchRequest fetch) => Partitions(fetch).Sum(partition => partition.Log?.SizeBytes ?? 0);

    private void Resolve(FetchRequest.Topic topic)
    {
        var state = topic.Name is { } name ? catalog.Find(name) : catalog.Find(topic.Id);
        foreach (var partition in topic.Partitions)
        {
            partition.Log = state?.Partition(partition.Index);
            partition.Error = state is null && topic.Name is null ? ErrorCode.UnknownTopicId
                : partition.Log is null ? ErrorCode.UnknownTopicOrPartition
                : LeaderEpochs.Check(partition.LeaderEpoch);
        }
    }

    private async ValueTask WaitAsync(KafkaWriter response, FetchRequest fetch, ConnectionState connection, int start, CancellationToken cancellationToken)
    {
        using var signal = new AdvanceSignal(Partitions(fetch).Select(partition => partition.Log).OfType<PartitionLog>(), fetch.MaxWait, time, cancellationToken);

        // What came before the signal was there has not been announced: look again before waiting.
        var size = 0L;
        for (var isLast = false; ; isLast = await signal.WaitAsync().ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            // Committed readers see records later than they are written, so sizes say nothing to them.
            if (!isLast && fetch.Isolation == IsolationLevel.ReadUncommitted && SizeOf(fetch) - size < fetch.MinBytes)
            {
                continue;
            }

            response.TruncateTo(start);
            if (TryAnswer(response, fetch, connection, isLast))
            {
                return;
            }

            size = SizeOf(fetch) - (response.Length - start);
        }
    }

    /// <summary>False, with what is written to be taken back, where there is not enough yet.</summary>
    private bool TryAnswer(KafkaWriter response, FetchRequest fetch, ConnectionState connection, bool isLast)
    {
        if (!isLast && fetch.MinBytes > 0 && !HasMore(fetch))
        {
            return false;
        }

        var bytesMax = Math.Min(Math.Min(fetch.MaxBytes, fetchBytesMax), (int)Math.Clamp(answers.Available / 2, BytesAlwaysAllowed, int.MaxValue));
        using var reading = new FetchReading(response, fetch, bytesMax);
        response.Reserve(Math.Min(connection.FetchedBytes, bytesMax));
        WriteHead(response, fetch, ErrorCode.None);
        response.WriteArrayLength(fetch.Topics.Count);
        foreach (var topic in fetch.Topics)
        {
            reading.WriteTopic(topic);
        }

        response.WriteNoTags();
        connection.FetchedBytes = response.Length;
        return isLast || reading.HasError || reading.Bytes >= fetch.MinBytes;
    }
}

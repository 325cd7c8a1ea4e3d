using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>Reads the logs into a Fetch answer, topic by topic, within the limits.</summary>
/// <param name="response">Takes it.</param>
/// <param name="fetch">What is wanted.</param>
/// <param name="bytesMax">The most bytes of records, the first batch excepted.</param>
internal sealed class FetchReading(KafkaWriter response, FetchRequest fetch, int bytesMax) : IDisposable
{
    /// <summary>Takes what stands before the records: it is only known when they are read.</summary>
    private readonly KafkaWriter head = new(response.IsFlexible);

    /// <summary>Bytes of records so far.</summary>
    public int Bytes { get; private set; }

    /// <summary>Whether some partition has an error, which the client wants to know at once.</summary>
    public bool HasError { get; private set; }

    public void WriteTopic(FetchRequest.Topic topic)
    {
        if (fetch.Version >= 13)
        {
            response.WriteUuid(topic.Id);
        }
        else
        {
            response.WriteString(topic.Name);
        }

        response.WriteArrayLength(topic.Partitions.Count);
        foreach (var partition in topic.Partitions)
        {
            WritePartition(partition);
        }

        response.WriteNoTags();
    }

    public void Dispose() => head.Dispose();

    private void WritePartition(FetchRequest.Partition partition)
    {
        var at = response.Length;
        try
        {
            if (partition.Error == ErrorCode.None)
            {
                Read(partition, at);
                return;
            }
        }
        catch (ObjectDisposedException)
        {
            partition.Error = ErrorCode.UnknownTopicOrPartition;
        }

        HasError = true;
        response.TruncateTo(at);
        head.TruncateTo(0);
        WriteHead(partition, partition.Error, -1, -1, -1, null, 0);
        head.Written.Span.CopyTo(response.Add(head.Length));
        response.WriteNoTags();
    }

    private void Read(FetchRequest.Partition partition, int at)
    {
        var log = partition.Log!;
        var generation = log.Generation;
        var records = at + HeadBytesExpected(partition);
        var result = default(ReadResult);
        if (log.VisibleEnd(fetch.Isolation) != partition.Offset && (Bytes < bytesMax || Bytes == 0))
        {
            response.Add(records - at);
            result = log.Read(partition.Offset, Math.Min(partition.MaxBytes, bytesMax - Bytes), atLeastOne: Bytes == 0, fetch.Isolation, response);
            if (result.Error != ErrorCode.None)
            {
                partition.Error = result.Error;
                response.TruncateTo(at);
                WritePartition(partition);
                return;
            }
        }

        var aborted = fetch.Isolation == IsolationLevel.ReadCommitted
            ? result.Bytes == 0 ? [] : log.AbortedTransactions(partition.Offset, EndOf(response.Written.Span[records..]))
            : null;
        if (log.Generation != generation)
        {
            // Compacted in between: the batches may still have aborted records of which the transactions are forgotten.
            response.TruncateTo(at);
            Read(partition, at);
            return;
        }

        head.TruncateTo(0);
        WriteHead(partition, ErrorCode.None, log.EndOffset, log.LastStableOffset, log.StartOffset, aborted, result.Bytes);
        Insert(at, records, result.Bytes);
        response.WriteNoTags();
        Bytes += result.Bytes;
    }

    /// <summary>Puts the head before the records, which move where the room left for it was not right.</summary>
    private void Insert(int at, int records, int bytes)
    {
        var end = at + head.Length + bytes;
        response.Add(Math.Max(0, end - response.Length));
        response.Written.Span.Slice(Math.Min(records, end), bytes).CopyTo(response.Written.Span[(at + head.Length)..]);
        response.TruncateTo(end);
        head.Written.Span.CopyTo(response.Written.Span[at..]);
    }

    /// <summary>The head's size without aborted transactions and with some hundred kilobytes of records.</summary>
    private int HeadBytesExpected(FetchRequest.Partition partition)
    {
        head.TruncateTo(0);
        WriteHead(partition, ErrorCode.None, 0, 0, 0, fetch.Isolation == IsolationLevel.ReadCommitted ? [] : null, 1 << 18);
        return head.Length;
    }

    private void WriteHead(
        FetchRequest.Partition partition, ErrorCode error, long highWatermark, long lastStableOffset, long startOffset, IReadOnlyList<AbortedTransaction>? aborted, int recordBytes)
    {
        head.WriteInt32(partition.Index);
        head.WriteError(error);
        head.WriteInt64(highWatermark);
        head.WriteInt64(lastStableOffset);
        if (fetch.Version >= 5)
        {
            head.WriteInt64(startOffset);
        }

        head.WriteArray(aborted, static (writer, transaction) =>
        {
            writer.WriteInt64(transaction.ProducerId);
            writer.WriteInt64(transaction.FirstOffset);
            writer.WriteNoTags();
        });
        if (fetch.Version >= 11)
        {
            head.WriteInt32(-1); // preferred_read_replica
        }

        head.WriteArrayLength(recordBytes);
    }

    /// <summary>The offset after the last batch.</summary>
    private static long EndOf(ReadOnlySpan<byte> batches)
    {
        var end = 0L;
        while (batches.Length >= BatchHeader.Size)
        {
            var header = new BatchHeader(batches);
            end = header.LastOffset + 1;
            batches = batches[(int)header.TotalSize..];
        }

        return end;
    }
}

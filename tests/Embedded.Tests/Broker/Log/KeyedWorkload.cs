using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Tests.Broker.Log;

/// <summary>Seeded writes, plain and in transactions, of few keys, with flushes and compactions in between; and what must be read of them.</summary>
internal sealed class KeyedWorkload(int seed, bool compresses = false)
{
    private readonly Random random = new(seed);
    private readonly List<(BatchHeader Header, byte[] Batch)> written = [];
    private readonly HashSet<long> open = [];

    public MemoryFileSystem Files { get; } = new();

    public ManualTime Time { get; } = new();

    /// <summary>After how many changes of the disk how many offsets were acknowledged.</summary>
    public List<(int Changes, long EndOffset)> Acknowledged { get; } = [];

    /// <summary>After how many changes of the disk how many offsets were flushed.</summary>
    public List<(int Changes, long EndOffset)> Flushed { get; } = [];

    public PartitionLog Open(IFileSystem files, out LogLines lines) => PartitionLog.Open(
        files, "/data/keyed-0", "keyed-0", new LogOptions { SegmentBytes = 600, Compacts = true, Deletes = false, DeleteRetentionMs = 5000 }, Time, lines = new LogLines());

    public PartitionLog Run(int steps, int keysMax)
    {
        var log = Open(Files, out _);
        for (var step = 0; step < steps; step++)
        {
            Time.Now += TimeSpan.FromSeconds(1);
            var producer = 1 + random.Next(2);
            switch (random.Next(13))
            {
                case < 6:
                    Append(log, log.AppendInternal(Remember(RecordBatch.Build(Records()))));
                    break;
                case < 9:
                    open.Add(producer);
                    Append(log, log.AppendInternal(Remember(RecordBatch.Build(Records(), producer, 0, -1, isTransactional: true))));
                    break;
                case < 11 when open.Remove(producer):
                    End(log, producer, isCommit: random.Next(2) == 0);
                    break;
                case 11:
                    log.Compact(keysMax);
                    break;
                case 12:
                    Flush(log);
                    break;
            }
        }

        foreach (var producer in open)
        {
            End(log, producer, isCommit: true);
        }

        return log;
    }

    /// <summary>The last committed value of each key, of what was written before an offset.</summary>
    public Dictionary<string, string> Expected(long endOffset) => Fold(Committed(endOffset));

    /// <summary>The committed records of what was written before an offset.</summary>
    public List<LogRecord> Committed(long endOffset)
    {
        var pending = new Dictionary<long, List<LogRecord>>();
        long offset = 0;
        var committed = new List<LogRecord>();
        foreach (var (_, batch) in written)
        {
            var header = new BatchHeader(batch);
            if (offset >= endOffset)
            {
                break;
            }

            if (header.IsControl)
            {
                ControlBatch.TryParseMarker(batch, out var isCommit, out _);
                pending.Remove(header.ProducerId, out var records);
                committed.AddRange(isCommit ? records ?? [] : []);
            }
            else
            {
                var records = RecordBatch.Records(batch, header).Select((record, i) => record with { Offset = offset + i }).ToList();
                (header.IsTransactional ? pending.TryGetValue(header.ProducerId, out var list) ? list : pending[header.ProducerId] = [] : committed).AddRange(records);
            }

            offset += header.LastOffsetDelta + 1;
        }

        return committed;
    }

    /// <summary>The last committed value of each key that is read.</summary>
    public static Dictionary<string, string> Read(PartitionLog log) => Fold(ReadCommitted(log));

    /// <summary>The committed records that are read.</summary>
    /// <param name="log">The log.</param>
    /// <param name="passesDamage">Whether to go on after an offset that cannot be read.</param>
    public static List<LogRecord> ReadCommitted(PartitionLog log, bool passesDamage = false)
    {
        var aborted = new AbortedRanges(log.AbortedTransactions(0, log.EndOffset));
        var openFrom = log.Producers.Where(producer => producer.OpenFromOffset >= 0).ToDictionary(producer => producer.ProducerId, producer => producer.OpenFromOffset);
        var committed = new List<LogRecord>();
        using var writer = new KafkaWriter(isFlexible: false);
        for (var offset = log.StartOffset; offset < log.EndOffset;)
        {
            writer.TruncateTo(0);
            var result = log.Read(offset, 500, atLeastOne: true, IsolationLevel.ReadUncommitted, writer);
            if (passesDamage && result.Error == ErrorCode.CorruptMessage)
            {
                offset++;
                continue;
            }

            Assert.Equal(ErrorCode.None, result.Error);
            if (result.Bytes == 0)
            {
                break;
            }

            foreach (var batch in TestLog.Batches(writer.Written.ToArray()))
            {
                var header = new BatchHeader(batch.Span);
                offset = header.LastOffset + 1;
                var isOpen = header.IsTransactional && openFrom.TryGetValue(header.ProducerId, out var from) && header.BaseOffset >= from;
                if (!header.IsControl && !isOpen && !aborted.Contain(header))
                {
                    committed.AddRange(RecordBatch.Records(batch, header));
                }
            }
        }

        return committed;
    }

    /// <summary>The last record of each key, deletions too.</summary>
    public static Dictionary<string, LogRecord> LastByKey(List<LogRecord> records) =>
        records.GroupBy(KeyOf).ToDictionary(same => same.Key, same => same.MaxBy(record => record.Offset));

    /// <summary>A record in a line.</summary>
    public static string Describe(LogRecord record) => $"{record.Offset} {record.TimestampMs} {TestLog.Value(record)}";

    private static string KeyOf(LogRecord record) => System.Text.Encoding.UTF8.GetString(record.Key!.Value.Span);

    private static Dictionary<string, string> Fold(List<LogRecord> records) =>
        LastByKey(records).Where(last => last.Value.Value is not null).ToDictionary(last => last.Key, last => Describe(last.Value));

    private byte[] Remember(byte[] batch)
    {
        if (compresses)
        {
            batch = Compressed(batch, 1 + random.Next(4));
        }

        written.Add((new BatchHeader(batch), batch));
        return batch;
    }

    private static byte[] Compressed(byte[] batch, int type)
    {
        var header = new BatchHeader(batch);
        var records = batch.AsMemory(BatchHeader.Size);
        var body = type == 2 ? Snappier.Snappy.CompressToArray(records.Span) : Compression.Compress(type, records)!.Value.ToArray();
        byte[] compressed = [.. batch[..BatchHeader.Size], .. body];
        BatchHeader.Write(
            compressed, 0, (short)(header.Attributes + type), header.LastOffsetDelta, header.BaseTimestamp, header.MaxTimestamp,
            header.ProducerId, header.ProducerEpoch, header.BaseSequence, header.RecordsCount);
        return compressed;
    }

    /// <summary>As the transactions' coordinator does: what a commit speaks of is on disk before its marker.</summary>
    private void End(PartitionLog log, long producer, bool isCommit)
    {
        if (isCommit)
        {
            Flush(log);
        }

        Append(log, log.AppendMarker(producer, 0, isCommit, 0));
        written.Add((default, ControlBatch.BuildMarker(producer, 0, isCommit, 0, 0)));
    }

    private void Flush(PartitionLog log)
    {
        var end = log.EndOffset;
        log.FlushAsync().AsTask().GetAwaiter().GetResult();
        Flushed.Add((Files.Changes.Count, end));
    }

    private void Append(PartitionLog log, AppendResult result)
    {
        Assert.Equal(ErrorCode.None, result.Error);
        Acknowledged.Add((Files.Changes.Count, log.EndOffset));
    }

    private List<LogRecord> Records() =>
        [.. Enumerable.Range(0, 1 + random.Next(3)).Select(i => TestLog.Record($"key {random.Next(8)}", random.Next(6) == 0 ? null : $"{random.Next()}", Time.NowMs + i))];
}

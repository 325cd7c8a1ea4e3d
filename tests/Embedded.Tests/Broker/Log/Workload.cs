using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Tests.Broker.Log;

/// <summary>Seeded appends of every kind, flushes and restarts on a disk that remembers every change.</summary>
internal sealed class Workload(int seed)
{
    private const string Directory = "/data/topic-0";

    private readonly Random random = new(seed);
    private readonly Dictionary<long, int> sequences = [];
    private readonly HashSet<long> open = [];

    /// <summary>A batch that was acknowledged.</summary>
    /// <param name="Offset">Where.</param>
    /// <param name="Bytes">As it was stored.</param>
    /// <param name="AcknowledgedAt">After how many changes of the disk.</param>
    internal sealed record Batch(long Offset, byte[] Bytes, int AcknowledgedAt)
    {
        /// <summary>After how many changes a flush that began later was done.</summary>
        public int FlushedAt { get; set; } = int.MaxValue;
    }

    public MemoryFileSystem Files { get; } = new();

    public List<Batch> Batches { get; } = [];

    public static long TimeOf(int step) => 1_700_000_000_000 + step * 1000;

    public static PartitionLog Open(IFileSystem files, out LogLines lines) =>
        PartitionLog.Open(files, Directory, "topic-0", new LogOptions { SegmentBytes = 700 }, new ManualTime(), lines = new LogLines());

    public void Run()
    {
        var log = Open(Files, out _);
        for (var step = 0; step < 60; step++)
        {
            switch (random.Next(10))
            {
                case < 3:
                    Append(log, RecordBatch.Build(Records(step)));
                    break;
                case < 5:
                    Append(log, Sequenced(1 + random.Next(2), step, isTransactional: false));
                    break;
                case < 7:
                    var producer = 11 + random.Next(2);
                    open.Add(producer);
                    Append(log, Sequenced(producer, step, isTransactional: true));
                    break;
                case 7 when open.Count > 0:
                    End(log, open.First());
                    break;
                case 8:
                    Flush(log);
                    break;
                case 9 when random.Next(3) == 0:
                    log.Dispose();
                    log = Open(Files, out _);
                    break;
            }
        }

        log.Dispose();
    }

    private void Append(PartitionLog log, byte[] batch)
    {
        var result = log.Append(batch);
        Assert.Equal(ErrorCode.None, result.Error);
        Batches.Add(new Batch(result.BaseOffset, batch, Files.Changes.Count));
    }

    private void End(PartitionLog log, long producer)
    {
        open.Remove(producer);
        var result = log.AppendMarker(producer, 0, random.Next(2) == 0, 0);
        using var writer = new KafkaWriter(isFlexible: false);
        log.Read(result.BaseOffset, 1, atLeastOne: true, IsolationLevel.ReadUncommitted, writer);
        Batches.Add(new Batch(result.BaseOffset, writer.Written.ToArray(), Files.Changes.Count));
    }

    private void Flush(PartitionLog log)
    {
        log.FlushAsync().AsTask().GetAwaiter().GetResult();
        foreach (var batch in Batches.Where(batch => batch.FlushedAt == int.MaxValue))
        {
            batch.FlushedAt = Files.Changes.Count;
        }
    }

    private byte[] Sequenced(long producer, int step, bool isTransactional)
    {
        var records = Records(step);
        var sequence = sequences.GetValueOrDefault(producer);
        sequences[producer] = sequence + records.Count;
        return RecordBatch.Build(records, producer, 0, sequence, isTransactional);
    }

    private List<LogRecord> Records(int step) =>
        [.. Enumerable.Range(0, 1 + random.Next(3)).Select(i => TestLog.Record($"key {random.Next(5)}", new string('v', random.Next(60)), TimeOf(step) + i))];
}

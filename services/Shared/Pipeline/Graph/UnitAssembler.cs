using Confluent.Kafka;

namespace StreamDistill.Pipeline;

/// <summary>
/// Puts the records that were written as one unit together again. They lie next to each other in their partition and the
/// first says how many they are. A unit that stays incomplete (a retention limit may have cut it) is handed over as it is
/// when another key follows or after <see cref="Patience"/>, so that it never blocks the partition.
/// </summary>
internal sealed class UnitAssembler(TimeProvider time)
{
    /// <summary>How long a unit may wait for its remaining records, which were committed together with the first.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Dictionary<TopicPartition, Open> open = [];

    /// <summary>Takes a record; complete units go to <paramref name="complete"/> in order.</summary>
    public void Add(ConsumeResult<byte[], byte[]> record, long assignment, Queue<RawUnit> complete)
    {
        var partition = record.TopicPartition;
        if (open.TryGetValue(partition, out var unit))
        {
            if (SameKey(unit.Records[0], record))
            {
                unit.Records.Add(record);
                if (unit.Records.Count == unit.Size)
                {
                    Close(partition, unit, complete);
                }

                return;
            }

            Close(partition, unit, complete);
        }

        var size = RecordHeaders.ReadUnitSize(record);
        if (size == 1)
        {
            complete.Enqueue(new RawUnit(partition, assignment, [record]));
            return;
        }

        open.Add(partition, new Open(assignment, size, time.GetTimestamp(), new List<ConsumeResult<byte[], byte[]>>(size) { record }));
    }

    /// <summary>Hands over units that have waited too long.</summary>
    public void CloseOverdue(Queue<RawUnit> complete)
    {
        if (open.Count == 0)
        {
            return;
        }

        foreach (var (partition, unit) in open.Where(entry => time.GetElapsedTime(entry.Value.Since) >= Patience).ToList())
        {
            Close(partition, unit, complete);
        }
    }

    /// <summary>Forgets the open unit of a partition that was taken away; whoever owns it now reads it again.</summary>
    public void Forget(TopicPartition partition) => open.Remove(partition);

    private void Close(TopicPartition partition, Open unit, Queue<RawUnit> complete)
    {
        open.Remove(partition);
        complete.Enqueue(new RawUnit(partition, unit.Assignment, unit.Records));
    }

    private static bool SameKey(ConsumeResult<byte[], byte[]> one, ConsumeResult<byte[], byte[]> other) =>
        one.Message.Key.AsSpan().SequenceEqual(other.Message.Key);

    private sealed record Open(long Assignment, int Size, long Since, List<ConsumeResult<byte[], byte[]>> Records);
}

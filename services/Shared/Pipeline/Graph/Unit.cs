using Avro.Specific;
using Confluent.Kafka;

namespace StreamDistill.Pipeline;

/// <summary>Records of one partition that belong together, as read.</summary>
/// <param name="Partition">Their partition.</param>
/// <param name="Assignment">Which assignment of the partition they were read under.</param>
/// <param name="Records">One or more, in order of offset.</param>
internal sealed record RawUnit(TopicPartition Partition, long Assignment, IReadOnlyList<ConsumeResult<byte[], byte[]>> Records)
{
    /// <summary>The offset to commit once the unit is done.</summary>
    public Offset NextOffset => Records[^1].Offset + 1;
}

/// <summary>A unit whose records are decoded; those that could not be are dead letters already.</summary>
internal sealed record DecodedUnit<TIn>(RawUnit Raw, IReadOnlyList<Input<TIn>> Inputs, List<OutgoingRecord> Outgoing)
    where TIn : class, ISpecificRecord;

/// <summary>A unit with everything that is to be written for it.</summary>
internal sealed record FinishedUnit(RawUnit Raw, IReadOnlyList<OutgoingRecord> Outgoing);

/// <summary>A record in the form that goes to Kafka.</summary>
internal sealed record OutgoingRecord(string Topic, Message<byte[], byte[]> Message);

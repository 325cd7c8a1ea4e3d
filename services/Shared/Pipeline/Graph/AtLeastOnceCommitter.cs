using Confluent.Kafka;

namespace StreamDistill.Pipeline;

/// <summary>
/// At least once: a batch's outputs, and when the brokers have all of them its input offsets. A stage that dies in between
/// writes the same outputs again.
/// </summary>
internal sealed class AtLeastOnceCommitter(ProducerConfig config, ClientLog log) : Committer(config, log)
{
    /// <summary>There is nothing to make ready.</summary>
    public override void Start()
    {
    }

    /// <inheritdoc />
    public override void Commit(IReadOnlyList<FinishedUnit> units, UnitReader reader)
    {
        Error? failed = null;
        foreach (var record in units.SelectMany(unit => unit.Outgoing))
        {
            Produce(record, report => failed ??= report.Error.IsError ? report.Error : null);
        }

        if (Producer.Flush(CallTimeout) > 0)
        {
            throw new KafkaException(ErrorCode.Local_TimedOut);
        }

        if (failed is not null)
        {
            throw new KafkaException(failed);
        }

        reader.Commit(OffsetsAfter(units));
    }
}

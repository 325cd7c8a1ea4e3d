using Avro.Specific;
using Confluent.Kafka;

namespace StreamDistill.Pipeline;

/// <summary>Decodes a unit's records; what can never be decoded becomes a dead letter, what cannot be decoded now fails.</summary>
internal sealed class RecordDecoder<TIn>(RecordDeserializer<TIn> deserializer, string service)
    where TIn : class, ISpecificRecord
{
    public async Task<DecodedUnit<TIn>> DecodeAsync(RawUnit unit)
    {
        var inputs = new List<Input<TIn>>(unit.Records.Count);
        var outgoing = new List<OutgoingRecord>();
        foreach (var record in unit.Records)
        {
            // A tombstone says nothing to a stage; its offset is committed like any other.
            if (record.Message.Value is not { } bytes)
            {
                continue;
            }

            try
            {
                inputs.Add(new Input<TIn>(await deserializer.DeserializeAsync(record.Topic, bytes), record.TopicPartitionOffset));
            }
            catch (Exception e) when (!DecodeFailure.IsPassing(e))
            {
                outgoing.Add(RecordHeaders.DeadLetter(record, service, "undecodable", e));
            }
        }

        return new DecodedUnit<TIn>(unit, inputs, outgoing);
    }
}

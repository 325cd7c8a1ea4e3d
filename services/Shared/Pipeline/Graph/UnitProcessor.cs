using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using Avro.Specific;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using StreamDistill.Contracts;

namespace StreamDistill.Pipeline;

/// <summary>Gives decoded units to the stage and makes its outputs bytes.</summary>
internal sealed class UnitProcessor<TIn>(
    IStage<TIn> stage, RecordSerializer serializer, StageDefinition definition, int maxOutputBytes, CancellationToken cancellation)
    where TIn : class, ISpecificRecord
{
    private static readonly Counter<long> Consumed = Telemetry.Meter.CreateCounter<long>("messaging.client.consumed.messages", "{message}");
    private static readonly Counter<long> Sent = Telemetry.Meter.CreateCounter<long>("messaging.client.sent.messages", "{message}");
    private static readonly Counter<long> DeadLetters = Telemetry.Meter.CreateCounter<long>("streamdistill.stage.dead_letters", "{message}");
    private static readonly Histogram<double> Duration = Telemetry.Meter.CreateHistogram<double>("messaging.process.duration", "s");

    private readonly KeyValuePair<string, object?>[] tags =
    [
        new("messaging.system", "kafka"),
        new("messaging.destination.name", definition.InputTopic),
        new("messaging.consumer.group.name", definition.Name),
    ];

    public async Task<FinishedUnit> ProcessAsync(DecodedUnit<TIn> unit)
    {
        var started = Stopwatch.GetTimestamp();
        var traceParent = RecordHeaders.ReadTraceParent(unit.Raw.Records[0]);
        using var activity = Telemetry.Source.StartActivity("process " + definition.InputTopic, ActivityKind.Consumer, traceParent, tags);
        var outgoing = unit.Outgoing;
        if (unit.Inputs.Count > 0)
        {
            try
            {
                var outputs = await stage.ProcessAsync(unit.Inputs, cancellation);
                outgoing = [.. unit.Outgoing, .. await EncodeAsync(outputs, traceParent)];
            }
            catch (Exception e) when (!IsPassing(e))
            {
                activity?.SetStatus(ActivityStatusCode.Error, e.Message);
                outgoing = [.. unit.Raw.Records.Where(record => record.Message.Value is not null).Select(record => DeadLetter(record, e))];
            }
        }

        Consumed.Add(unit.Raw.Records.Count, tags);
        Sent.Add(outgoing.Count, tags);
        DeadLetters.Add(outgoing.Count(record => record.Topic.EndsWith(".dlq", StringComparison.Ordinal)), tags);
        Duration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, tags);
        return new FinishedUnit(unit.Raw, outgoing);
    }

    /// <summary>Whether the same unit may succeed later: the stage is restarted rather than the unit given up.</summary>
    private static bool IsPassing(Exception exception) =>
        exception is StreamDistillException { IsTransient: true } or OperationCanceledException or HttpRequestException or KafkaException or SchemaRegistryException;

    private async Task<List<OutgoingRecord>> EncodeAsync(IReadOnlyList<Output> outputs, string? traceParent)
    {
        var encoded = new List<OutgoingRecord>(outputs.Count);
        if (outputs.Count == 1)
        {
            encoded.Add(await EncodeAsync(outputs[0], 1, traceParent));
            return encoded;
        }

        foreach (var group in outputs.GroupBy(output => (output.Topic, output.Key)))
        {
            // The first of them carries their number; see UnitAssembler.
            var size = group.Count();
            foreach (var output in group)
            {
                encoded.Add(await EncodeAsync(output, size, traceParent));
                size = 1;
            }
        }

        return encoded;
    }

    private async ValueTask<OutgoingRecord> EncodeAsync(Output output, int unitSize, string? traceParent)
    {
        var value = output.Value is null ? null : await serializer.SerializeAsync(output.Topic, output.Value);
        if (value?.Length > maxOutputBytes)
        {
            throw new UnprocessableRecordException(
                "output_too_large",
                $"A record of {value.Length} bytes for {output.Topic} exceeds Pipeline:MaxOutputBytes ({maxOutputBytes}). Raise it together with the brokers' message.max.bytes.");
        }

        return new OutgoingRecord(
            output.Topic,
            new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(output.Key), Value = value!, Headers = RecordHeaders.ForOutput(unitSize, traceParent) });
    }

    private OutgoingRecord DeadLetter(ConsumeResult<byte[], byte[]> record, Exception cause) => RecordHeaders.DeadLetter(
        record, definition.Name, cause is UnprocessableRecordException unprocessable ? unprocessable.ReasonCode : "stage_failed", cause);
}

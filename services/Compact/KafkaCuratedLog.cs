using System.Runtime.CompilerServices;
using System.Text;
using Confluent.Kafka;
using streamdistill;
using StreamDistill.Contracts;
using StreamDistill.Pipeline;

namespace StreamDistill.Compact;

/// <summary>Reads <c>curated</c> back from its beginning.</summary>
/// <remarks>
/// Up to its ends with open transactions counted in: one of them may be that of this stage's last run, whose input offsets
/// are committed already while its markers are still on their way to these partitions. Reading waits for them.
/// </remarks>
internal sealed class KafkaCuratedLog(KafkaClients clients, RecordDeserializer<TrainingExample> deserializer) : ICuratedLog
{
    private readonly TopicLog log = new(clients, Topics.Curated, "compact-read-back");

    public async IAsyncEnumerable<CuratedRecord> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var ends = await log.EndsAsync();
        await foreach (var result in log.ReadAsync(new Dictionary<int, long>(), ends, cancellationToken))
        {
            if (await DecodeAsync(result) is { } record)
            {
                yield return record;
            }
        }
    }

    /// <summary>Null for a tombstone of something that is no example: it withdraws nothing.</summary>
    private async ValueTask<CuratedRecord?> DecodeAsync(ConsumeResult<byte[]?, byte[]?> result)
    {
        try
        {
            var key = result.Message.Key ?? throw new InvalidDataException("it has no key");
            var example = result.Message.Value is { } value ? await deserializer.DeserializeAsync(Topics.Curated, value) : null;
            return StableId.TryBits(Encoding.UTF8.GetString(key), out var id) ? new CuratedRecord(id, example)
                : example is null ? null : throw new InvalidDataException("its key is no example_id");
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // Going on without it could curate a second example of its question.
            throw new StreamDistillException(
                $"the record at {result.TopicPartitionOffset} cannot be read as an example, so what was curated is not known: {error.Message}",
                isTransient: DecodeFailure.IsPassing(error),
                error);
        }
    }
}

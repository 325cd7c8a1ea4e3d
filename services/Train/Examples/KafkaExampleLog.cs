using System.Runtime.CompilerServices;
using System.Text;
using Confluent.Kafka;
using streamdistill;
using StreamDistill.Contracts;
using StreamDistill.Pipeline;

namespace StreamDistill.Train;

/// <summary>The topic <c>curated</c>.</summary>
internal sealed class KafkaExampleLog(KafkaClients clients, RecordDeserializer<TrainingExample> deserializer) : IExampleLog
{
    private readonly TopicLog log = new(clients, Topics.Curated, "streamdistill-train");

    public bool IsEndless => true;

    public Task<IReadOnlyDictionary<int, long>> EndsAsync(CancellationToken cancellationToken) => log.EndsAsync();

    public async IAsyncEnumerable<ExampleRecord> ReadAsync(
        IReadOnlyDictionary<int, long> from, IReadOnlyDictionary<int, long> to, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var result in log.ReadAsync(from, to, cancellationToken))
        {
            var isExample = StableId.TryBits(Encoding.UTF8.GetString(result.Message.Key ?? []), out var id);
            var example = await DecodeAsync(result);
            if (isExample)
            {
                yield return new ExampleRecord(id, example);
            }
            else if (example is not null)
            {
                throw new StreamDistillException($"the record at {result.TopicPartitionOffset} has an example but its key is no example_id; withdraw it with a tombstone of the same key and let the topic be compacted");
            }
        }
    }

    private async ValueTask<TrainingExample?> DecodeAsync(ConsumeResult<byte[]?, byte[]?> result)
    {
        try
        {
            return result.Message.Value is { } value ? await deserializer.DeserializeAsync(Topics.Curated, value) : null;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw new StreamDistillException(
                $"the record at {result.TopicPartitionOffset} cannot be read as an example: {error.Message}", isTransient: DecodeFailure.IsPassing(error), error);
        }
    }
}

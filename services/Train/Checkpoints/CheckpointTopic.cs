using System.Text;
using Confluent.Kafka;
using streamdistill;
using StreamDistill.Contracts;
using StreamDistill.Pipeline;

namespace StreamDistill.Train;

/// <summary>The topic <c>checkpoints</c>, which tells everyone else of a student's checkpoints.</summary>
internal sealed class CheckpointTopic(KafkaClients clients, RecordSerializer serializer, RecordDeserializer<Checkpoint> deserializer) : IDisposable
{
    private readonly TopicLog log = new(clients, Topics.Checkpoints, "streamdistill-train-checkpoints");
    private readonly Lazy<IProducer<byte[], byte[]>> producer = new(() => new ProducerBuilder<byte[], byte[]>(clients.ProducerConfig("streamdistill-train")).Build());

    /// <summary>The last record of a student; null where there is none.</summary>
    /// <exception cref="StreamDistillException">The topic cannot be read.</exception>
    public async Task<Checkpoint?> ReadLastAsync(string student, CancellationToken cancellationToken)
    {
        var key = Encoding.UTF8.GetBytes(student);
        byte[]? last = null;
        await foreach (var result in log.ReadAsync(new Dictionary<int, long>(), await log.EndsAsync(), cancellationToken))
        {
            last = key.AsSpan().SequenceEqual(result.Message.Key) ? result.Message.Value : last;
        }

        return last is null ? null : await deserializer.DeserializeAsync(Topics.Checkpoints, last);
    }

    /// <summary>Adds a record; returns once every replica has it.</summary>
    /// <exception cref="StreamDistillException">It could not be added.</exception>
    public async Task PublishAsync(Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        var value = await serializer.SerializeAsync(Topics.Checkpoints, checkpoint);
        try
        {
            await producer.Value.ProduceAsync(
                Topics.Checkpoints, new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(checkpoint.Student), Value = value }, cancellationToken);
        }
        catch (KafkaException error)
        {
            throw new StreamDistillException($"the checkpoint of step {checkpoint.Step} could not be published: {error.Error.Reason}", isTransient: true, error);
        }
    }

    public void Dispose()
    {
        if (producer.IsValueCreated)
        {
            producer.Value.Dispose();
        }
    }
}

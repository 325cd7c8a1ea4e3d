using Confluent.Kafka;
using Confluent.SchemaRegistry;
using streamdistill;
using StreamDistill.Cli.Kafka;
using StreamDistill.Cli.Supervision;
using StreamDistill.Contracts;

namespace StreamDistill.Cli.Training;

/// <summary>Follows a student of a running system by its records on <c>checkpoints</c>.</summary>
internal sealed class StudentProgress(Endpoints endpoints, string student)
{
    /// <summary>Returns the student's checkpoint after everything that is on <c>curated</c> now.</summary>
    public async Task<Checkpoint> FinishedAsync(CancellationToken cancellationToken)
    {
        using var registry = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = endpoints.SchemaRegistryUrl });
        using var offsets = new GroupOffsets(endpoints.BootstrapServers);
        using var reader = new TopicReader(endpoints.BootstrapServers, [Topics.Checkpoints]);
        using var curated = new TopicReader(endpoints.BootstrapServers, [Topics.Curated]);
        var records = new AvroRecords(registry);
        var ends = await offsets.EndsAsync(curated.Partitions);
        await foreach (var record in reader.ReadAsync(Offset.Beginning, cancellationToken))
        {
            if (!record.IsPartitionEOF && record.Message.Value is { } value)
            {
                var checkpoint = await records.ReadAsync<Checkpoint>(value, Checkpoint._SCHEMA);
                if (checkpoint.Student == student && HasReached(checkpoint, ends))
                {
                    return checkpoint;
                }
            }
        }

        throw new InvalidOperationException("Reading a topic has no end.");
    }

    private static bool HasReached(Checkpoint checkpoint, IReadOnlyDictionary<TopicPartition, long> ends)
    {
        var consumed = checkpoint.ConsumedOffsets.ToDictionary(offset => offset.Partition, offset => offset.Offset);
        return ends.All(end => end.Value <= consumed.GetValueOrDefault(end.Key.Partition.Value));
    }
}

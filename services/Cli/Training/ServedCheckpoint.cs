using System.Text;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using Microsoft.Extensions.Logging.Abstractions;
using streamdistill;
using StreamDistill.Cli.Commands;
using StreamDistill.Cli.Kafka;
using StreamDistill.Cli.Supervision;
using StreamDistill.Contracts;
using StreamDistill.Train;

namespace StreamDistill.Cli.Training;

/// <summary>What a person says is to be served: a later checkpoint that Train did not promote, or an earlier one.</summary>
internal static class ServedCheckpoint
{
    /// <summary>Publishes the student's last record again, with another checkpoint to serve. Train carries it over until it promotes one itself.</summary>
    /// <param name="endpoints">Where Kafka and the registry are.</param>
    /// <param name="directory">The checkpoint's directory, as Serve reaches it too.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What is served now.</returns>
    /// <exception cref="UsageException">The directory is no checkpoint.</exception>
    /// <exception cref="StreamDistillException">Nothing is known of the student, or Kafka cannot be reached.</exception>
    public static async Task<ServingCheckpoint> ServeAsync(Endpoints endpoints, string directory, CancellationToken cancellationToken)
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        var root = Path.GetDirectoryName(path) ?? path;
        var student = Path.GetFileName(root);
        var checkpoint = new CheckpointStore(Path.GetDirectoryName(root) ?? root, student, keep: int.MaxValue, NullLogger.Instance).Find(Path.GetFileName(path))
            ?? throw new UsageException($"--checkpoint is '{directory}', and there is no trainer.json in it; it must be a directory such as checkpoints/{student}/step-00000120.");
        using var registry = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = endpoints.SchemaRegistryUrl });
        var last = await LastAsync(endpoints, registry, student, cancellationToken)
            ?? throw new StreamDistillException($"There is no record of the student {student} on {Topics.Checkpoints}: it is the directory above the checkpoint's that has the student's name.");
        var serving = new ServingCheckpoint { Step = checkpoint.State.Step, Uri = checkpoint.Uri, Sha256 = checkpoint.Sha256 };
        var value = await new AvroSerializer<Checkpoint>(registry, new AvroSerializerConfig { AutoRegisterSchemas = false })
            .SerializeAsync(last with { Serving = serving }, new SerializationContext(MessageComponentType.Value, Topics.Checkpoints));
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = endpoints.BootstrapServers, ClientId = "streamdistill", EnableIdempotence = true })
            .SetLogHandler(Clients.DropLog).Build();
        await producer.ProduceAsync(Topics.Checkpoints, new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(student), Value = value }, cancellationToken);
        return serving;
    }

    private static async Task<Checkpoint?> LastAsync(Endpoints endpoints, CachedSchemaRegistryClient registry, string student, CancellationToken cancellationToken)
    {
        using var reader = new TopicReader(endpoints.BootstrapServers, [Topics.Checkpoints]);
        var records = new AvroRecords(registry);
        var open = reader.Partitions.ToHashSet();
        Checkpoint? last = null;
        await foreach (var record in reader.ReadAsync(Offset.Beginning, cancellationToken))
        {
            if (record.IsPartitionEOF)
            {
                open.Remove(record.TopicPartition);
                if (open.Count == 0)
                {
                    break;
                }
            }
            else if (record.Message.Value is { } value && Encoding.UTF8.GetString(record.Message.Key ?? []) == student)
            {
                last = await records.ReadAsync<Checkpoint>(value, Checkpoint._SCHEMA);
            }
        }

        return last;
    }
}

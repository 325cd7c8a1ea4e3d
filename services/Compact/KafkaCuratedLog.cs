using System.Runtime.CompilerServices;
using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using streamdistill;
using StreamDistill.Contracts;
using StreamDistill.Pipeline;

namespace StreamDistill.Compact;

/// <summary>Reads <c>curated</c> with a consumer of its own that belongs to no group's assignment.</summary>
internal sealed class KafkaCuratedLog(KafkaClients clients, RecordDeserializer<TrainingExample> deserializer) : ICuratedLog
{
    private static readonly TimeSpan MetadataTimeout = TimeSpan.FromSeconds(30);

    public async IAsyncEnumerable<CuratedRecord> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Consume blocks its thread, and the caller's may be the one that keeps the group's membership alive.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var config = clients.ConsumerConfig("compact-read-back");
        config.AutoOffsetReset = AutoOffsetReset.Earliest;
        config.EnablePartitionEof = true;
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(config).Build();
        var ends = await EndsAsync(consumer.Handle);
        consumer.Assign(ends.Keys.Select(partition => new TopicPartitionOffset(partition, Offset.Beginning)));
        while (ends.Count > 0)
        {
            var result = Consume(consumer, cancellationToken);
            if (!result.IsPartitionEOF)
            {
                if (await DecodeAsync(result) is { } record)
                {
                    yield return record;
                }
            }
            else if (result.Offset >= ends.GetValueOrDefault(result.TopicPartition, Offset.Beginning))
            {
                ends.Remove(result.TopicPartition);
            }
        }

        consumer.Close();
    }

    /// <summary>
    /// The ends that count open transactions in: one of them may be that of this stage's last run, whose input offsets
    /// are committed already while its markers are still on their way to these partitions. Reading up to here waits for
    /// them. Partitions without records are left out.
    /// </summary>
    private static async Task<Dictionary<TopicPartition, Offset>> EndsAsync(Handle handle)
    {
        using var admin = new DependentAdminClientBuilder(handle).Build();
        try
        {
            // All topics are asked for: asking for one by name can create it.
            var topic = admin.GetMetadata(MetadataTimeout).Topics.Find(found => found.Topic == Topics.Curated && found.Error.Code == ErrorCode.NoError);
            if (topic is null)
            {
                return [];
            }

            var specs = topic.Partitions.Select(partition => new TopicPartitionOffsetSpec
            {
                TopicPartition = new TopicPartition(topic.Topic, partition.PartitionId),
                OffsetSpec = OffsetSpec.Latest(),
            });
            var options = new ListOffsetsOptions { IsolationLevel = IsolationLevel.ReadUncommitted, RequestTimeout = MetadataTimeout };
            var ends = await admin.ListOffsetsAsync(specs, options);
            return ends.ResultInfos
                .Select(info => info.TopicPartitionOffsetError)
                .Where(end => end.Offset > 0)
                .ToDictionary(end => end.TopicPartition, end => end.Offset);
        }
        catch (KafkaException error)
        {
            throw Unreadable(error);
        }
    }

    private static ConsumeResult<byte[]?, byte[]?> Consume(IConsumer<byte[]?, byte[]?> consumer, CancellationToken cancellationToken)
    {
        try
        {
            return consumer.Consume(cancellationToken);
        }
        catch (KafkaException error)
        {
            throw Unreadable(error);
        }
    }

    /// <summary>Null for a tombstone of something that is no example: it withdraws nothing.</summary>
    private async ValueTask<CuratedRecord?> DecodeAsync(ConsumeResult<byte[]?, byte[]?> result)
    {
        try
        {
            var key = result.Message.Key ?? throw new InvalidDataException("it has no key");
            var example = result.Message.Value is { } value ? await deserializer.DeserializeAsync(Topics.Curated, value) : null;
            return ExampleIdentity.TryBits(Encoding.UTF8.GetString(key), out var id) ? new CuratedRecord(id, example)
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

    private static StreamDistillException Unreadable(KafkaException error) =>
        new($"the topic {Topics.Curated} could not be read back: {error.Error.Reason}", isTransient: true, error);
}

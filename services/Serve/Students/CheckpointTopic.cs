using System.Runtime.CompilerServices;
using System.Text;
using Confluent.Kafka;
using streamdistill;
using StreamDistill.Contracts;
using StreamDistill.Pipeline;

namespace StreamDistill.Serve;

/// <summary>Reads the topic checkpoints, from its beginning (it is compacted) to its end and on. It belongs to no consumer group.</summary>
internal sealed partial class CheckpointTopic(KafkaClients clients, RecordDeserializer<Checkpoint> deserializer, ILogger<CheckpointTopic> logger)
{
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(5);

    private readonly ClientLog log = new(logger, "consumer");

    /// <summary>
    /// The latest record of a student, again at every poll once the end was reached; null while there is none. A record
    /// that cannot be decoded is logged, and the one before it stands.
    /// </summary>
    /// <exception cref="KafkaException">Kafka cannot be reached; start again.</exception>
    /// <exception cref="StreamDistillException">The topic is not there; start again later.</exception>
    public async IAsyncEnumerable<Checkpoint?> FollowAsync(string student, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var config = clients.ConsumerConfig("streamdistill-serve-checkpoints");
        config.EnablePartitionEof = true;
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(config).SetLogHandler((_, message) => log.Write(message)).Build();

        // The client's calls block, hence threads of their own.
        var behind = await Task.Factory.StartNew(() => Assign(consumer), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Checkpoint? latest = null;
        while (true)
        {
            var record = await Task.Factory.StartNew(() => Read(consumer), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            cancellationToken.ThrowIfCancellationRequested();
            if (record is { IsPartitionEOF: true })
            {
                behind.Remove(record.TopicPartition);
            }
            else if (record?.Message.Key is { } key && Encoding.UTF8.GetString(key) == student)
            {
                latest = record.Message.Value is { } value ? await DecodeAsync(record, value) ?? latest : null;
            }

            if (behind.Count == 0)
            {
                yield return latest;
            }
        }
    }

    private static HashSet<TopicPartition> Assign(IConsumer<byte[]?, byte[]?> consumer)
    {
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var topic = admin.GetMetadata(Topics.Checkpoints, RequestTimeout).Topics.Single();
        if (topic.Error.IsError || topic.Partitions.Count == 0)
        {
            throw new StreamDistillException(
                $"The topic {Topics.Checkpoints} is not there ({topic.Error.Reason}); `streamdistill topics apply` creates it.", isTransient: true);
        }

        HashSet<TopicPartition> partitions = [.. topic.Partitions.Select(partition => new TopicPartition(Topics.Checkpoints, partition.PartitionId))];
        consumer.Assign(partitions.Select(partition => new TopicPartitionOffset(partition, Offset.Beginning)));
        return partitions;
    }

    /// <summary>The next record or end of a partition; null when nothing came, and then Kafka is asked something, so that its silence is noticed.</summary>
    private static ConsumeResult<byte[]?, byte[]?>? Read(IConsumer<byte[]?, byte[]?> consumer)
    {
        var record = consumer.Consume(PollTime);
        if (record is null)
        {
            consumer.QueryWatermarkOffsets(consumer.Assignment[0], RequestTimeout);
        }

        return record;
    }

    private async Task<Checkpoint?> DecodeAsync(ConsumeResult<byte[]?, byte[]?> record, byte[] value)
    {
        try
        {
            return await deserializer.DeserializeAsync(record.Topic, value);
        }
        catch (Exception e) when (!DecodeFailure.IsPassing(e))
        {
            LogUndecodable(record.TopicPartitionOffset, e.Message);
            return null;
        }
    }

    [LoggerMessage(LogLevel.Error, "The record at {Position} is no checkpoint: {Reason}")]
    private partial void LogUndecodable(TopicPartitionOffset position, string reason);
}

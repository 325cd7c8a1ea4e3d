using Confluent.Kafka;
using Confluent.SchemaRegistry;
using streamdistill;
using StreamDistill.Contracts;
using StreamDistill.Pipeline;

namespace StreamDistill.Ingest;

/// <summary>
/// Keeps <see cref="PromptIndex"/> current: reads the topic prompts from as far back as is remembered to its end, and then
/// follows it, so that a restart, or another instance, does not make a known prompt new. When a write ends unknown it starts
/// again from where it was, and the index is complete once it is at the end. It belongs to no consumer group.
/// </summary>
public sealed class PromptFeed : BackgroundService
{
    /// <summary>Its name in the health report.</summary>
    public const string HealthPart = "kafka";

    private const int MaxBatch = 1_000;

    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly KafkaClients clients;
    private readonly RecordDeserializer<Prompt> deserializer;
    private readonly PromptIndex index;
    private readonly IngestOptions options;
    private readonly HealthState health;
    private readonly ILogger<PromptFeed> logger;
    private readonly Dictionary<TopicPartition, Offset> nextOffsets = [];
    private readonly HashSet<TopicPartition> behind = [];

    /// <param name="clients">Where Kafka is.</param>
    /// <param name="deserializer">Reads prompts.</param>
    /// <param name="index">What is kept current.</param>
    /// <param name="options">How many prompts are remembered.</param>
    /// <param name="health">Told whether Kafka can be reached and the index is complete.</param>
    /// <param name="logger">Told of what cannot be read.</param>
    public PromptFeed(
        KafkaClients clients, RecordDeserializer<Prompt> deserializer, PromptIndex index, IngestOptions options, HealthState health, ILogger<PromptFeed> logger)
    {
        (this.clients, this.deserializer, this.index, this.options, this.health, this.logger) = (clients, deserializer, index, options, health, logger);
        health.SetReady(HealthPart, false, "the prompts stored so far are being read");
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(stoppingToken);
            }
            catch (Exception e) when (e is KafkaException or SchemaRegistryException or HttpRequestException or StreamDistillException)
            {
                logger.LogWarning("The topic {Topic} cannot be read now and will be tried again: {Reason}", Topics.Prompts, e.Message);
                health.SetReady(HealthPart, false, e.Message);
                await Task.Delay(RetryDelay, stoppingToken);
            }
        }
    }

    private async Task FollowAsync(CancellationToken stoppingToken)
    {
        var config = clients.ConsumerConfig("streamdistill-ingest-index");
        config.EnablePartitionEof = true;

        // Prompts stored behind an open transaction of another writer count: they are acknowledged. What Ingest writes is in none.
        config.IsolationLevel = IsolationLevel.ReadUncommitted;
        var doubts = index.Doubts;
        using var consumer = new ConsumerBuilder<byte[], byte[]>(config)
            .SetErrorHandler((_, error) => OnError(error))
            .SetLogHandler((_, message) => logger.LogDebug("Kafka consumer: {Message}", message.Message))
            .Build();

        // The client's calls block, hence threads of their own.
        await Task.Factory.StartNew(() => Assign(consumer), stoppingToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        while (!stoppingToken.IsCancellationRequested && index.Doubts == doubts)
        {
            var batch = await Task.Factory.StartNew(() => ReadBatch(consumer), stoppingToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            foreach (var record in batch)
            {
                await TakeAsync(record);
            }

            if (behind.Count == 0)
            {
                index.Complete(doubts);
                health.SetReady(HealthPart, true);
            }
        }
    }

    private void Assign(IConsumer<byte[], byte[]> consumer)
    {
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var topic = admin.GetMetadata(Topics.Prompts, RequestTimeout).Topics.Single();
        if (topic.Error.IsError || topic.Partitions.Count == 0)
        {
            throw new StreamDistillException(
                $"The topic {Topics.Prompts} is not there ({topic.Error.Reason}); `streamdistill topics apply` creates it.", isTransient: true);
        }

        foreach (var partition in topic.Partitions.Select(partition => new TopicPartition(Topics.Prompts, partition.PartitionId)))
        {
            var ends = consumer.QueryWatermarkOffsets(partition, RequestTimeout);
            nextOffsets.TryAdd(partition, Math.Max(ends.Low.Value, ends.High.Value - options.MaxRememberedPrompts));
            behind.Add(partition);
        }

        consumer.Assign(nextOffsets.Select(next => new TopicPartitionOffset(next.Key, next.Value)));
    }

    /// <summary>What has arrived; when nothing has, Kafka is asked something, so that its silence is noticed.</summary>
    private static List<ConsumeResult<byte[], byte[]>> ReadBatch(IConsumer<byte[], byte[]> consumer)
    {
        var batch = new List<ConsumeResult<byte[], byte[]>>();
        for (var record = consumer.Consume(PollTime); record is not null; record = batch.Count < MaxBatch ? consumer.Consume(TimeSpan.Zero) : null)
        {
            batch.Add(record);
        }

        if (batch.Count == 0)
        {
            consumer.QueryWatermarkOffsets(consumer.Assignment[0], RequestTimeout);
        }

        return batch;
    }

    private async Task TakeAsync(ConsumeResult<byte[], byte[]> record)
    {
        if (record.IsPartitionEOF)
        {
            behind.Remove(record.TopicPartition);
            return;
        }

        // A resampled prompt is no submission; a tombstone says nothing.
        if (record.Message.Value is { } bytes && await DecodeAsync(record, bytes) is { Attempt: 1 } prompt)
        {
            index.Remember(PromptClaims.Of(prompt));
        }

        nextOffsets[record.TopicPartition] = record.Offset + 1;
    }

    private async Task<Prompt?> DecodeAsync(ConsumeResult<byte[], byte[]> record, byte[] bytes)
    {
        try
        {
            return await deserializer.DeserializeAsync(record.Topic, bytes);
        }
        catch (Exception e) when (!DecodeFailure.IsPassing(e))
        {
            logger.LogWarning("The record at {Position} is no prompt: {Reason}", record.TopicPartitionOffset, e.Message);
            return null;
        }
    }

    private void OnError(Error error)
    {
        if (error.Code == ErrorCode.Local_AllBrokersDown)
        {
            health.SetReady(HealthPart, false, error.Reason);
        }
    }
}

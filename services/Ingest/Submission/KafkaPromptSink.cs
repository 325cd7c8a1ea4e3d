using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using streamdistill;
using StreamDistill.Contracts;
using StreamDistill.Pipeline;

namespace StreamDistill.Ingest;

/// <summary>The topic prompts: a prompt is stored when all in-sync replicas have it.</summary>
public sealed class KafkaPromptSink : IPromptSink, IDisposable
{
    /// <summary>Above the JSON's size: what Avro and the ids may add.</summary>
    private const int RecordOverheadBytes = 64 * 1024;

    private const int QueueKbytesMax = 256 * 1024;

    private static readonly TimeSpan QueueFullDelay = TimeSpan.FromMilliseconds(20);

    private readonly IProducer<byte[], byte[]> producer;
    private readonly RecordSerializer serializer;
    private readonly HealthState health;
    private readonly ClientLog log;

    /// <param name="clients">Where Kafka is.</param>
    /// <param name="serializer">Makes records bytes.</param>
    /// <param name="options">Limits.</param>
    /// <param name="health">Told when the producer cannot go on.</param>
    /// <param name="logger">Gets the client's warnings.</param>
    public KafkaPromptSink(KafkaClients clients, RecordSerializer serializer, IngestOptions options, HealthState health, ILogger<KafkaPromptSink> logger)
    {
        this.serializer = serializer;
        this.health = health;
        var config = clients.ProducerConfig("streamdistill-ingest");
        config.MessageTimeoutMs = (int)options.DeliveryTimeout.TotalMilliseconds;
        config.MessageMaxBytes = options.MaxPromptBytes + RecordOverheadBytes;
        config.QueueBufferingMaxKbytes ??= QueueKbytesMax;
        log = new ClientLog(logger, "producer");
        producer = new ProducerBuilder<byte[], byte[]>(config)
            .SetErrorHandler((_, error) => OnError(error))
            .SetStatisticsHandler((_, statistics) => log.Look(statistics))
            .SetLogHandler((_, message) => log.Write(message))
            .Build();
    }

    /// <inheritdoc />
    public async Task WriteAsync(Prompt prompt, CancellationToken cancellationToken)
    {
        var message = new Message<byte[], byte[]>
        {
            Key = Encoding.UTF8.GetBytes(prompt.PromptId),
            Value = await SerializeAsync(prompt),
            Headers = TraceHeaders(),
        };
        while (true)
        {
            try
            {
                // Not cancelled: whether a prompt that is under way gets stored must become known, and does, in time.
                await producer.ProduceAsync(Topics.Prompts, message, CancellationToken.None);
                return;
            }
            catch (ProduceException<byte[], byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                await Task.Delay(QueueFullDelay, cancellationToken);
            }
            catch (ProduceException<byte[], byte[]> e) when (e.Error.Code is ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge)
            {
                throw new UnprocessableRecordException(RefusalCodes.TooLarge, "is larger than Kafka takes; raise message.max.bytes there, or shorten the prompt", e);
            }
            catch (ProduceException<byte[], byte[]> e) when (e.DeliveryResult.Status != PersistenceStatus.NotPersisted)
            {
                throw new UnknownOutcomeException($"Kafka did not confirm it: {e.Error.Reason}", e);
            }
            catch (KafkaException e)
            {
                throw new StreamDistillException($"Kafka did not confirm it: {e.Error.Reason}", isTransient: true, e);
            }
        }
    }

    /// <summary>Waits a little for what is under way.</summary>
    public void Dispose()
    {
        producer.Flush(TimeSpan.FromSeconds(10));
        producer.Dispose();
    }

    private async Task<byte[]> SerializeAsync(Prompt prompt)
    {
        try
        {
            return await serializer.SerializeAsync(Topics.Prompts, prompt);
        }
        catch (Exception e) when (e is SchemaRegistryException or HttpRequestException or KafkaException or TaskCanceledException)
        {
            throw new StreamDistillException($"The schema registry did not answer as it should: {e.Message}", isTransient: true, e);
        }
    }

    private void OnError(Error error)
    {
        log.Write(error);
        if (error.IsFatal)
        {
            health.Fail($"the Kafka producer cannot go on: {error.Reason}");
        }
        else if (error.Code == ErrorCode.Local_AllBrokersDown)
        {
            health.SetReady(PromptFeed.HealthPart, false, error.Reason);
        }
    }

    private static Headers? TraceHeaders() => Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id }
        ? new Headers { { "traceparent", Encoding.ASCII.GetBytes(id) } }
        : null;
}

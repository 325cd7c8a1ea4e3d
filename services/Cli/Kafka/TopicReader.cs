using System.Runtime.CompilerServices;
using Confluent.Kafka;
using StreamDistill.Contracts;

namespace StreamDistill.Cli.Kafka;

/// <summary>Reads all partitions of some topics, without a group.</summary>
internal sealed class TopicReader : IDisposable
{
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan MetadataTimeout = TimeSpan.FromSeconds(30);

    private readonly IConsumer<byte[], byte[]?> consumer;

    /// <param name="bootstrapServers">Kafka.</param>
    /// <param name="topics">Those that do not exist are left out.</param>
    public TopicReader(string bootstrapServers, IEnumerable<string> topics)
    {
        consumer = new ConsumerBuilder<byte[], byte[]?>(Clients.Reader(bootstrapServers)).SetLogHandler(Clients.DropLog).Build();
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var wanted = topics.ToHashSet(StringComparer.Ordinal);
        Partitions = admin.GetMetadata(MetadataTimeout).Topics
            .Where(topic => wanted.Contains(topic.Topic))
            .SelectMany(topic => topic.Partitions.Select(partition => new TopicPartition(topic.Topic, partition.PartitionId)))
            .ToList();
    }

    /// <summary>What is read.</summary>
    public IReadOnlyList<TopicPartition> Partitions { get; }

    /// <summary>
    /// Records, and for each partition that was read to its end an event with IsPartitionEOF whose offset is the next one.
    /// Endless: the caller stops reading.
    /// </summary>
    /// <exception cref="StreamDistillException">The broker dropped records before they were read.</exception>
    public async IAsyncEnumerable<ConsumeResult<byte[], byte[]?>> ReadAsync(Offset from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        consumer.Assign(Partitions.Select(partition => new TopicPartitionOffset(partition, from)));
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Next() is { } result)
            {
                yield return result;
            }
            else
            {
                await Task.Delay(Idle, cancellationToken);
            }
        }
    }

    public void Dispose()
    {
        consumer.Close();
        consumer.Dispose();
    }

    private ConsumeResult<byte[], byte[]?>? Next()
    {
        try
        {
            return consumer.Consume(TimeSpan.Zero);
        }
        catch (ConsumeException e) when (e.Error.Code is ErrorCode.Local_AutoOffsetReset or ErrorCode.OffsetOutOfRange)
        {
            throw new StreamDistillException($"The broker dropped records of {e.ConsumerRecord.Topic} partition {e.ConsumerRecord.Partition.Value} before they were read: {e.Error.Reason}", isTransient: false, e);
        }
        catch (ConsumeException e) when (!e.Error.IsFatal && e.Error.IsLocalError)
        {
            // The client reconnects by itself; a broker that has died ends the system elsewhere.
            return null;
        }
    }
}

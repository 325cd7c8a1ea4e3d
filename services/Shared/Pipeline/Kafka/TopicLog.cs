using System.Runtime.CompilerServices;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using StreamDistill.Contracts;

namespace StreamDistill.Pipeline;

/// <summary>Reads a topic from given offsets to given ends, with a consumer of its own that belongs to no group's assignment.</summary>
/// <param name="clients">Kafka.</param>
/// <param name="topic">The topic; it need not exist.</param>
/// <param name="clientName">How the reader calls itself.</param>
public sealed class TopicLog(KafkaClients clients, string topic, string clientName)
{
    private static readonly TimeSpan MetadataTimeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The next offset of each partition that ever had a record; none where the topic does not exist. Open transactions
    /// count in, so that reading up to here waits for their ends.
    /// </summary>
    /// <exception cref="StreamDistillException">The broker could not be asked (transient).</exception>
    public async Task<IReadOnlyDictionary<int, long>> EndsAsync()
    {
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(Config()).Build();
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        try
        {
            // All topics are asked for: asking for one by name can create it.
            var found = admin.GetMetadata(MetadataTimeout).Topics.Find(candidate => candidate.Topic == topic && candidate.Error.Code == ErrorCode.NoError);
            if (found is null)
            {
                return new Dictionary<int, long>();
            }

            var specs = found.Partitions.Select(partition => new TopicPartitionOffsetSpec
            {
                TopicPartition = new TopicPartition(topic, partition.PartitionId),
                OffsetSpec = OffsetSpec.Latest(),
            });
            var options = new ListOffsetsOptions { IsolationLevel = IsolationLevel.ReadUncommitted, RequestTimeout = MetadataTimeout };
            var ends = await admin.ListOffsetsAsync(specs, options);
            return ends.ResultInfos
                .Select(info => info.TopicPartitionOffsetError)
                .Where(end => end.Offset > 0)
                .ToDictionary(end => end.Partition.Value, end => end.Offset.Value);
        }
        catch (KafkaException error)
        {
            throw Unreadable(error);
        }
    }

    /// <summary>
    /// Every committed record from the offsets on (the beginning where a partition is not named) to before the ends, one
    /// partition after the other, each in order.
    /// </summary>
    /// <exception cref="StreamDistillException">The topic could not be read (transient).</exception>
    public async IAsyncEnumerable<ConsumeResult<byte[]?, byte[]?>> ReadAsync(
        IReadOnlyDictionary<int, long> from, IReadOnlyDictionary<int, long> ends, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Consume blocks its thread, and the caller's may be the one that keeps a group's membership alive.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(Config()).Build();
        foreach (var (partition, end) in ends.OrderBy(pair => pair.Key))
        {
            var start = from.GetValueOrDefault(partition, 0);
            if (start >= end)
            {
                continue;
            }

            consumer.Assign(new TopicPartitionOffset(topic, partition, start == 0 ? Offset.Beginning : start));
            while (true)
            {
                // The record before the end may be a transaction's marker, or compacted away: then what comes is past it.
                var result = Consume(consumer, cancellationToken);
                if (!result.IsPartitionEOF && result.Offset < end)
                {
                    yield return result;
                }

                if (result.Offset >= (result.IsPartitionEOF ? end : end - 1))
                {
                    break;
                }
            }
        }

        consumer.Close();
    }

    private ConsumerConfig Config()
    {
        var config = clients.ConsumerConfig(clientName);
        config.AutoOffsetReset = AutoOffsetReset.Earliest;
        config.EnablePartitionEof = true;
        return config;
    }

    private ConsumeResult<byte[]?, byte[]?> Consume(IConsumer<byte[]?, byte[]?> consumer, CancellationToken cancellationToken)
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

    private StreamDistillException Unreadable(KafkaException error) =>
        new($"the topic {topic} could not be read: {error.Error.Reason}", isTransient: true, error);
}

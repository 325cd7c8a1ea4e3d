using System.Diagnostics;
using Confluent.Kafka;

namespace StreamDistill.Benchmarks;

/// <summary>What the stage host is compared with: consume, produce and one transaction for each batch, on Confluent.Kafka alone.</summary>
internal static class BareLoop
{
    private const int BatchRecords = 1000;
    private static readonly TimeSpan BatchTime = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>From the first record read until the last is committed. Blocks.</summary>
    public static PassCost Run(Cluster cluster, string input, string group, int records)
    {
        var config = cluster.Clients.ProducerConfig(group);
        config.TransactionalId = group;
        using var producer = new ProducerBuilder<byte[], byte[]>(config).Build();
        using var consumer = new ConsumerBuilder<byte[], byte[]>(cluster.Clients.ConsumerConfig(group)).Build();
        producer.InitTransactions(Patience);
        consumer.Subscribe(input);
        PassClock? clock = null;
        var batch = new List<ConsumeResult<byte[], byte[]>>(BatchRecords);
        for (var done = 0; done < records; done += batch.Count)
        {
            batch.Clear();
            var started = Stopwatch.GetTimestamp();
            while (batch.Count < BatchRecords && (batch.Count == 0 || Stopwatch.GetElapsedTime(started) < BatchTime))
            {
                if (consumer.Consume(BatchTime) is { } record)
                {
                    clock ??= new PassClock();
                    started = batch.Count == 0 ? Stopwatch.GetTimestamp() : started;
                    batch.Add(record);
                }
            }

            Commit(producer, consumer, batch, "out-" + group);
        }

        var cost = clock!.CostOf(records);
        consumer.Close();
        return cost;
    }

    private static void Commit(IProducer<byte[], byte[]> producer, IConsumer<byte[], byte[]> consumer, List<ConsumeResult<byte[], byte[]>> batch, string output)
    {
        producer.BeginTransaction();
        var offsets = new Dictionary<TopicPartition, Offset>();
        foreach (var record in batch)
        {
            producer.Produce(output, new Message<byte[], byte[]> { Key = record.Message.Key, Value = record.Message.Value });
            offsets[record.TopicPartition] = record.Offset + 1;
        }

        producer.SendOffsetsToTransaction(offsets.Select(entry => new TopicPartitionOffset(entry.Key, entry.Value)), consumer.ConsumerGroupMetadata, Patience);
        producer.CommitTransaction(Patience);
    }
}

using Confluent.Kafka;

namespace StreamDistill.Benchmarks;

/// <summary>Producing and consuming many records as fast as one client does.</summary>
internal static class Load
{
    public const int RecordBytes = 1000;

    // The client's queue is the backpressure: it says that it is full, and empties in some ten milliseconds.
    private static readonly TimeSpan QueueFullPause = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // Enough of them that nothing between the client and the disk can make use of their being alike.
    private static readonly byte[][] Values = [.. Enumerable.Range(0, 64).Select(seed =>
    {
        var value = new byte[RecordBytes];
        new Random(seed).NextBytes(value);
        return value;
    })];

    public static byte[] Value(int i) => Values[i % Values.Length];

    /// <summary>
    /// Produces without keys, so that the client fills a batch of one partition and then one of another, and measures until
    /// everything is acknowledged; a record before that, which
    /// is not counted, makes the client learn where the partitions are.
    /// </summary>
    public static Transfer Produce(BrokerProcess broker, string topic, int records)
    {
        var failures = new List<string>();
        using var producer = new ProducerBuilder<Null, byte[]>(Clients.FastProducer(broker)).SetErrorHandler((_, error) => failures.Add(error.Reason)).Build();
        var message = new Message<Null, byte[]> { Value = Value(0) };
        producer.Produce(topic, message);
        Flush(producer, failures);
        var transfer = Transfer.Measure(broker, records, () =>
        {
            for (var i = 0; i < records; i++)
            {
                message.Value = Value(i);
                Send(producer, topic, message);
            }

            Flush(producer, failures);
        });
        return transfer;
    }

    /// <summary>Consumes so many records of the topic from its start, each value looked at where the client has it.</summary>
    /// <param name="broker">The broker.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="records">How many.</param>
    /// <param name="passes">How often, from the start each time.</param>
    public static Transfer Consume(BrokerProcess broker, string topic, int records, int passes = 1) =>
        Consume(broker, topic, records, passes, new LengthDeserializer(), length => length);

    /// <summary>As <see cref="Consume(BrokerProcess, string, int, int)" />, each value copied into an array of its own, as Confluent.Kafka does by default.</summary>
    public static Transfer ConsumeArrays(BrokerProcess broker, string topic, int records) =>
        Consume(broker, topic, records, passes: 1, Deserializers.ByteArray, value => value.Length);

    /// <summary>How many records the topic holds.</summary>
    public static long Count(BrokerProcess broker, string topic)
    {
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(Clients.Consumer(broker)).Build();
        return Enumerable.Range(0, Clients.Partitions)
            .Select(partition => consumer.QueryWatermarkOffsets(new TopicPartition(topic, partition), Patience))
            .Sum(offsets => offsets.High - offsets.Low);
    }

    private static Transfer Consume<T>(BrokerProcess broker, string topic, int records, int passes, IDeserializer<T> deserializer, Func<T, int> lengthOf)
    {
        using var consumer = new ConsumerBuilder<Ignore, T>(Clients.Consumer(broker)).SetValueDeserializer(deserializer).Build();
        var partitions = Enumerable.Range(0, Clients.Partitions).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)).ToArray();
        return Transfer.Measure(broker, (long)records * passes, () =>
        {
            for (var pass = 0; pass < passes; pass++)
            {
                consumer.Assign(partitions);
                for (var i = 0; i < records; i++)
                {
                    if (consumer.Consume(Patience) is not { } result || lengthOf(result.Message.Value) != RecordBytes)
                    {
                        throw new InvalidOperationException($"After {i:N0} of {records:N0} records no other came for {Patience.TotalSeconds} seconds.");
                    }
                }
            }
        });
    }

    private static void Send(IProducer<Null, byte[]> producer, string topic, Message<Null, byte[]> message)
    {
        while (true)
        {
            try
            {
                producer.Produce(topic, message);
                return;
            }
            catch (ProduceException<Null, byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                Thread.Sleep(QueueFullPause);
            }
        }
    }

    private static void Flush(IProducer<Null, byte[]> producer, List<string> failures)
    {
        if (producer.Flush(Patience) > 0 || failures.Count > 0)
        {
            throw new InvalidOperationException($"Not everything was acknowledged: {string.Join("; ", failures)}");
        }
    }

    private sealed class LengthDeserializer : IDeserializer<int>
    {
        public int Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context) => data.Length;
    }
}

using Confluent.Kafka;

namespace StreamDistill.Interop.Conformance;

/// <content>Transactions.</content>
internal sealed partial class LibrdkafkaFeatures
{
    private IProducer<string, string?> Transactional(string id)
    {
        var producer = Producer(config =>
        {
            config.TransactionalId = id;
            config.TransactionTimeoutMs = 30_000;
        });
        producer.InitTransactions(Patience);
        return producer;
    }

    private async Task CommitAsync()
    {
        var topic = await NewTopicAsync();
        using var producer = Transactional(topic);
        for (var i = 0; i < 20; i++)
        {
            producer.BeginTransaction();
            Produce(producer, topic, Values(i * 10, (i + 1) * 10));
            producer.CommitTransaction(Patience);
        }

        Assert.Equal(Values(0, 200), ReadAll(topic));
    }

    private async Task AbortAsync()
    {
        var topic = await NewTopicAsync();
        using var producer = Transactional(topic);
        producer.BeginTransaction();
        Produce(producer, topic, Values(0, 10));
        producer.Flush(Patience);
        Assert.Empty(ReadAll(topic));
        Assert.Equal(Values(0, 10), ReadAll(topic, IsolationLevel.ReadUncommitted));
        producer.AbortTransaction(Patience);
        producer.BeginTransaction();
        Produce(producer, topic, Values(10, 20));
        producer.CommitTransaction(Patience);

        Assert.Equal(Values(10, 20), ReadAll(topic));
        Assert.Equal(Values(0, 20), ReadAll(topic, IsolationLevel.ReadUncommitted));
    }

    private async Task TransactionOffsetsAsync()
    {
        var topic = await NewTopicAsync();
        Produce(topic, Values(0, 10));
        using var consumer = Consumer();
        consumer.Subscribe(topic);
        ToTheEnd(consumer);
        using var producer = Transactional(topic);
        long Committed() => consumer.Committed([First(topic)], Patience)[0].Offset.Value;
        void Send(long offset) => producer.SendOffsetsToTransaction([new TopicPartitionOffset(First(topic), offset)], consumer.ConsumerGroupMetadata, Patience);

        producer.BeginTransaction();
        Send(4);
        producer.CommitTransaction(Patience);
        Assert.Equal(4, Committed());
        producer.BeginTransaction();
        Send(9);
        producer.AbortTransaction(Patience);
        Assert.Equal(4, Committed());
    }

    /// <summary>A producer, and a member of a group, that another has replaced.</summary>
    private async Task FencingAsync()
    {
        var topic = await NewTopicAsync();
        using var zombie = Transactional(topic);
        zombie.BeginTransaction();
        Produce(zombie, topic, ["of the zombie"]);
        zombie.Flush(Patience);
        using var producer = Transactional(topic);
        producer.BeginTransaction();
        Produce(producer, topic, ["of the new one"]);
        producer.CommitTransaction(Patience);
        var fenced = Assert.ThrowsAny<KafkaException>(() => zombie.CommitTransaction(Patience));
        Assert.Equal(ErrorCode.Local_Fenced, fenced.Error.Code);
        Assert.Equal(["of the new one"], ReadAll(topic));

        using var consumer = Consumer();
        consumer.Subscribe(topic);
        ToTheEnd(consumer);
        var old = consumer.ConsumerGroupMetadata;
        consumer.Unsubscribe();
        consumer.Subscribe(topic);
        ToTheEnd(consumer);
        producer.BeginTransaction();
        var stale = Assert.ThrowsAny<KafkaException>(() => producer.SendOffsetsToTransaction([new TopicPartitionOffset(First(topic), 1)], old, Patience));
        Assert.Contains(stale.Error.Code, new[] { ErrorCode.IllegalGeneration, ErrorCode.UnknownMemberId, ErrorCode.FencedInstanceId });
        producer.AbortTransaction(Patience);
    }
}

using System.Collections.Concurrent;
using Confluent.Kafka;

namespace StreamDistill.EndToEnd.Crashing;

/// <summary>Writes the numbers from 0 on, with idempotence, and knows which were acknowledged.</summary>
internal sealed class NumberSource : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly IProducer<Null, int> producer;
    private readonly string topic;
    private readonly int partitions;
    private readonly ConcurrentBag<int> delivered = [];
    private readonly CancellationTokenSource stopping = new();

    public NumberSource(string address, string topic, int partitions)
    {
        (this.topic, this.partitions) = (topic, partitions);
        producer = new ProducerBuilder<Null, int>(new ProducerConfig
        {
            BootstrapServers = address, EnableIdempotence = true, LingerMs = 1, MessageTimeoutMs = 120_000, ReconnectBackoffMs = 20, ReconnectBackoffMaxMs = 100, RetryBackoffMs = 20,
        }).SetLogHandler((_, _) => { }).Build();
    }

    /// <summary>The numbers that were acknowledged, in order.</summary>
    public IReadOnlyList<int> Delivered => [.. delivered.Order()];

    /// <summary>Ends the writing; what was begun is still delivered.</summary>
    public void Stop() => stopping.Cancel();

    /// <summary>Writes until stopped, and fails when something is not delivered.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token, cancellationToken);
        var sent = new List<Task>();
        for (var number = 0; !either.IsCancellationRequested; number++)
        {
            sent.Add(SendAsync(number));
            await Task.Delay(number % 10 == 0 ? Pause : TimeSpan.Zero, CancellationToken.None);
        }

        await Task.WhenAll(sent);
    }

    public void Dispose()
    {
        producer.Dispose();
        stopping.Dispose();
    }

    private async Task SendAsync(int number)
    {
        await producer.ProduceAsync(new TopicPartition(topic, number % partitions), new Message<Null, int> { Value = number });
        delivered.Add(number);
    }
}

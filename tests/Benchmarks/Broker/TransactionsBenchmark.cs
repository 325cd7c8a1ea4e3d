using System.Diagnostics;
using Confluent.Kafka;

namespace StreamDistill.Benchmarks;

/// <summary>
/// Transactions of one record a second, on the broker and the mock cluster in turns. librdkafka's commit waits for records on
/// their way in steps of 10 ms, which is what bounds a single producer; one that waits for its record itself before it commits
/// shows what the broker takes, its fsync included, which the mock cluster does not have.
/// </summary>
internal sealed class TransactionsBenchmark : IBenchmark
{
    private const int Rounds = 5;
    private const int Parallel = 16;
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(1.5);

    public string Name => "broker-transactions";

    public async Task RunAsync(Report report)
    {
        using var directory = new ScratchDirectory();
        await using var broker = await BrokerProcess.StartAsync(directory.Path);
        await using var mock = await BrokerProcess.StartMockAsync();
        var producers = await OpenAsync(broker);
        var mockProducers = await OpenAsync(mock);
        List<double> one = [], mockOne = [], awaited = [], mockAwaited = [], many = [], mockMany = [];
        for (var round = -1; round < Rounds; round++)
        {
            one.Add(await MeasureAsync(producers[..1]));
            mockOne.Add(await MeasureAsync(mockProducers[..1]));
            awaited.Add(await MeasureAsync(producers[..1], waitsForRecord: true));
            mockAwaited.Add(await MeasureAsync(mockProducers[..1], waitsForRecord: true));
            many.Add(await MeasureAsync(producers));
            mockMany.Add(await MeasureAsync(mockProducers));
            await Console.Error.WriteLineAsync(FormattableString.Invariant($"  round {round + 1} of {Rounds}: {one[^1]:N0}/s, mock cluster {mockOne[^1]:N0}/s; awaited {awaited[^1]:N0}/s, {mockAwaited[^1]:N0}/s; {Parallel} producers {many[^1]:N0}/s, {mockMany[^1]:N0}/s"));
        }

        report.Add("one producer", $"{one.Skip(1).Median():N0} transactions/s");
        report.Add("one producer, mock cluster", $"{mockOne.Skip(1).Median():N0} transactions/s");
        report.AddAtLeast("one producer, broker / mock cluster", one.Skip(1).Median() / mockOne.Skip(1).Median(), "×", 1);
        report.Add("one producer, record awaited before the commit", $"{awaited.Skip(1).Median():N0} transactions/s");
        report.Add("one producer, record awaited, mock cluster", $"{mockAwaited.Skip(1).Median():N0} transactions/s");
        report.AddAtLeast($"{Parallel} producers", many.Skip(1).Median(), " transactions/s", 1000);
        report.Add($"{Parallel} producers, mock cluster", $"{mockMany.Skip(1).Median():N0} transactions/s");
        foreach (var producer in producers.Concat(mockProducers))
        {
            producer.Dispose();
        }
    }

    private static async Task<IProducer<Null, byte[]>[]> OpenAsync(BrokerProcess broker)
    {
        await broker.CreateTopicAsync("transactions");
        var producers = Enumerable.Range(0, Parallel)
            .Select(i => new ProducerBuilder<Null, byte[]>(Clients.TransactionalProducer(broker, $"bench-{i}")).Build())
            .ToArray();
        foreach (var producer in producers)
        {
            producer.InitTransactions(TimeSpan.FromSeconds(20));
        }

        return producers;
    }

    /// <returns>Transactions a second, of all producers together.</returns>
    private static async Task<double> MeasureAsync(IProducer<Null, byte[]>[] producers, bool waitsForRecord = false)
    {
        var started = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(producers.Select((producer, i) => Task.Factory.StartNew(() => Repeat(producer, i, started, waitsForRecord), TaskCreationOptions.LongRunning)));
        return counts.Sum() / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static int Repeat(IProducer<Null, byte[]> producer, int i, long started, bool waitsForRecord)
    {
        var partition = new TopicPartition("transactions", i % Clients.Partitions);
        using var arrived = new ManualResetEventSlim();
        var transactions = 0;
        for (; Stopwatch.GetElapsedTime(started) < Turn; transactions++)
        {
            producer.BeginTransaction();
            producer.Produce(partition, new Message<Null, byte[]> { Value = Load.Value(transactions) }, waitsForRecord ? _ => arrived.Set() : null);
            if (waitsForRecord)
            {
                arrived.Wait();
                arrived.Reset();
            }

            producer.CommitTransaction();
        }

        return transactions;
    }
}

using System.Diagnostics;
using Confluent.Kafka;

namespace StreamDistill.Benchmarks;

/// <summary>From a record's being produced to its being acknowledged, one after the other, on the broker and the mock cluster in turns.</summary>
internal sealed class ProduceLatencyBenchmark : IBenchmark
{
    private const int Rounds = 10;
    private const int PerRound = 2_000;

    public string Name => "broker-latency";

    public async Task RunAsync(Report report)
    {
        using var directory = new ScratchDirectory();
        await using var broker = await BrokerProcess.StartAsync(directory.Path);
        await using var mock = await BrokerProcess.StartMockAsync();
        await broker.CreateTopicAsync("latency");
        await mock.CreateTopicAsync("latency");
        List<double> ours = [], theirs = [];
        using var producer = new ProducerBuilder<Null, byte[]>(Clients.PromptProducer(broker)).Build();
        using var mockProducer = new ProducerBuilder<Null, byte[]>(Clients.PromptProducer(mock)).Build();
        for (var round = -1; round < Rounds; round++)
        {
            var (milliseconds, mockMilliseconds) = (await MeasureAsync(producer), await MeasureAsync(mockProducer));
            if (round >= 0)
            {
                ours.AddRange(milliseconds);
                theirs.AddRange(mockMilliseconds);
            }

            await Console.Error.WriteLineAsync(FormattableString.Invariant($"  round {round + 1} of {Rounds}: p50 {milliseconds.Percentile(50):N3} ms, mock cluster {mockMilliseconds.Percentile(50):N3} ms"));
        }

        report.Add("a record at a time, acks=all", $"{ours.Count:N0} of {Load.RecordBytes:N0} bytes on each, in turns of {PerRound:N0}");
        report.AddAtMost("p50", ours.Percentile(50), " ms", 0.3);
        report.AddAtMost("p99", ours.Percentile(99), " ms", 2);
        report.Add("p50, mock cluster", $"{theirs.Percentile(50):N3} ms");
        report.Add("p99, mock cluster", $"{theirs.Percentile(99):N3} ms");
        report.Add("p50, broker / mock cluster", $"{ours.Percentile(50) / theirs.Percentile(50):N2}×");
    }

    private static async Task<List<double>> MeasureAsync(IProducer<Null, byte[]> producer)
    {
        List<double> milliseconds = [];
        for (var i = 0; i < PerRound; i++)
        {
            var message = new Message<Null, byte[]> { Value = Load.Value(i) };
            var started = Stopwatch.GetTimestamp();
            await producer.ProduceAsync(new TopicPartition("latency", i % Clients.Partitions), message);
            milliseconds.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return milliseconds;
    }
}

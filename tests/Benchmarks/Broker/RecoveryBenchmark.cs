using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Confluent.Kafka;

namespace StreamDistill.Benchmarks;

/// <summary>From the start of the broker's process, over a log of 1 GB whose broker was killed, to its first answers.</summary>
internal sealed class RecoveryBenchmark : IBenchmark
{
    private const int Records = 1_000_000;
    private const int Rounds = 3;

    // ApiVersions, version 0, correlation id 1, no client id.
    private static readonly byte[] ApiVersions = [0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xff, 0xff];

    public string Name => "broker-recovery";

    public async Task RunAsync(Report report)
    {
        using var directory = new ScratchDirectory();
        var port = BrokerProcess.FreePort();
        var broker = await BrokerProcess.StartAsync(directory.Path, port);
        await broker.CreateTopicAsync("recovery");
        Load.Produce(broker, "recovery", Records - 1);
        var acknowledged = Records;
        List<double> answered = [], fetched = [];
        for (var round = 1; round <= Rounds; round++)
        {
            await broker.KillAsync();
            var started = Stopwatch.GetTimestamp();
            broker = BrokerProcess.Launch(directory.Path, port);
            await FirstAnswerAsync(port);
            answered.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
            FetchLast(broker);
            fetched.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
            await Console.Error.WriteLineAsync(FormattableString.Invariant($"  round {round} of {Rounds}: {answered[^1]:N2} s, the last record after {fetched[^1]:N2} s"));
            if (Load.Count(broker, "recovery") is var count && count != acknowledged)
            {
                throw new InvalidOperationException($"{acknowledged:N0} records were acknowledged, {count:N0} are left.");
            }

            // The next kill has a tail to recover that the start before has not seen.
            Load.Produce(broker, "recovery", 0);
            acknowledged++;
        }

        await broker.DisposeAsync();
        report.Add("a log of", $"{Records:N0} records, {(double)Records * Load.RecordBytes / 1e9:N1} GB; kill -9, {Rounds} times");
        report.AddAtMost("process started to first answer", answered.Median(), " s", 2);
        report.AddAtMost("process started to last record fetched", fetched.Median(), " s", 2);
    }

    private static async Task FirstAnswerAsync(int port)
    {
        var deadline = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port);
                await client.GetStream().WriteAsync(ApiVersions);
                var answer = new byte[10];
                await client.GetStream().ReadExactlyAsync(answer);
                if (BinaryPrimitives.ReadInt16BigEndian(answer.AsSpan(8)) == 0)
                {
                    return;
                }
            }
            catch (SocketException) when (deadline.Elapsed < TimeSpan.FromMinutes(1))
            {
                await Task.Delay(5);
            }
        }
    }

    private static void FetchLast(BrokerProcess broker)
    {
        using var consumer = new ConsumerBuilder<Ignore, byte[]>(Clients.Consumer(broker)).Build();
        var partition = new TopicPartition("recovery", 0);
        var end = consumer.QueryWatermarkOffsets(partition, TimeSpan.FromMinutes(1)).High;
        consumer.Assign(new TopicPartitionOffset(partition, end - 1));
        if (consumer.Consume(TimeSpan.FromMinutes(1)) is null)
        {
            throw new InvalidOperationException("The last record did not come within a minute.");
        }
    }
}

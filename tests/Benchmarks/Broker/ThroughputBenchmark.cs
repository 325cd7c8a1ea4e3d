namespace StreamDistill.Benchmarks;

/// <summary>
/// Records a second, produced and consumed through Confluent.Kafka, on the embedded broker, on librdkafka's mock cluster and
/// against a plain file of the same bytes, in turns. The mock cluster keeps 5 MB of a partition, so that consuming is compared
/// on as much, read again and again.
/// </summary>
internal sealed class ThroughputBenchmark : IBenchmark
{
    private const int Records = 1_000_000;
    private const int Rounds = 3;

    // About what the mock cluster keeps of four partitions.
    private const int FewRecords = 16_000;
    private const int Passes = 25;

    public string Name => "broker-throughput";

    public async Task RunAsync(Report report)
    {
        using var directory = new ScratchDirectory();
        await using var broker = await BrokerProcess.StartAsync(directory.Path);
        await using var mock = await BrokerProcess.StartMockAsync();
        foreach (var either in new[] { broker, mock })
        {
            await either.CreateTopicAsync("few");
            Load.Produce(either, "few", FewRecords);
        }

        var few = (int)Math.Min(Load.Count(broker, "few"), Load.Count(mock, "few"));
        List<Transfer> produced = [], consumed = [], arrays = [], mockProduced = [], mockConsumed = [], fewConsumed = [];
        List<double> written = [];
        for (var round = -1; round < Rounds; round++)
        {
            var topic = $"many{round + 1}";
            await broker.CreateTopicAsync(topic);
            await mock.CreateTopicAsync(topic);
            produced.Add(Load.Produce(broker, topic, Records));
            Expect(Load.Count(broker, topic), Records + 1);
            mockProduced.Add(Load.Produce(mock, topic, Records));
            written.Add(PlainFile.Write(Path.Combine(directory.Path, "plain"), (long)Records * Load.RecordBytes));
            consumed.Add(Load.Consume(broker, topic, Records));
            arrays.Add(Load.ConsumeArrays(broker, topic, Records));
            mockConsumed.Add(Load.Consume(mock, "few", few, Passes));
            fewConsumed.Add(Load.Consume(broker, "few", few, Passes));
            await broker.DeleteTopicAsync(topic);
            await Console.Error.WriteLineAsync($"  round {round + 1} of {Rounds}: produced {produced[^1]}; consumed {consumed[^1]}; mock cluster produced {mockProduced[^1]}");
        }

        report.Add("records", $"{Records:N0} of {Load.RecordBytes:N0} bytes, {Clients.Partitions} partitions, one client; {Rounds} rounds, medians after a first one");
        var produce = AddTransfers(report, "produced", produced, 600_000);
        var mockProduce = AddTransfers(report, "produced, mock cluster", mockProduced);
        report.Add("produced, broker / mock cluster", $"{produce / mockProduce:N2}×");
        var file = Records / written.Skip(1).Median();
        report.Add("the same bytes to a file, and fsync", $"{file:N0} records/s");
        report.Add("produced, broker / file", $"{produce / file:N2}×");
        AddTransfers(report, "consumed", consumed, 800_000);
        AddTransfers(report, "consumed into arrays", arrays);
        var fewOurs = AddTransfers(report, "consumed, 16 MB again and again", fewConsumed);
        var fewTheirs = AddTransfers(report, "consumed, 16 MB again and again, mock cluster", mockConsumed);
        report.Add("consumed, broker / mock cluster", $"{fewOurs / fewTheirs:N2}×");
    }

    // What the two processes' CPU time would allow on two idle cores says what bounds where other things run beside.
    private static double AddTransfers(Report report, string what, List<Transfer> rounds, int? target = null)
    {
        var measured = rounds.Skip(1).ToList();
        var perSecond = measured.Select(round => round.PerSecond).Median();
        if (target is { } least)
        {
            report.AddAtLeast(what, perSecond, " records/s", least);
        }
        else
        {
            report.Add(what, $"{perSecond:N0} records/s");
        }

        var (client, broker) = (measured.Select(round => round.ClientMicroseconds).Median(), measured.Select(round => round.BrokerMicroseconds).Median());
        report.Add("  CPU per record", $"{client:N2} µs client + {broker:N2} µs broker: {2e6 / (client + broker):N0} records/s on two cores");
        report.Add("  the client's busiest thread", $"{measured.Select(round => round.BusiestClientThread).Median():P0} of the time");
        return perSecond;
    }

    private static void Expect(long stored, long sent)
    {
        if (stored != sent)
        {
            throw new InvalidOperationException($"{sent:N0} records were sent, {stored:N0} are stored.");
        }
    }
}

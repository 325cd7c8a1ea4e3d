using System.Text;
using Confluent.Kafka;
using streamdistill;
using StreamDistill.Pipeline;

namespace StreamDistill.Benchmarks;

/// <summary>
/// The stage host's own cost of a record, from the source to the committed output: a stage that passes records on, and a
/// loop that does the same on Confluent.Kafka alone, without decoding, in turns.
/// </summary>
internal sealed class StageBenchmark : IBenchmark
{
    private const int Records = 100_000;
    private const int Rounds = 3;
    private const string Input = "bench-in";

    public string Name => "stage";

    public async Task RunAsync(Report report)
    {
        await using var cluster = await Cluster.StartAsync();
        await FeedAsync(cluster);
        List<PassCost> stages = [], loops = [];
        for (var round = -1; round < Rounds; round++)
        {
            var stage = await StagePass.RunAsync(cluster, Input, $"stage{round}", Records);
            var loop = await Task.Factory.StartNew(() => BareLoop.Run(cluster, Input, $"loop{round}", Records), TaskCreationOptions.LongRunning);
            await Console.Error.WriteLineAsync(FormattableString.Invariant($"  round {round + 1} of {Rounds}: stage {stage}, loop {loop}"));
            if (round >= 0)
            {
                stages.Add(stage);
                loops.Add(loop);
            }
        }

        report.Add("records, each way", $"{Records:N0} in {Rounds} rounds, {await ValueBytesAsync(cluster)} bytes of Avro each");
        var (wall, cpu) = Add(report, "stage host", stages);
        var (bareWall, bareCpu) = Add(report, "consume, produce, transaction alone", loops);
        report.Add("stage host / alone", $"{wall / bareWall:N1}× wall, {cpu / bareCpu:N1}× CPU");
    }

    private static (double Wall, double Cpu) Add(Report report, string what, List<PassCost> passes)
    {
        var (wall, cpu) = (passes.Select(pass => pass.WallMicroseconds).Median(), passes.Select(pass => pass.CpuMicroseconds).Median());
        report.Add(what, $"{wall:N2} µs a record wall, {cpu:N2} µs CPU, {1e6 / wall:N0}/s, {passes.Select(pass => pass.AllocatedBytes).Median():N0} bytes allocated");
        return (wall, cpu);
    }

    private static async Task FeedAsync(Cluster cluster)
    {
        var serializer = new RecordSerializer(cluster.Clients);
        using var producer = new ProducerBuilder<byte[], byte[]>(cluster.Clients.ProducerConfig("feed")).Build();
        for (var i = 0; i < Records; i++)
        {
            var prompt = PromptOf(i);
            var message = new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(prompt.PromptId), Value = await serializer.SerializeAsync(Input, prompt) };
            while (!TryProduce(producer, message))
            {
                producer.Flush(TimeSpan.FromSeconds(1));
            }
        }

        producer.Flush(TimeSpan.FromSeconds(60));
    }

    private static bool TryProduce(IProducer<byte[], byte[]> producer, Message<byte[], byte[]> message)
    {
        try
        {
            producer.Produce(Input, message);
            return true;
        }
        catch (ProduceException<byte[], byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
        {
            return false;
        }
    }

    private static async Task<int> ValueBytesAsync(Cluster cluster) => (await new RecordSerializer(cluster.Clients).SerializeAsync(Input, PromptOf(0))).Length;

    private static Prompt PromptOf(int i) => new()
    {
        PromptId = $"p{i:D6}",
        Tenant = "t",
        Task = "math",
        Source = "b",
        SubmittedAt = DateTime.UnixEpoch,
        Messages = [new Message { Role = "user", Content = "What is 6 × 7?" }],
        Sampling = new Sampling { N = 1, Temperature = 1, TopP = 1, MaxTokens = 10 },
    };
}

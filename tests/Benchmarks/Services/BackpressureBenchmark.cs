using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using streamdistill;
using StreamDistill.Contracts;
using StreamDistill.Pipeline;
using StreamDistill.Teach.Tests;

namespace StreamDistill.Benchmarks;

/// <summary>
/// Teach with a teacher that takes 2 s for a call and 512 calls in flight: it must keep the teacher busy, stay in its
/// group, and not grow, though many more prompts wait than it can hold.
/// </summary>
internal sealed class BackpressureBenchmark : IBenchmark
{
    private const int Calls = 512;
    private const int WarmUpPrompts = 3 * Calls;

    // Teach keeps the latest answers, in 64 MiB by default, which this would take minutes to fill.
    private const int PaidAnswersBytes = 1 << 20;
    private const int MeasuredPrompts = 11 * Calls;
    private static readonly TimeSpan CallTime = TimeSpan.FromSeconds(2);

    public string Name => "backpressure";

    public async Task RunAsync(Report report)
    {
        await using var cluster = await Cluster.StartAsync();
        await using var teacher = await FakeTeacher.StartAsync(
            _ => FakeReply.Answer("She sells 9 eggs for $2 each, which makes 18.\n#### 18", reasoning: "16 - 3 - 4 = 9.").After(CallTime), keepsCalls: false);
        await FeedAsync(cluster, WarmUpPrompts + MeasuredPrompts + (4 * Calls));
        await using var teach = RunningService.Start(
            "Teach", cluster, $"--Teach:Teacher={teacher.Url}", "--Teach:Model=slow", $"--Teach:ConcurrentCalls={Calls}", $"--Teach:PaidAnswersBytes={PaidAnswersBytes}");
        using var committed = new CommittedOffsets(cluster, "teach", Topics.Prompts);

        await ReachAsync(committed, WarmUpPrompts);
        var (started, before) = (Stopwatch.GetTimestamp(), teach.Memory.Count);
        await ReachAsync(committed, WarmUpPrompts + MeasuredPrompts);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var memory = teach.Memory.Skip(before).ToList();

        var ideal = Calls / CallTime.TotalSeconds;
        report.Add("steady state", $"{MeasuredPrompts:N0} prompts in {seconds:N1} s, {teacher.MostInFlight} calls in flight at most");
        report.AddAtLeast("prompts committed", MeasuredPrompts / seconds, "/s", 0.95 * ideal);
        report.AddAtLeast($"of the teacher's {ideal:N0}/s", 100 * MeasuredPrompts / seconds / ideal, " %", 95);
        report.Add("partitions assigned / taken away", $"{Count(teach, 1)} / {Count(teach, 2)} times", "1 / 0: no rebalance");
        Add(report, "resident memory", memory.ConvertAll(sample => sample.Resident));
        Add(report, "managed heap after a full collection", memory.ConvertAll(sample => sample.Heap));
    }

    /// <summary>Median of the first and of the last third, and the most: flat memory has them close together.</summary>
    private static void Add(Report report, string what, List<long> bytes)
    {
        var third = bytes.Count / 3;
        report.Add(
            what,
            $"{bytes.Take(third).Select(Megabytes).Median():N1} MB, later {bytes.TakeLast(third).Select(Megabytes).Median():N1} MB, at most {Megabytes(bytes.Max()):N1} MB ({bytes.Count} samples)");
    }

    private static double Megabytes(long bytes) => bytes / 1e6;

    /// <summary>How often the reader logged that event; see the stage host's UnitReader.</summary>
    private static int Count(RunningService service, int eventId) =>
        service.Log.Count(line => line.Contains($"StreamDistill.Pipeline[{eventId}]", StringComparison.Ordinal));

    private static async Task ReachAsync(CommittedOffsets committed, long total)
    {
        for (var said = 0L; ;)
        {
            var now = committed.Total();
            if (now / 1000 > said / 1000)
            {
                await Console.Error.WriteLineAsync(FormattableString.Invariant($"  {now:N0} prompts committed"));
                said = now;
            }

            if (now >= total)
            {
                return;
            }

            await Task.Delay(10);
        }
    }

    private static async Task FeedAsync(Cluster cluster, int prompts)
    {
        var serializer = new RecordSerializer(cluster.Clients);
        using var producer = new ProducerBuilder<byte[], byte[]>(cluster.Clients.ProducerConfig("feed")).Build();
        for (var i = 0; i < prompts; i++)
        {
            var prompt = Completions.All[0].Completion.Prompt with
            {
                PromptId = $"p{i:D6}",
                Sampling = new Sampling { N = 1, Temperature = 0.6, TopP = 0.95, MaxTokens = 1024 },
            };
            var value = await serializer.SerializeAsync(Topics.Prompts, prompt);
            producer.Produce(Topics.Prompts, new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(prompt.PromptId), Value = value });
        }

        producer.Flush(TimeSpan.FromSeconds(60));
    }
}

using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using streamdistill;
using StreamDistill.Contracts;
using StreamDistill.Pipeline;

namespace StreamDistill.Compact.Tests;

/// <summary>The service as the process it is, against the embedded broker.</summary>
public sealed class CompactServiceTests : EmbeddedKafka
{
    private static readonly CompactOptions Options = new() { BestOf = 2, Balance = Balance.Cap };

    [Fact]
    public async Task A_service_killed_on_its_way_and_started_again_goes_on_as_if_it_had_never_stopped()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        var first = Units(0, 60);
        var second = Units(30, 90);
        var expected = new CuratedMap(Options);
        var stage = await expected.StartAsync();

        await ProduceAsync(first, timeout.Token);
        await FeedAsync(expected, stage, first);
        using (var service = StartService())
        {
            await WaitForAsync(curated => curated.Length > 0, timeout.Token);
            service.Kill();
            await service.WaitForExitAsync(timeout.Token);
        }

        await ProduceAsync(second, timeout.Token);
        await FeedAsync(expected, stage, second);
        using (var service = StartService())
        {
            var wanted = Shown(expected.Examples.Values);
            await WaitForAsync(curated => curated.SequenceEqual(wanted), timeout.Token);
            service.StandardInput.Close();
            await service.WaitForExitAsync(timeout.Token);
            Assert.Equal(ServiceProgram.Done, service.ExitCode);
        }
    }

    private static List<Input<Verdict>> Units(int start, int end) =>
        [.. from prompt in Enumerable.Range(start, end - start)
            from sample in Enumerable.Range(0, 3)
            let answer = new string('x', 1 + (((prompt * 7) + (sample * start)) % 9))
            select Verdicts.Of($"p{prompt}", $"question {prompt % 40}", answer, completionId: $"c{start + sample}", task: prompt % 40 % 3 == 0 ? "chat" : "math")];

    private static async Task FeedAsync(CuratedMap expected, CompactStage stage, List<Input<Verdict>> verdicts)
    {
        foreach (var verdict in verdicts)
        {
            await expected.FeedAsync(stage, verdict);
        }
    }

    private static string[] Shown(IEnumerable<TrainingExample> examples) =>
        [.. examples.Select(example => $"{example.ExampleId} {example.PromptId} {example.Answer} {example.Weight}").Order(StringComparer.Ordinal)];

    private async Task ProduceAsync(List<Input<Verdict>> verdicts, CancellationToken cancellationToken)
    {
        var serializer = new RecordSerializer(Clients);
        using var producer = new ProducerBuilder<byte[], byte[]>(Clients.ProducerConfig("test")).Build();
        foreach (var (verdict, _) in verdicts)
        {
            var value = await serializer.SerializeAsync(Topics.Verified, verdict);
            await producer.ProduceAsync(Topics.Verified, new() { Key = Encoding.UTF8.GetBytes(verdict.Completion.Prompt.PromptId), Value = value }, cancellationToken);
        }
    }

    private Process StartService()
    {
        var info = new ProcessStartInfo("dotnet") { RedirectStandardInput = true };
        info.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "StreamDistill.Compact.dll"));
        foreach (var setting in new[] { "Compact:BestOf=2", "Compact:Balance=Cap", "Kafka:Consumer:session.timeout.ms=6000" })
        {
            info.ArgumentList.Add("--" + setting);
        }

        info.Environment["KAFKA_BOOTSTRAP_SERVERS"] = BootstrapServers;
        info.Environment["SCHEMA_REGISTRY_URL"] = RegistryUrl;
        info.Environment["STREAMDISTILL_SUPERVISED"] = "1";
        return Process.Start(info)!;
    }

    private async Task WaitForAsync(Func<string[], bool> isReached, CancellationToken cancellationToken)
    {
        var curated = new Dictionary<UInt128, TrainingExample?>();
        while (!isReached(Shown(curated.Values.OfType<TrainingExample>())))
        {
            await Task.Delay(100, cancellationToken);
            curated.Clear();
            await foreach (var (id, example) in Log.ReadAsync(cancellationToken))
            {
                curated[id] = example;
            }
        }
    }
}

using StreamDistill.EndToEnd.Crashing;

namespace StreamDistill.EndToEnd;

/// <summary>Processes that stand still and go on later, not knowing that they were away.</summary>
public sealed class FrozenProcessTests
{
    private const int Prompts = 900;
    private const string ShortSession = "Kafka:Consumer:session.timeout.ms=6000";

    private static readonly TimeSpan BrokerFrozen = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan RegistryFrozen = TimeSpan.FromSeconds(4);

    [Theory]
    [InlineData("verify")]
    [InlineData("teach")]
    public async Task A_stage_that_wakes_up_after_another_took_over_is_fenced_and_nothing_is_lost_or_doubled(string stage)
    {
        SkipUnlessDurable();
        using var scene = new CrashScene($"frozen {stage}");
        var workload = Workload.Generate(scene.PathOf("sample"), Prompts, seed: 3);
        var undisturbed = await scene.UndisturbedAsync(workload);
        using var system = await RunningSystem.StartAsync(scene.PathOf("data"), [.. workload.UpArguments(scene.PathOf("data")), "--set", ShortSession]);
        scene.Watch(system);
        using var second = SecondInstance(system, workload, stage);
        using var members = new GroupMembers(system.Endpoints.BootstrapServers, stage);
        using var client = new Submitting(system.Endpoints.Ingest);
        await members.AreAsync(2);

        var lines = workload.Lines.Chunk(Prompts / 3).ToList();
        foreach (var (frozen, batch) in new[] { await system.PartAsync(stage), new Part(stage, second.Id) }.Zip(lines))
        {
            // Half of the batch is under way when it stops.
            await client.SubmitAsync(
                batch,
                submitted =>
                {
                    if (submitted >= batch.Length / 2)
                    {
                        ChildProcesses.Signal(frozen, ChildProcesses.SigStop);
                    }

                    return Task.CompletedTask;
                },
                CancellationToken.None);

            // All of it is processed although one of the two still stands.
            await members.AreAsync(1);
            var half = await Harvest.TakeAsync(system.Endpoints, client.Acknowledged, scene.PathOf($"frozen-{frozen.Id}"));
            Assert.True(half.Violations.Count == 0, string.Join('\n', half.Violations));
            Assert.Equal(0, half.Fates.Unfinished);
            ChildProcesses.Signal(frozen, ChildProcesses.SigContinue);
            await members.AreAsync(2);
        }

        await client.SubmitAsync(lines[2], _ => Task.CompletedTask, CancellationToken.None);
        scene.Check(await Harvest.TakeAsync(system.Endpoints, client.Acknowledged, scene.PathOf("woken")), workload, undisturbed);
        second.Signal("TERM");
        Assert.Equal(0, await second.ExitAsync());
        Assert.Equal(0, await system.StopAsync());
        scene.Succeeded();
    }

    [Fact]
    public async Task A_broker_or_registry_that_stands_still_for_a_while_loses_and_doubles_nothing()
    {
        SkipUnlessDurable();
        using var scene = new CrashScene("frozen broker and registry");
        var workload = Workload.Generate(scene.PathOf("sample"), Prompts, seed: 4);
        var undisturbed = await scene.UndisturbedAsync(workload);
        using var system = await RunningSystem.StartAsync(scene.PathOf("data"), [.. workload.UpArguments(scene.PathOf("data")), "--set", ShortSession]);
        scene.Watch(system);
        using var client = new Submitting(system.Endpoints.Ingest);
        var freezing = Task.CompletedTask;
        await client.SubmitAsync(
            workload.Lines,
            async submitted =>
            {
                switch (submitted / Submitting.BatchLines)
                {
                    case 5:
                        freezing = FreezeAsync(system, "broker", BrokerFrozen);
                        break;
                    case 25:
                        await freezing;
                        freezing = FreezeAsync(system, "registry", RegistryFrozen);
                        break;
                    case 40:
                        await freezing;
                        freezing = Task.WhenAll(FreezeAsync(system, "broker", RegistryFrozen), FreezeAsync(system, "registry", BrokerFrozen));
                        break;
                }
            },
            CancellationToken.None);
        await freezing;

        await system.ReadyAsync(CancellationToken.None);
        scene.Check(await Harvest.TakeAsync(system.Endpoints, client.Acknowledged, scene.PathOf("woken")), workload, undisturbed);
        Assert.Equal(0, await system.StopAsync());
        scene.Succeeded();
    }

    private static async Task FreezeAsync(RunningSystem system, string name, TimeSpan howLong)
    {
        var part = await system.PartAsync(name);
        ChildProcesses.Signal(part, ChildProcesses.SigStop);
        await Task.Delay(howLong);
        ChildProcesses.Signal(part, ChildProcesses.SigContinue);
    }

    private static StreamDistillProcess SecondInstance(RunningSystem system, Workload workload, string stage) => StreamDistillProcess.StartAs(
        $"StreamDistill.{char.ToUpperInvariant(stage[0])}{stage[1..]}",
        [
            "--urls", "http://127.0.0.1:0", "--Kafka:bootstrap.servers=" + system.Endpoints.BootstrapServers,
            "--SchemaRegistry:Url=" + system.Endpoints.SchemaRegistryUrl, "--Pipeline:InstanceId=second",
            "--" + ShortSession, .. workload.ServiceArguments,
        ]);

    private static void SkipUnlessDurable() =>
        Assert.SkipUnless(Environment.GetEnvironmentVariable("SOAK_SEEDS") is { Length: > 0 }, "Runs with SOAK_SEEDS only, for now.");
}

using StreamDistill.Contracts;
using StreamDistill.EndToEnd.Crashing;

namespace StreamDistill.EndToEnd;

/// <summary>Processes that stand still and go on later, not knowing that they were away.</summary>
public sealed class FrozenProcessTests
{
    private const int Prompts = 900;
    private const string ShortSession = "Kafka:Consumer:session.timeout.ms=6000";

    private static readonly TimeSpan BatchPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan BrokerFrozen = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan RegistryFrozen = TimeSpan.FromSeconds(4);

    [Fact]
    public async Task Stages_that_wake_up_after_others_took_over_are_fenced_and_nothing_is_lost_or_doubled()
    {
        using var scene = new CrashScene("frozen stages");
        var workload = Workload.Generate(scene.PathOf("sample"), Prompts, seed: 3);
        var undisturbed = await scene.UndisturbedAsync(workload);
        using var system = await RunningSystem.StartAsync(scene.PathOf("data"), [.. workload.UpArguments(scene.PathOf("data")), "--set", ShortSession]);
        scene.Watch(system);
        using var secondVerify = SecondInstance(system, workload, "verify");
        using var secondTeach = SecondInstance(system, workload, "teach");
        using var verifiers = new GroupMembers(system.Endpoints.BootstrapServers, "verify");
        using var teachers = new GroupMembers(system.Endpoints.BootstrapServers, "teach");
        using var client = new Submitting(system.Endpoints.Ingest);
        await Task.WhenAll(verifiers.AreAsync(2), teachers.AreAsync(2));

        // One of each, and Verify first: it has nothing to do while Teach holds a transaction open.
        Part[] frozen = [await system.PartAsync("verify"), new Part("teach", secondTeach.Id)];
        var submitting = client.SubmitAsync([.. workload.Lines.Take(Prompts * 2 / 3)], _ => Task.Delay(BatchPause), CancellationToken.None);
        scene.Say($"verify stopped within a transaction: {await FreezeAtWorkAsync(system, frozen[0], submitting, Topics.Verified, Topics.Rejected)}");
        scene.Say($"teach stopped within a transaction: {await FreezeAtWorkAsync(system, frozen[1], submitting, Topics.Completions)}");
        await submitting;

        // Everything is processed although one of each still stands.
        await Task.WhenAll(verifiers.AreAsync(1), teachers.AreAsync(1));
        var half = await Harvest.TakeAsync(system.Endpoints, client.Acknowledged, scene.PathOf("frozen"));
        Assert.True(half.Violations.Count == 0, string.Join('\n', half.Violations));
        Assert.Equal(0, half.Fates.Unfinished);
        foreach (var part in frozen)
        {
            ChildProcesses.Signal(part, ChildProcesses.SigContinue);
        }

        await Task.WhenAll(verifiers.AreAsync(2), teachers.AreAsync(2));
        await client.SubmitAsync([.. workload.Lines.Skip(Prompts * 2 / 3)], _ => Task.CompletedTask, CancellationToken.None);
        scene.Check(await Harvest.TakeAsync(system.Endpoints, client.Acknowledged, scene.PathOf("woken")), workload, undisturbed);
        foreach (var second in new[] { secondVerify, secondTeach })
        {
            second.Signal("TERM");
            Assert.Equal(0, await second.ExitAsync());
        }

        Assert.Equal(0, await system.StopAsync());
        scene.Succeeded();
    }

    [Fact]
    public async Task A_broker_or_registry_that_stands_still_for_a_while_loses_and_doubles_nothing()
    {
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

    /// <summary>Stops a stage while it has a transaction open.</summary>
    /// <returns>Whether that was met before everything was submitted; it stands in any case.</returns>
    private static async Task<bool> FreezeAtWorkAsync(RunningSystem system, Part part, Task submitting, params string[] outputTopics)
    {
        using var transactions = new OpenTransactions(system.Endpoints.BootstrapServers, Topic.DefaultPartitions, outputTopics);
        while (true)
        {
            ChildProcesses.Signal(part, ChildProcesses.SigStop);
            var isOpen = await transactions.IsOneStuckAsync();
            if (isOpen || submitting.IsCompleted)
            {
                return isOpen;
            }

            ChildProcesses.Signal(part, ChildProcesses.SigContinue);
            await Task.Delay(Random.Shared.Next(20));
        }
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
}

using System.Diagnostics;
using System.Globalization;
using StreamDistill.EndToEnd.Crashing;

namespace StreamDistill.EndToEnd;

/// <summary>
/// kill -9 of randomly chosen processes, again and again. By default one seed and as many kills as fit into a few minutes;
/// 'make soak SEEDS=1,2,3 KILLS=2000' sets SOAK_SEEDS and SOAK_KILLS for longer runs. SOAK_PROMPTS sets the number of
/// prompts, and SOAK_VICTIMS names the parts to kill where not all are wanted.
/// </summary>
public sealed class CrashTests
{
    private const int DefaultKills = 200;
    private const int DefaultPrompts = 3000;

    /// <summary>Names of seeds to try, one test each.</summary>
    public static TheoryData<int> Seeds { get; } =
        [.. Setting("SOAK_SEEDS", Environment.TickCount.ToString(CultureInfo.InvariantCulture)).Split(',').Select(seed => int.Parse(seed, CultureInfo.InvariantCulture))];

    [Theory]
    [MemberData(nameof(Seeds), DisableDiscoveryEnumeration = true)]
    public async Task Whatever_is_killed_and_whenever_the_dataset_is_the_same_and_nothing_is_lost_or_doubled(int seed)
    {
        var wanted = int.Parse(Setting("SOAK_KILLS", $"{DefaultKills}"), CultureInfo.InvariantCulture);
        var prompts = int.Parse(Setting("SOAK_PROMPTS", $"{DefaultPrompts}"), CultureInfo.InvariantCulture);
        var victims = Setting("SOAK_VICTIMS", string.Join(',', RunningSystem.PartNames)).Split(',');
        using var scene = new CrashScene($"seed {seed}");
        var workload = Workload.Generate(scene.PathOf("sample"), prompts, seed);
        scene.Say($"{prompts} prompts, {wanted} kills of {string.Join(", ", victims)}; everything is in {scene.Root}");

        var undisturbed = await scene.UndisturbedAsync(workload);
        Harvest harvest;
        using (var system = await RunningSystem.StartAsync(
            scene.PathOf("data"), [.. workload.UpArguments(scene.PathOf("data")), "--restart-delay-max", "0.1"]))
        {
            scene.Watch(system);
            var killer = new Killer(system, victims, seed);
            scene.Watch(killer);
            using var client = new Submitting(system.Endpoints.Ingest);
            var clock = Stopwatch.StartNew();
            await KillWhileSubmittingAsync(killer, wanted, client, workload);
            var killing = clock.Elapsed;
            await system.ReadyAsync(CancellationToken.None);
            harvest = await Harvest.TakeAsync(system.Endpoints, client.Acknowledged, scene.PathOf("killed"));
            scene.Say(string.Create(
                CultureInfo.InvariantCulture,
                $"{killer.Kills} kills in {killing.TotalSeconds:0} s ({string.Join(", ", killer.ByPart.Select(entry => $"{entry.Key} {entry.Value}"))}), drained after {clock.Elapsed.TotalSeconds:0} s; {client.Acknowledged.Count} prompts acknowledged, {client.Failures} requests repeated, {client.Duplicates} prompts recognised; {string.Join(", ", harvest.Counts.Select(entry => $"{entry.Value} {entry.Key}"))}"));
            scene.Say("everything up again: " + string.Join(", ", killer.Recoveries.Select(entry => string.Create(
                CultureInfo.InvariantCulture, $"{entry.Value.Times} times, {entry.Value.Seconds / entry.Value.Times:0.0} s, last {entry.Key}"))));
            scene.Check(harvest, workload, undisturbed);
            Assert.Equal(0, await system.StopAsync());
        }

        scene.Succeeded();
        scene.Say("identical, nothing lost, nothing doubled");
    }

    /// <summary>Spreads the prompts over the kills, so that there is work to hit until the last one.</summary>
    private static async Task KillWhileSubmittingAsync(Killer killer, int wanted, Submitting client, Workload workload)
    {
        using var ending = new CancellationTokenSource();
        var killing = killer.RunAsync(wanted, ending.Token);
        var submitting = client.SubmitAsync(workload.Lines, WaitForKillsAsync, ending.Token);
        try
        {
            await await Task.WhenAny(killing, submitting);
            await Task.WhenAll(killing, submitting);
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(killing, submitting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task WaitForKillsAsync(int submitted)
        {
            while (!killing.IsCompleted && killer.Kills < (long)wanted * submitted / workload.Lines.Count)
            {
                await Task.Delay(20, ending.Token);
            }
        }
    }

    private static string Setting(string name, string otherwise) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : otherwise;
}

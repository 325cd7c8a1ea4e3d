using System.Diagnostics;
using System.Text.Json.Nodes;
using StreamDistill.EndToEnd.Crashing;

namespace StreamDistill.EndToEnd;

public sealed class UpTests
{
    [Fact]
    public async Task The_system_comes_up_takes_prompts_shows_its_topics_and_stops_without_leaving_anything()
    {
        using var dataset = new Dataset();
        var data = dataset.PathOf("data");
        var recording = dataset.Write("recorded.jsonl", """{"prompt_id":"good","content":"A: 42"}""");
        var prompts = dataset.Write("prompts.jsonl", """{"prompt_id":"good","task":"math","messages":[{"role":"user","content":"6*7?"}],"reference":{"answer":"42"},"sampling":{"n":1}}""");
        using var up = StreamDistillProcess.Start(
            "up", "--teacher", "recorded:" + recording, "--data", data, "--ingest-port", "0", "--broker-port", "0", "--registry-port", "0");
        await up.SaysAsync("Everything is up");
        var children = Children(up.Id);
        Assert.Equal(6, children.Count);

        var submitted = await StreamDistillProcess.RunAsync("submit", prompts, "--data", data);
        Assert.True(submitted.ExitCode == 0, submitted.Output);
        var curated = await CuratedAsync(data);
        Assert.Equal("good", JsonNode.Parse(curated)!["value"]!["prompt_id"]!.GetValue<string>());

        var status = await StreamDistillProcess.RunAsync("status", "--data", data);
        Assert.True(status.ExitCode == 0, status.Output);
        Assert.Contains("curated", status.Output, StringComparison.Ordinal);
        Assert.Contains("compact", status.Output, StringComparison.Ordinal);

        up.Signal("TERM");
        Assert.Equal(0, await up.ExitAsync());
        Assert.All(children, child => Assert.False(IsAlive(child)));
    }

    [Fact]
    public async Task Stopped_and_started_again_on_the_same_data_it_goes_on_where_it_was()
    {
        using var scene = new CrashScene("stopped and started again");
        var workload = Workload.Generate(scene.PathOf("sample"), prompts: 300, seed: 5);
        var undisturbed = await scene.UndisturbedAsync(workload);
        var data = scene.PathOf("data");
        IReadOnlyList<string> firstHalf = [.. workload.Lines.Take(150)];
        IReadOnlyList<string> schemas;
        using (var first = await RunningSystem.StartAsync(data, workload.UpArguments(data)))
        {
            scene.Watch(first);
            using var client = new Submitting(first.Endpoints.Ingest);
            await client.SubmitAsync(firstHalf, _ => Task.CompletedTask, CancellationToken.None);
            schemas = await SchemasAsync(first);

            // Stopped at once: what is not processed yet is so after the next start.
            Assert.Equal(0, await first.StopAsync());
        }

        using var again = await RunningSystem.StartAsync(data, workload.UpArguments(data));
        scene.Watch(again);
        Assert.Equal(schemas, await SchemasAsync(again));
        using var whole = new Submitting(again.Endpoints.Ingest);
        await whole.SubmitAsync(workload.Lines, _ => Task.CompletedTask, CancellationToken.None);

        // The first half was there already; it was not taken in a second time.
        Assert.Equal(firstHalf.Count, whole.Duplicates);
        scene.Check(await Harvest.TakeAsync(again.Endpoints, whole.Acknowledged, scene.PathOf("harvest")), workload, undisturbed);
        Assert.Equal(0, await again.StopAsync());
        scene.Succeeded();
    }

    [Fact]
    public async Task A_broker_and_a_registry_that_are_killed_come_back_at_the_same_address_with_what_they_had()
    {
        using var scene = new CrashScene("killed broker and registry");
        var workload = Workload.Generate(scene.PathOf("sample"), prompts: 100, seed: 6);
        var data = scene.PathOf("data");
        using var system = await RunningSystem.StartAsync(data, workload.UpArguments(data));
        scene.Watch(system);
        using var client = new Submitting(system.Endpoints.Ingest);
        await client.SubmitAsync([.. workload.Lines.Take(50)], _ => Task.CompletedTask, CancellationToken.None);
        var schemas = await SchemasAsync(system);

        foreach (var name in new[] { "broker", "registry" })
        {
            var killed = await system.PartAsync(name);
            ChildProcesses.Signal(killed, ChildProcesses.SigKill);
            await system.ReadyAsync(CancellationToken.None);
            Assert.NotEqual(killed.Id, (await system.PartAsync(name)).Id);
        }

        Assert.Equal(schemas, await SchemasAsync(system));
        await client.SubmitAsync([.. workload.Lines.Skip(50)], _ => Task.CompletedTask, CancellationToken.None);
        scene.Check(await Harvest.TakeAsync(system.Endpoints, client.Acknowledged, scene.PathOf("harvest")), workload, undisturbed: null);
        Assert.Equal(0, await system.StopAsync());
        scene.Succeeded();
    }

    [Fact]
    public async Task A_setting_that_a_service_refuses_stops_everything_with_code_2()
    {
        using var dataset = new Dataset();

        var (exitCode, output) = await StreamDistillProcess.RunAsync(
            "up", "--teacher", "nonsense", "--data", dataset.PathOf("data"), "--ingest-port", "0", "--broker-port", "0", "--registry-port", "0");

        Assert.Equal(2, exitCode);
        Assert.Contains("Teach:Teacher is 'nonsense'", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_killed_supervisor_leaves_no_orphans()
    {
        using var dataset = new Dataset();
        var recording = dataset.Write("recorded.jsonl", """{"prompt_id":"good","content":"A: 42"}""");
        using var up = StreamDistillProcess.Start(
            "up", "--teacher", "recorded:" + recording, "--data", dataset.PathOf("data"), "--ingest-port", "0", "--broker-port", "0", "--registry-port", "0");
        await up.SaysAsync("Everything is up");
        var children = Children(up.Id);

        up.Signal("KILL");

        for (var i = 0; i < 600 && children.Any(IsAlive); i++)
        {
            await Task.Delay(100);
        }

        Assert.All(children, child => Assert.False(IsAlive(child)));
    }

    /// <summary>Subject, version and id of every schema.</summary>
    private static async Task<IReadOnlyList<string>> SchemasAsync(RunningSystem system)
    {
        using var http = new HttpClient();
        var schemas = JsonNode.Parse(await http.GetStringAsync(new Uri(new Uri(system.Endpoints.SchemaRegistryUrl), "/schemas")))!.AsArray();
        Assert.NotEmpty(schemas);
        return [.. schemas.Select(schema => $"{schema!["subject"]} {schema["version"]} {schema["id"]}").Order(StringComparer.Ordinal)];
    }

    private static async Task<string> CuratedAsync(string data)
    {
        for (var i = 0; i < 60; i++)
        {
            var (exitCode, output) = await StreamDistillProcess.RunAsync("export", "curated", "--data", data);
            Assert.True(exitCode == 0, output);
            if (output.Split('\n').FirstOrDefault(line => line.StartsWith('{')) is { } line)
            {
                return line;
            }

            await Task.Delay(500);
        }

        throw new TimeoutException("Nothing was curated.");
    }

    private static List<int> Children(int parent) => Directory.EnumerateDirectories("/proc")
        .Select(path => int.TryParse(Path.GetFileName(path), out var id) ? id : 0)
        .Where(id => id > 0 && Stat(id) is { Length: > 3 } stat && stat[3] == parent.ToString(System.Globalization.CultureInfo.InvariantCulture))
        .ToList();

    private static bool IsAlive(int id) => Stat(id) is { Length: > 2 } stat && stat[2] != "Z";

    /// <summary>The fields of /proc/id/stat; the command's name in its brackets counts as one.</summary>
    private static string[] Stat(int id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            return [.. text[..text.LastIndexOf(')')].Split(' ', 2), .. text[(text.LastIndexOf(')') + 2)..].Split(' ')];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}

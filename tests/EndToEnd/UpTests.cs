using System.Diagnostics;
using System.Text.Json.Nodes;

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

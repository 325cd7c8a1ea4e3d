using System.Text;

namespace StreamDistill.EndToEnd.Crashing;

/// <summary>
/// A test's directory and its log. A test that succeeds leaves nothing; of one that fails everything stays that may tell
/// why: data, logs, what the supervisor said, and the last kills.
/// </summary>
internal sealed class CrashScene(string name) : IDisposable
{
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("streamdistill-crash-");
    private readonly StringBuilder said = new();
    private RunningSystem? system;
    private Killer? killer;
    private bool hasSucceeded;

    public string Root => root.FullName;

    public string PathOf(string name) => Path.Combine(root.FullName, name);

    /// <summary>Prints a line, also where the test passes.</summary>
    public void Say(string line)
    {
        said.AppendLine(line);
        TestContext.Current.SendDiagnosticMessage($"{name}: {line}");
    }

    /// <summary>Whose output is kept where the test fails.</summary>
    public void Watch(RunningSystem running) => system = running;

    /// <summary>Whose kills are told where the test fails.</summary>
    public void Watch(Killer killing) => killer = killing;

    /// <summary>What the workload comes to when nothing happens to the system.</summary>
    public async Task<Harvest> UndisturbedAsync(Workload workload)
    {
        var data = PathOf("undisturbed-data");
        using var quiet = await RunningSystem.StartAsync(data, workload.UpArguments(data));
        using var client = new Submitting(quiet.Endpoints.Ingest);
        await client.SubmitAsync(workload.Lines, _ => Task.CompletedTask, CancellationToken.None);
        var harvest = await Harvest.TakeAsync(quiet.Endpoints, client.Acknowledged, PathOf("undisturbed"));
        Check(harvest, workload, undisturbed: null);
        Assert.Equal(0, await quiet.StopAsync());
        return harvest;
    }

    /// <summary>Every prompt is there and has ended, nothing is doubled, and the files are those of the undisturbed run.</summary>
    public void Check(Harvest harvest, Workload workload, Harvest? undisturbed)
    {
        Assert.True(harvest.Violations.Count == 0, string.Join('\n', harvest.Violations));
        Assert.Equal(workload.Ids.Count, harvest.Fates.Accepted);
        Assert.Equal(harvest.Fates.Accepted, harvest.Seen);
        Assert.Equal(0, harvest.Fates.Unfinished);
        Assert.Equal(0, harvest.Fates.DeadLettered);
        Assert.NotEmpty(harvest.Curated);
        if (undisturbed is not null)
        {
            AssertSame("curated.jsonl", undisturbed.Curated, harvest.Curated);
            AssertSame("verified.jsonl", undisturbed.Verified, harvest.Verified);
            AssertSame("rejected.jsonl", undisturbed.Rejected, harvest.Rejected);
        }
    }

    public void Succeeded() => hasSucceeded = true;

    public void Dispose()
    {
        if (hasSucceeded)
        {
            root.Delete(recursive: true);
            return;
        }

        File.WriteAllText(PathOf("test.log"), $"{said}\nThe last kills:\n{string.Join('\n', killer?.Recent ?? [])}\n");
        File.WriteAllText(PathOf("up.log"), system?.Output);
        Say($"FAILED; data and logs are kept in {root.FullName}. The last kills:\n{string.Join('\n', killer?.Recent ?? [])}");
    }

    private static void AssertSame(string name, byte[] expected, byte[] actual)
    {
        if (!expected.AsSpan().SequenceEqual(actual))
        {
            var wanted = Encoding.UTF8.GetString(expected).Split('\n');
            var found = Encoding.UTF8.GetString(actual).Split('\n');
            Assert.Fail($"{name} differs.\nOnly undisturbed: {string.Join('\n', wanted.Except(found).Take(3))}\nOnly here: {string.Join('\n', found.Except(wanted).Take(3))}");
        }
    }
}

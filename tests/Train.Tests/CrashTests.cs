using System.Diagnostics;
using System.Globalization;
using streamdistill;

namespace StreamDistill.Train.Tests;

/// <summary>The real process, killed as kill -9 does at random moments: at start, in steps, in evaluations, in the middle of a checkpoint.</summary>
public sealed class CrashTests(ITestOutputHelper output) : IDisposable
{
    private const int Kills = 20, Examples = 150, HeldOut = 4, Passes = 2;

    // The second round has 74 of the examples: a quarter as many are replayed, to be a fifth of it.
    private const int Replayed = 18;

    private readonly TemporaryDirectory directory = new();

    [Fact]
    public async Task After_twenty_kills_losses_and_weights_are_those_of_an_undisturbed_run()
    {
        var seed = Environment.GetEnvironmentVariable("STREAMDISTILL_SEED") is { } given ? int.Parse(given, CultureInfo.InvariantCulture) : Random.Shared.Next();
        output.WriteLine($"STREAMDISTILL_SEED={seed}");
        TinyStudent.Write(directory["base"]);
        File.WriteAllLines(directory["examples.jsonl"], Enumerable.Range(0, Examples + HeldOut)
            .Select(number => Samples.Line(Samples.Example(number, number < HeldOut ? Split.HOLDOUT : Split.TRAIN))));

        var (_, undisturbed) = await RunAsync("undisturbed", killAfter: null);
        var random = new Random(seed);
        var kills = 0;
        for (var ended = false; !ended;)
        {
            // One kill in five comes before training has begun, the others so soon that all of them find the process at work.
            TimeSpan? wait = kills == Kills ? null : undisturbed * (random.NextDouble() / (Kills / 2.5));
            var atStart = random.Next(5) == 0;
            (ended, _) = await RunAsync("killed", wait, atStart);
            Assert.True(!ended || kills == Kills, $"The run ended after {kills} kills.");
            kills += ended ? 0 : 1;
        }

        output.WriteLine($"{kills} kills; undisturbed it trains for {undisturbed.TotalSeconds:F1} s");
        Assert.Equal(File.ReadAllText(directory["undisturbed/s/losses.csv"]), File.ReadAllText(directory["killed/s/losses.csv"]));
        var (straight, killed) = (Last("undisturbed"), Last("killed"));
        Assert.Equal(straight.Name, killed.Name);
        Assert.Equal((Examples + Replayed) * Passes, killed.State.ExamplesSeen);
        foreach (var file in new[] { "model.safetensors", "trainer.safetensors", "examples.ids", "evaluation.json" })
        {
            Assert.True(File.ReadAllBytes(Path.Combine(straight.Directory, file)).SequenceEqual(File.ReadAllBytes(Path.Combine(killed.Directory, file))), file + " differs");
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(directory["killed/s"], ".*"));
    }

    [Fact]
    public async Task On_a_disk_that_is_full_the_process_fails_clearly_and_leaves_nothing_half_written()
    {
        TinyStudent.Write(directory["base"]);
        File.WriteAllLines(directory["examples.jsonl"], Enumerable.Range(0, 40).Select(number => Samples.Line(Samples.Example(number))));
        var whole = new FileInfo(Path.Combine(directory["base"], "model.safetensors")).Length;

        // No file may be larger than the weights, so that the optimizer's moments, twice as large, do not fit.
        var (code, error) = await StartLimitedAsync((whole / 512) + 8);

        Assert.Equal(1, code);
        Assert.Contains("step-00000000 could not be written", error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateDirectories(directory["limited/s"], "*step*"));
    }

    public void Dispose() => directory.Dispose();

    private StoredCheckpoint Last(string run) =>
        new CheckpointStore(directory[run], "s", 3, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance).Latest()!;

    private List<string> Arguments(string run) =>
    [
        "--Train:Student=s", $"--Train:BaseModel={directory["base"]}", $"--Train:Output={directory[run]}", $"--Train:From={directory["examples.jsonl"]}",
        "--Train:Threads=1", $"--Train:Passes={Passes}", "--Train:SequenceLength=128", "--Train:TokensPerStep=256", "--Train:CheckpointSteps=5",
        "--Train:RoundExamplesMax=80", "--Train:Evaluation:MaxTokens=8", "--Train:LogSteps=1",
    ];

    /// <summary>Runs the process to its end, or kills it so long after its first line of training (or after its start).</summary>
    /// <returns>Whether it ended by itself, and how long it trained.</returns>
    private async Task<(bool Ended, TimeSpan Trained)> RunAsync(string run, TimeSpan? killAfter, bool atStart = false)
    {
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "StreamDistill.Train"), Arguments(run)) { RedirectStandardOutput = true })!;
        if (!(atStart && killAfter is not null))
        {
            await process.StandardOutput.ReadLineAsync();
        }

        var began = Stopwatch.GetTimestamp();
        var rest = process.StandardOutput.ReadToEndAsync();
        using var timeout = new CancellationTokenSource(killAfter ?? TimeSpan.FromMinutes(5));
        try
        {
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
            await rest;
            return (false, Stopwatch.GetElapsedTime(began));
        }

        var trained = Stopwatch.GetElapsedTime(began);
        Assert.True(process.ExitCode == 0, await rest);
        return (true, trained);
    }

    private async Task<(int Code, string Output)> StartLimitedAsync(long blocks)
    {
        var script = $"trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"";
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", script, "sh", Path.Combine(AppContext.BaseDirectory, "StreamDistill.Train"), .. Arguments("limited")])
        {
            RedirectStandardOutput = true,

            // .NET maps its code through a large file in memory otherwise, which the limit forbids too.
            Environment = { ["DOTNET_EnableWriteXorExecute"] = "0" },
        })!;
        var printed = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, printed);
    }
}

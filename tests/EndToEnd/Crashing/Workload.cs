using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using StreamDistill.Cli.Demo;

namespace StreamDistill.EndToEnd.Crashing;

/// <summary>Generated prompts and a recorded teacher's answers to them. Some prompts are asked a second time.</summary>
internal sealed class Workload
{
    /// <summary>How often a prompt is asked at most; the recording has samples for each time.</summary>
    public const int Attempts = 2;

    private const int SamplesPerAttempt = 2;
    private const double WrongShare = 0.45;

    private Workload(string recording, IReadOnlyList<string> lines, IReadOnlyList<string> ids) => (Recording, Lines, Ids) = (recording, lines, ids);

    /// <summary>The teacher's file.</summary>
    public string Recording { get; }

    /// <summary>The prompts, one JSON object each.</summary>
    public IReadOnlyList<string> Lines { get; }

    /// <summary>Their ids, in the same order.</summary>
    public IReadOnlyList<string> Ids { get; }

    public static Workload Generate(string directory, int prompts, int seed)
    {
        DemoSample.Write(directory, prompts, Attempts * SamplesPerAttempt, WrongShare, seed);
        var lines = new List<string>(prompts);
        var ids = new List<string>(prompts);
        foreach (var line in File.ReadLines(Path.Combine(directory, DemoSample.PromptsFile)))
        {
            var prompt = JsonNode.Parse(line)!;
            prompt["sampling"]!["n"] = SamplesPerAttempt;
            ids.Add(prompt["prompt_id"]!.GetValue<string>());
            lines.Add(prompt.ToJsonString(JsonSerializerOptions.Web));
        }

        return new Workload(Path.Combine(directory, DemoSample.CompletionsFile), lines, ids);
    }

    /// <summary>The settings of the services for this workload.</summary>
    public string[] ServiceArguments => ["--Teach:Teacher=recorded:" + Recording, "--" + MaxAttempts];

    private static string MaxAttempts => string.Create(CultureInfo.InvariantCulture, $"Verify:MaxAttempts={Attempts}");

    /// <summary>The arguments of 'up' for this workload.</summary>
    public string[] UpArguments(string data) =>
    [
        "up", "--teacher", "recorded:" + Recording, "--data", data, "--ingest-port", "0", "--broker-port", "0", "--registry-port", "0",
        "--set", MaxAttempts,
    ];
}

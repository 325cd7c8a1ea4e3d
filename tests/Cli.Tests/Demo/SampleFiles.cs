using System.Text.Json;
using StreamDistill.Cli.Demo;

namespace StreamDistill.Cli.Tests.Demo;

/// <summary>A sample written into a directory of its own, and read back.</summary>
internal sealed class SampleFiles : IDisposable
{
    public SampleFiles(int prompts, int samplesPerPrompt = 4, double wrongShare = DemoSample.DefaultWrongShare, int seed = 1)
    {
        Counts = DemoSample.Write(Directory.FullName, prompts, samplesPerPrompt, wrongShare, seed);
        Prompts = Read(DemoSample.PromptsFile);
        Completions = Read(DemoSample.CompletionsFile);
    }

    public DirectoryInfo Directory { get; } = System.IO.Directory.CreateTempSubdirectory("demo-sample-");

    public DemoSampleCounts Counts { get; }

    public IReadOnlyList<JsonElement> Prompts { get; }

    public IReadOnlyList<JsonElement> Completions { get; }

    public IEnumerable<JsonElement> MathPrompts => Prompts.Where(prompt => Text(prompt, "task") == "math");

    public static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    public static string Question(JsonElement prompt) => Text(prompt.GetProperty("messages")[0], "content");

    public static string ReferenceAnswer(JsonElement prompt) => Text(prompt.GetProperty("reference"), "answer");

    public static bool IsCorrect(JsonElement completion) => completion.GetProperty("is_correct").GetBoolean();

    public byte[] Bytes(string file) => File.ReadAllBytes(Path.Combine(Directory.FullName, file));

    public void Dispose() => Directory.Delete(recursive: true);

    private List<JsonElement> Read(string file) =>
        [.. File.ReadLines(Path.Combine(Directory.FullName, file)).Select(line => JsonElement.Parse(line))];
}

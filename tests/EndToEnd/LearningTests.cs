using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using StreamDistill.EndToEnd.Crashing;
using StreamDistill.Student;

namespace StreamDistill.EndToEnd;

public sealed class LearningTests
{
    [Fact]
    public async Task A_student_learns_from_every_example_of_a_run_and_each_of_its_checkpoints_is_a_model()
    {
        using var dataset = new Dataset();
        var sample = await SampleAsync(dataset);

        var (exitCode, output) = await StreamDistillProcess.RunAsync(
            ["run", "--prompts", Path.Combine(sample, "prompts.jsonl"), "--teacher", "recorded:" + Path.Combine(sample, "completions.jsonl"),
             "--student", TinyModel(dataset), "--out", dataset.Out, .. Settings("Train:RoundExamplesMin=20", "Train:Passes=3")]);

        Assert.True(exitCode == 0, output);
        var last = Checkpoints(dataset.PathOf("out")).Last();
        var state = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(last, "trainer.json")))!;
        var forTraining = dataset.Lines("curated.jsonl").Count(line => line["split"]!.GetValue<string>() == "TRAIN");
        Assert.True(forTraining > 0);
        Assert.Equal(3 * forTraining, state["examples_seen"]!.GetValue<int>());
        using var student = StudentModel.Load(last);
        Assert.True(student.Decoder.ParameterCount > 0);
    }

    [Fact]
    public async Task A_running_system_serves_the_checkpoint_that_a_person_promotes_and_the_one_before_again()
    {
        using var dataset = new Dataset();
        var sample = await SampleAsync(dataset);
        var data = dataset.PathOf("data");
        using var up = StreamDistillProcess.Start(
            ["up", "--teacher", "recorded:" + Path.Combine(sample, "completions.jsonl"), "--student", TinyModel(dataset), "--data", data,
             "--ingest-port", "0", "--broker-port", "0", "--registry-port", "0", "--serve-port", "0", .. Settings("Train:RoundExamplesMin=20", "Train:RoundWait=00:00:02")]);
        await up.SaysAsync("Everything is up");
        var submitted = await StreamDistillProcess.RunAsync("submit", Path.Combine(sample, "prompts.jsonl"), "--data", data);
        Assert.True(submitted.ExitCode == 0, submitted.Output);
        using var http = new HttpClient();
        var serve = new Uri(JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(data, "endpoints.json")))!["services"]!["serve"]!.GetValue<string>());

        foreach (var checkpoint in (await TwoCheckpointsAsync(data)).Reverse())
        {
            var promoted = await StreamDistillProcess.RunAsync("promote", "--data", data, "--checkpoint", checkpoint);
            Assert.True(promoted.ExitCode == 0, promoted.Output);
            await ServesAsync(http, serve, int.Parse(Path.GetFileName(checkpoint)["step-".Length..], System.Globalization.CultureInfo.InvariantCulture));
        }

        up.Signal("TERM");
        Assert.Equal(0, await up.ExitAsync());
    }

    [Fact]
    public async Task The_demo_distils_the_teacher_that_comes_with_it()
    {
        using var dataset = new Dataset();
        var (exitCode, output) = await StreamDistillProcess.RunAsync("demo", "--prompts", "20", "--out", dataset.Out);

        Assert.True(exitCode == 0, output);
        var report = JsonNode.Parse(await File.ReadAllTextAsync(dataset.PathOf("out/demo.json")))!;
        Assert.Equal(
            ["teacher", "student before", "student, unfiltered answers", "student, verified answers"],
            report["models"]!.AsArray().Select(model => model!["name"]!.GetValue<string>()));

        // The cards say 60 to 90 % and nearly nothing; 80 answers to 20 problems spread around that.
        Assert.InRange(report["accepted"]!.GetValue<double>(), 0.45, 0.99);
        Assert.InRange(report["models"]![1]!["pass_at1"]!.GetValue<double>(), 0, 0.1);
        Assert.All(new[] { "loss.svg", "accuracy.svg" }, picture => Assert.Contains("</svg>", File.ReadAllText(dataset.PathOf("out/" + picture)), StringComparison.Ordinal));
    }

    private static async Task<string> SampleAsync(Dataset dataset)
    {
        var sample = dataset.PathOf("sample");
        var (exitCode, output) = await StreamDistillProcess.RunAsync("demo-sample", "--out", sample, "--prompts", "60", "--samples", "2");
        Assert.True(exitCode == 0, output);
        return sample;
    }

    /// <summary>Nothing is promoted on its own: a model this small does not get better.</summary>
    private static IEnumerable<string> Settings(params string[] further) =>
        new[] { "Train:Threads=1", "Train:SequenceLength=1024", "Train:TokensPerStep=2048", "Train:KeepCheckpoints=100", "Train:PromotionSignificance=0", "Train:Evaluation:MaxTokens=4", "Train:Evaluation:HoldoutMax=4", "Compact:HoldoutShare=0.2", "Serve:Threads=1" }
            .Concat(further)
            .SelectMany(setting => new[] { "--set", setting });

    private static string TinyModel(Dataset dataset)
    {
        var directory = dataset.PathOf("tiny");
        var tokenizer = BpeTrainer.Train(["How many dollars does Ada pay for 12 plants? The answer is 75."], new BpeTrainerOptions { VocabularySize = 280 });
        var config = new ModelConfig
        {
            VocabularySize = tokenizer.VocabularySize, HiddenSize = 16, IntermediateSize = 32, Layers = 1, Heads = 2, KeyValueHeads = 1, HeadSize = 8, MaxPositions = 1024,
        };
        using var model = new StudentModel(Decoder.Create(config, seed: 1), tokenizer);
        model.Save(directory);
        return directory;
    }

    private static string[] Checkpoints(string data) =>
        [.. Directory.Exists(Path.Combine(data, "checkpoints", "student"))
            ? Directory.EnumerateDirectories(Path.Combine(data, "checkpoints", "student"), "step-*").Order(StringComparer.Ordinal)
            : Enumerable.Empty<string>()];

    private static async Task<string[]> TwoCheckpointsAsync(string data)
    {
        for (var deadline = DateTime.UtcNow + TimeSpan.FromMinutes(3); DateTime.UtcNow < deadline; await Task.Delay(200))
        {
            if (Checkpoints(data) is [var first, .., var last])
            {
                return [first, last];
            }
        }

        throw new TimeoutException("There are no two checkpoints.");
    }

    private static async Task ServesAsync(HttpClient http, Uri serve, int step)
    {
        var fingerprint = "";
        for (var deadline = DateTime.UtcNow + TimeSpan.FromMinutes(2); DateTime.UtcNow < deadline; await Task.Delay(200))
        {
            using var response = await http.PostAsJsonAsync(
                new Uri(serve, "/v1/chat/completions"), new { model = "student", max_tokens = 2, messages = new[] { new { role = "user", content = "How many?" } } });
            if (response.IsSuccessStatusCode)
            {
                fingerprint = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("system_fingerprint").GetString()!;
                if (fingerprint.Contains(step.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal))
                {
                    return;
                }
            }
        }

        throw new TimeoutException($"Step {step} is not served, but {fingerprint}.");
    }
}

using System.Collections.Concurrent;
using StreamDistill.Teach.Tests;

namespace StreamDistill.EndToEnd;

public sealed class RunTests
{
    [Fact]
    public async Task Real_prompts_and_answers_become_the_dataset_that_their_labels_ask_for_and_the_same_bytes_each_time()
    {
        var folder = Environment.GetEnvironmentVariable("GSM8K_DIR");
        Assert.SkipWhen(folder is null, "GSM8K_DIR is not set: it names the folder with prompts.jsonl and completions.jsonl of GSM8K.");
        using var first = new Dataset();
        using var second = new Dataset();

        foreach (var dataset in new[] { first, second })
        {
            var (exitCode, output) = await StreamDistillProcess.RunAsync(
                "run", "--prompts", Path.Combine(folder, "prompts.jsonl"), "--teacher", "recorded:" + Path.Combine(folder, "completions.jsonl"), "--out", dataset.Out);
            Assert.True(exitCode == 0, output);
        }

        var report = first.Report;
        Assert.Equal(2640, report["label_agreement"]!["agree"]!.GetValue<int>());
        Assert.Equal(2640, report["label_agreement"]!["total"]!.GetValue<int>());
        Assert.Equal(986, report["outcomes"]!["PASS"]!.GetValue<int>());
        Assert.Equal(439, report["prompts"]!["curated"]!.GetValue<int>());
        Assert.Equal(221, report["prompts"]!["rejected_for_good"]!.GetValue<int>());
        Assert.Equal(439, first.Lines("curated.jsonl").Count);
        Assert.Equal(986, first.Lines("verified.jsonl").Count);
        Assert.Equal(1654, first.Lines("rejected.jsonl").Count);
        first.AssertManifestHolds();
        Assert.Equal(first.CuratedBytes, second.CuratedBytes);
    }

    [Fact]
    public async Task The_project_s_own_sample_runs_through()
    {
        using var dataset = new Dataset();
        var sample = dataset.PathOf("sample");
        Assert.Equal(0, (await StreamDistillProcess.RunAsync("demo-sample", "--out", sample, "--prompts", "120", "--samples", "4")).ExitCode);

        var (exitCode, output) = await StreamDistillProcess.RunAsync(
            "run", "--prompts", Path.Combine(sample, "prompts.jsonl"), "--teacher", "recorded:" + Path.Combine(sample, "completions.jsonl"), "--out", dataset.Out);

        Assert.True(exitCode == 0, output);
        var report = dataset.Report;
        Assert.Equal(480, report["label_agreement"]!["total"]!.GetValue<int>());
        Assert.Equal(480, report["label_agreement"]!["agree"]!.GetValue<int>());
        Assert.Equal(0, report["prompts"]!["unfinished"]!.GetValue<int>());
        var curated = dataset.Lines("curated.jsonl");
        Assert.NotEmpty(curated);
        Assert.Single(curated.Select(line => string.Join(',', line.AsObject().Select(property => property.Key))).Distinct());
        Assert.Equal(curated.Select(line => line["example_id"]!.GetValue<string>()).Order(StringComparer.Ordinal), curated.Select(line => line["example_id"]!.GetValue<string>()));
        Assert.All(curated, line => Assert.Equal("assistant", line["messages"]!.AsArray()[^1]!["role"]!.GetValue<string>()));
        dataset.AssertManifestHolds();
    }

    [Fact]
    public async Task A_teacher_behind_an_endpoint_is_asked_again_until_something_passes_or_the_attempts_end()
    {
        // Right from the second call on for "again", never for "never".
        var asked = new ConcurrentDictionary<string, bool>();
        await using var teacher = await FakeTeacher.StartAsync(call =>
        {
            var question = call.Body.GetProperty("messages").ToString();
            var isFirst = asked.TryAdd(question, true);
            return FakeReply.Answer(isFirst || question.Contains("never", StringComparison.Ordinal) ? "A: 1" : "A: 42");
        });
        using var dataset = new Dataset();
        var prompts = dataset.Write(
            "prompts.jsonl",
            """{"prompt_id":"again","task":"math","messages":[{"role":"user","content":"again"}],"reference":{"answer":"42"}}""",
            """{"prompt_id":"never","task":"math","messages":[{"role":"user","content":"never"}],"reference":{"answer":"42"}}""");

        var (exitCode, output) = await StreamDistillProcess.RunAsync(
            "run", "--prompts", prompts, "--teacher", teacher.Url, "--model", "m", "--samples", "2", "--max-attempts", "3", "--out", dataset.Out);

        Assert.True(exitCode == 0, output);
        Assert.Equal(1, dataset.Report["prompts"]!["curated"]!.GetValue<int>());
        Assert.Equal(1, dataset.Report["prompts"]!["rejected_for_good"]!.GetValue<int>());
        Assert.Equal(6, dataset.Lines("rejected.jsonl").Count(line => line["prompt_id"]!.GetValue<string>() == "never"));
        Assert.Equal("again", Assert.Single(dataset.Lines("curated.jsonl"))["prompt_id"]!.GetValue<string>());
    }

    [Fact]
    public async Task Lines_that_are_no_prompts_are_refused_by_number_and_field_and_the_others_run()
    {
        using var dataset = new Dataset();
        var recording = dataset.Write("recorded.jsonl", """{"prompt_id":"good","content":"A: 42"}""");
        var prompts = dataset.Write(
            "prompts.jsonl",
            """{"prompt_id":"good","task":"math","messages":[{"role":"user","content":"6*7?"}],"reference":{"answer":"42"}}""",
            """{"prompt_id":"broken","task":"math","messages":[{"role":"user","content":""",
            """{"prompt_id":"typed","task":"math","messages":"hello"}""",
            """{"prompt_id":"verified","task":"math","messages":[{"role":"user","content":"x"}],"verifiers":[{"name":"nonsense"}]}""");

        var (exitCode, output) = await StreamDistillProcess.RunAsync("run", "--prompts", prompts, "--teacher", "recorded:" + recording, "--out", dataset.Out);

        Assert.Equal(1, exitCode);
        Assert.Contains("Line 2 of", output, StringComparison.Ordinal);
        Assert.Contains("Line 3 of", output, StringComparison.Ordinal);
        Assert.Contains("messages", output, StringComparison.Ordinal);
        Assert.Contains("nonsense", output, StringComparison.Ordinal);
        Assert.Equal(3, dataset.Report["prompts"]!["refused"]!.GetValue<int>());
        Assert.Equal("good", Assert.Single(dataset.Lines("curated.jsonl"))["prompt_id"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("--prompts", "missing.jsonl", "--teacher", "recorded:also-missing.jsonl", "--out", "unused")]
    [InlineData("--prompts", "missing.jsonl", "--teacher", "ftp://x", "--out", "unused")]
    [InlineData("--prompts", "missing.jsonl", "--out", "unused")]
    public async Task Wrong_usage_ends_with_code_2_before_anything_starts(params string[] arguments)
    {
        var (exitCode, output) = await StreamDistillProcess.RunAsync(["run", .. arguments]);

        Assert.Equal(2, exitCode);
        Assert.DoesNotContain("Starting the embedded broker", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }
}

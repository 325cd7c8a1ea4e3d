using System.Text.Json;
using streamdistill;

namespace Verification.Tests;

/// <summary>Real answers of four models to GSM8K's test problems, with the publisher's labels.</summary>
public sealed class Gsm8kTests
{
    [Theory]
    [InlineData("numeric")]
    [InlineData("math")]
    public void VerdictsAgreeWithThePublishedLabels(string verifier)
    {
        var folder = Environment.GetEnvironmentVariable("GSM8K_DIR");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "GSM8K_DIR does not name the folder with prompts.jsonl and completions.jsonl.");

        var references = Lines(folder!, "prompts.jsonl").ToDictionary(
            prompt => prompt.GetProperty("prompt_id").GetString()!,
            prompt => prompt.GetProperty("reference").GetProperty("answer").GetString());
        var disagreements = new List<string>();
        var (count, passed, agreed) = (0, 0, 0);
        foreach (var completion in Lines(folder!, "completions.jsonl"))
        {
            var promptId = completion.GetProperty("prompt_id").GetString()!;
            var finding = Verify.By(verifier, new() { Answer = completion.GetProperty("content").GetString()!, Reference = references[promptId] });
            var isRight = completion.GetProperty("is_correct").GetBoolean();
            count++;
            passed += finding.Outcome == Outcome.PASS ? 1 : 0;
            agreed += (finding.Outcome == Outcome.PASS) == isRight ? 1 : 0;
            if ((finding.Outcome == Outcome.PASS) != isRight)
            {
                disagreements.Add($"{promptId} {completion.GetProperty("model")}: labelled {isRight}, found {finding}");
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"GSM8K, {verifier}: {agreed} of {count} verdicts agree with the labels; {passed} passed.");
        Assert.Empty(disagreements);
        Assert.Equal((2640, 986), (count, passed));
    }

    private static IEnumerable<JsonElement> Lines(string folder, string file) =>
        File.ReadLines(Path.Combine(folder, file)).Select(line => JsonSerializer.Deserialize<JsonElement>(line));
}

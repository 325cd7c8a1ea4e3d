using System.Text.Json;
using StreamDistill.Cli.Commands;
using StreamDistill.Cli.Verifying;

namespace Cli.Tests.Verifying;

public sealed class PairJudgeTests
{
    [Fact]
    public async Task Each_pair_gets_a_line_with_outcome_reason_and_what_was_extracted()
    {
        using var pairs = new TemporaryFile("""
            {"gold": "1/2", "answer": "So it is \\boxed{0.5}", "expected": "PASS"}

            {"gold": "1/2", "answer": "0.6", "expected": "FAIL"}
            {"gold": "1/2", "answer": "who knows?", "expected": "pass"}
            """);
        using var output = new MemoryStream();

        var summary = await new PairJudge("math", []).JudgeAsync(pairs.Path, output, TestContext.Current.CancellationToken);

        var lines = System.Text.Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<JsonElement>(line)).ToList();
        Assert.Equal(["PASS", "FAIL", "UNKNOWN"], lines.Select(line => line.GetProperty("outcome").GetString()));
        Assert.Equal(["ok", "wrong_answer", "unparseable_answer"], lines.Select(line => line.GetProperty("reason").GetString()));
        Assert.Equal("0.5", lines[0].GetProperty("extracted").GetString());
        Assert.Equal((3, 1), (summary.Labelled, summary.Disagreements));
        Assert.Equal("1 FAIL, 1 PASS, 1 UNKNOWN; 2 of 3 as expected", summary.ToString());
    }

    [Theory]
    [InlineData("""{"gold": "1"}""")]
    [InlineData("gold,answer")]
    [InlineData("null")]
    public async Task A_line_that_is_no_pair_is_named(string line)
    {
        using var pairs = new TemporaryFile("{\"gold\": \"1\", \"answer\": \"1\"}\n" + line);
        var wrong = await Assert.ThrowsAsync<UsageException>(() => new PairJudge("math", []).JudgeAsync(pairs.Path, Stream.Null, TestContext.Current.CancellationToken));
        Assert.Contains("line 2", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_verifier_that_is_not_there_is_named_with_those_that_are() =>
        Assert.Contains("there are exact", Assert.Throws<UsageException>(() => new PairJudge("maths", [])).Message, StringComparison.Ordinal);

    private sealed class TemporaryFile : IDisposable
    {
        public TemporaryFile(string content) => File.WriteAllText(Path, content);

        public string Path { get; } = System.IO.Path.GetTempFileName();

        public void Dispose() => File.Delete(Path);
    }
}

using System.Text;
using streamdistill;
using StreamDistill.Verification;

namespace Verification.Tests;

/// <summary>
/// Megabytes that are made to be slow. Nothing is timed here: work that grows with the square of the length would not end
/// within the run's own limit.
/// </summary>
public sealed class HostileInputTests
{
    private const int Size = 1_000_000;

    /// <summary>What stands before, and what is repeated.</summary>
    public static TheoryData<string, string> Texts => new()
    {
        { "", "\\boxed{" },
        { "\\boxed", "{" },
        { "", "\\boxed{1}" },
        { "", "#### " },
        { "", "#" },
        { "", "A:" },
        { "", "\nA:" },
        { "", "\nA: x" },
        { "", "answer " },
        { "", "answer is " },
        { "", "Answer:" },
        { "", "ANSWER " },
        { "", "final answer " },
        { "", "\nfinal " },
        { "A:", " " },
        { "A: ", "9" },
        { "A: ", "1," },
        { "A: ", "1/" },
        { "A: 1", ",000" },
        { "A: ", "(" },
        { "A: 1", "(" },
        { "A: ", "<<" },
        { "A: ", "\\frac" },
        { "A: ", "a1" },
        { "A: 1e", "9" },
        { "A: 10^", "9" },
        { "", "<answer>" },
        { "", "[" },
        { "", "{\"a\":" },
        { "", "```" },
        { "", "a" },
        { "", "ab\n" },
        { "", "漢字 " },
        { "", "\u0000" },
        { "", "\\" },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public Task EveryVerifierEndsOnAMegabyteMadeToBeSlow(string start, string unit) => EndsWithoutError(start + Repeated(unit));

    [Fact]
    public Task EveryVerifierEndsOnHalvesOfSurrogatePairs() => EndsWithoutError(Repeated("\uD800"));

    private static async Task EndsWithoutError(string text)
    {
        var set = new VerifierSet(
            [
                Spec("numeric", ("fallback", "last_number")),
                Spec("exact", ("whitespace", "collapse")),
                Spec("regex", ("pattern", "(a+)+$|(\\d+,?)+x")),
                Spec("label", ("labels", "a|ab|漢字"), ("match", "contained")),
                Spec("json", ("schema", """{"type":"object"}""")),
                Spec("length", ("max_words", "3")),
                Spec("repetition"),
                Spec("language"),
                Spec("finish"),
                Spec("math"),
            ],
            TimeProvider.System);
        var decision = await set.DecideAsync(new Candidate { Answer = text, Reasoning = text, Reference = "18" }, CancellationToken.None);
        Assert.Equal(10, decision.Checks.Count);
        Assert.DoesNotContain(decision.Checks, check => check.Outcome == Outcome.ERROR);
        Assert.NotEqual(Outcome.PASS, decision.Checks[0].Outcome);
        Assert.All(decision.Checks, check => Assert.True(check.Detail.Length < 2000));
    }

    private static VerifierSpec Spec(string name, params (string Name, string Value)[] parameters) =>
        new() { Name = name, Parameters = parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value) };

    private static string Repeated(string unit) => new StringBuilder(Size).Insert(0, unit, Size / unit.Length).ToString();
}

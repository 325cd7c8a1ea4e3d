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
    private const int Size = 2_000_000;

    public static TheoryData<string> Texts =>
    [
        Repeated("\\boxed{"),
        "\\boxed" + Repeated("{") + Repeated("}"),
        Repeated("\\boxed{1}"),
        Repeated("#### "),
        Repeated("#"),
        Repeated("A:"),
        Repeated("\nA:"),
        Repeated("\nA: x"),
        Repeated("answer "),
        Repeated("answer is "),
        Repeated("Answer:"),
        Repeated("ANSWER "),
        Repeated("final answer "),
        Repeated("\nfinal "),
        Repeated(" ") + "A:" + Repeated(" "),
        "A: " + Repeated("9"),
        "A: " + Repeated("1,"),
        "A: " + Repeated("1/"),
        "A: 1" + Repeated(",000"),
        "A: " + Repeated("("),
        "A: 1" + Repeated("("),
        "A: " + Repeated("<<"),
        "A: " + Repeated("\\frac"),
        "A: " + Repeated("a1"),
        "A: 1e" + Repeated("9"),
        "A: 10^" + Repeated("9"),
        Repeated("<answer>"),
        Repeated("["),
        Repeated("{\"a\":"),
        Repeated("```"),
        Repeated("a"),
        Repeated("ab\n"),
        Repeated("漢字 "),
        Repeated("\uD800"),
        Repeated("\u0000"),
    ];

    [Theory]
    [MemberData(nameof(Texts), DisableDiscoveryEnumeration = true)]
    public async Task EveryVerifierEndsOnMegabytesMadeToBeSlow(string text)
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
            ],
            TimeProvider.System);
        var decision = await set.DecideAsync(new Candidate { Answer = text, Reasoning = text, Reference = "18" }, CancellationToken.None);
        Assert.Equal(9, decision.Checks.Count);
        Assert.DoesNotContain(decision.Checks, check => check.Outcome == Outcome.ERROR);
        Assert.NotEqual(Outcome.PASS, decision.Checks[0].Outcome);
        Assert.All(decision.Checks, check => Assert.True(check.Detail.Length < 2000));
    }

    private static VerifierSpec Spec(string name, params (string Name, string Value)[] parameters) =>
        new() { Name = name, Parameters = parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value) };

    private static string Repeated(string unit) => new StringBuilder(Size).Insert(0, unit, Size / unit.Length).ToString();
}

using System.Text.Json;
using streamdistill;

namespace Verification.Tests.Mathematics;

/// <summary>Pairs of a reference and an answer with the verdict that a mathematician gives, by kind.</summary>
public sealed class MathCasesTests
{
    internal static readonly IReadOnlyList<MathCase> Cases =
    [
        .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Mathematics", "cases.jsonl"))
            .Select(line => JsonSerializer.Deserialize<MathCase>(line, JsonSerializerOptions.Web)!),
    ];

    public static TheoryData<string> Kinds => [.. Cases.Select(each => each.Kind).Distinct()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_pair_of_this_kind_gets_its_verdict(string kind)
    {
        var wrong = Cases.Where(each => each.Kind == kind)
            .Select(each => (Case: each, Finding: Verify.By("math", new() { Answer = each.Answer, Reference = each.Gold })))
            .Where(each => each.Finding.Outcome.ToString() != each.Case.Expected)
            .Select(each => $"{each.Case.Expected} expected, {each.Finding.Outcome} found: gold {each.Case.Gold} | answer {each.Case.Answer} | {each.Finding.ReasonCode} {each.Finding.Detail} | {each.Case.Why}")
            .ToList();
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {Cases.Count(each => each.Kind == kind)}:\n{string.Join('\n', wrong)}");
    }

    [Fact]
    public void There_are_enough_of_them_and_enough_that_must_fail()
    {
        Assert.InRange(Cases.Count, 600, int.MaxValue);
        Assert.InRange(Cases.Count(each => each.Expected == nameof(Outcome.FAIL)), 150, int.MaxValue);
    }

    internal sealed record MathCase(string Kind, string Gold, string Answer, string Expected, string? Why);
}

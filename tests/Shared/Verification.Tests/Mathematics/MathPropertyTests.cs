using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Check = FsCheck.Check;
using Outcome = streamdistill.Outcome;

namespace Verification.Tests.Mathematics;

/// <summary>What holds for every expression, of generated ones.</summary>
public sealed class MathPropertyTests
{
    private static readonly Config Settings = Config.QuickThrowOnFailure.WithMaxTest(400).WithReplay(20251123, 1);

    /// <summary>Each writes the same thing in another way.</summary>
    private static readonly Func<Term, string>[] Rewritings =
    [
        term => term.Text,
        term => $"({term.Text})",
        term => $"{term.Text} + 0",
        term => $"1 \\cdot ({term.Text})",
        term => $"\\frac{{2({term.Text})}}{{2}}",
        term => $"-(-({term.Text}))",
        term => $"({term.Text}) + z - z",
        term => $"({term.Text})(\\sin^2 t + \\cos^2 t)",
        term => $"\\sqrt[3]{{({term.Text})^3}}",
        term => $"\\frac{{({term.Text})^2 - 1}}{{1}} + 1 - ({term.Text})^2 + ({term.Text})",
        term => term.Swapped,
    ];

    private static readonly Gen<Term> Terms = Gen.Sized(size => TermOf(Math.Min(size, 4)));

    [Fact]
    public void Every_expression_is_itself() => Run(Terms, term => Judge(term.Text, term.Text) == Outcome.PASS);

    [Fact]
    public void Rewriting_by_an_identity_passes_in_both_directions() => Run(
        from term in Terms
        from rewrite in Gen.Elements(Rewritings)
        select (Gold: term.Text, Answer: rewrite(term)),
        pair => Judge(pair.Gold, pair.Answer) == Outcome.PASS && Judge(pair.Answer, pair.Gold) == Outcome.PASS);

    [Fact]
    public void Another_coefficient_fails_in_both_directions() => Run(
        from term in Terms
        from coefficient in Gen.Choose(1, 9)
        from change in Gen.Choose(1, 3)
        from variable in Gen.Elements("x", "y", "x^2", "xy", "\\sqrt{2}")
        select (Gold: $"{coefficient}{variable} + {term.Text}", Answer: $"{coefficient + change}{variable} + {term.Text}"),
        pair => Judge(pair.Gold, pair.Answer) == Outcome.FAIL && Judge(pair.Answer, pair.Gold) == Outcome.FAIL);

    [Fact]
    public void An_equation_may_be_turned_round_moved_over_and_multiplied_and_not_changed() => Run(
        from left in Terms
        from right in Terms
        from factor in Gen.Choose(2, 7)
        select (Left: $"{left.Text} + 3x", Right: $"{right.Text} + 5y", factor),
        pair => Judge($"{pair.Left} = {pair.Right}", $"{pair.Right} = {pair.Left}") == Outcome.PASS
            && Judge($"{pair.Left} = {pair.Right}", $"{pair.factor}({pair.Left}) - {pair.factor}({pair.Right}) = 0") == Outcome.PASS
            && Judge($"{pair.Left} = {pair.Right}", $"{pair.Left} = {pair.Right} + 1") != Outcome.PASS);

    [Fact]
    public void A_set_has_no_order_and_a_tuple_has_one() => Run(
        from first in Gen.Choose(-50, 50)
        from distance in Gen.Choose(1, 50)
        from third in Gen.Choose(101, 200)
        select (A: first, B: first + distance, C: third),
        each => Judge($"\\{{{each.A}, {each.B}, {each.C}\\}}", $"\\{{{each.C}, {each.A}, {each.B}\\}}") == Outcome.PASS
            && Judge($"\\{{{each.A}, {each.B}, {each.C}\\}}", $"\\{{{each.C}, {each.A}\\}}") == Outcome.FAIL
            && Judge($"({each.A}, {each.B}, {each.C})", $"({each.A}, {each.B}, {each.C})") == Outcome.PASS
            && Judge($"({each.A}, {each.B}, {each.C})", $"({each.B}, {each.A}, {each.C})") == Outcome.FAIL
            && Judge($"[{each.A}, {each.B}]", $"{each.A} \\le x \\le {each.B}") == Outcome.PASS
            && Judge($"[{each.A}, {each.B}]", $"[{each.A}, {each.B})") == Outcome.FAIL);

    private static void Run<T>(Gen<T> cases, Func<T, bool> holds) =>
        Check.One(Settings, Prop.ForAll(cases.ToArbitrary(), each => holds(each).Label($"{each}")));

    private static Outcome Judge(string gold, string answer) => Verify.By("math", new() { Answer = answer, Reference = gold }).Outcome;

    private static Gen<Term> TermOf(int depth)
    {
        var leaves = Gen.OneOf(
            Gen.Choose(1, 20).Select(number => new Term(number.ToString(CultureInfo.InvariantCulture))),
            Gen.Elements("x", "y", "\\pi", "\\sqrt{3}").Select(text => new Term(text)),
            Gen.Choose(1, 9).Two().Select(pair => new Term($"\\frac{{{pair.Item1}}}{{{pair.Item2}}}")));
        if (depth == 0)
        {
            return leaves;
        }

        var inner = TermOf(depth - 1);
        return Gen.OneOf(
            leaves,
            from left in inner from right in inner select new Term($"{left.Text} + {right.Text}", $"{right.Text} + {left.Text}"),
            from left in inner from right in inner select new Term($"({left.Text})({right.Text})", $"({right.Text})({left.Text})"),
            from left in inner from right in inner select new Term($"({left.Text}) - ({right.Text})", $"-({right.Text}) + ({left.Text})"),
            from left in inner from power in Gen.Choose(2, 3) select new Term($"({left.Text})^{power}"),
            from left in inner select new Term($"\\frac{{{left.Text}}}{{x^2 + 1}}"),
            from left in inner select new Term($"\\sin({left.Text})"));
    }

    /// <summary>An expression, and the same with its two parts in the other order.</summary>
    private sealed record Term(string Text, string Other = "")
    {
        public string Swapped => Other.Length == 0 ? Text : Other;
    }
}

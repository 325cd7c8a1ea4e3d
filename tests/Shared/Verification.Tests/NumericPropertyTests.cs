using System.Globalization;
using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using StreamDistill.Verification;
using Check = FsCheck.Check;
using Outcome = streamdistill.Outcome;

namespace Verification.Tests;

public sealed class NumericPropertyTests
{
    private static readonly string[] Cues =
    [
        "Some steps: 3 + 4 = 7.\nA: {0}",
        "16 - 3 = <<16-3=13>>13\n#### {0}",
        "Step 1: 12. Therefore \\boxed{{{0}}}.",
        "The sum is 12. The answer is {0}.",
        "**Answer:** {0}\n",
        "## Final Answer\n\n{0}\n",
        "{0}",
    ];

    // Each writes numerator / 10^places in another way; null where it cannot.
    private static readonly Func<BigInteger, int, string?>[] Notations =
    [
        Plain,
        (n, places) => Grouped(n, places, ","),
        (n, places) => Grouped(n, places, "{,}"),
        (n, places) => Grouped(n, places, "\u202F"),
        (n, places) => Plain(n, places) + (places == 0 ? ".00" : "000"),
        (n, places) => n.Sign < 0 ? "-$" + Plain(-n, places) : "$" + Plain(n, places),
        (n, places) => Plain(n, places).Replace('-', '−') + " euros",
        (n, places) => $"{n}/{BigInteger.Pow(10, places)}",
        (n, places) => $"\\frac{{{n}}}{{{BigInteger.Pow(10, places)}}}",
        (n, places) => $"{n}e-{places}",
        (n, places) => $"{n} \\times 10^{{-{places}}}",
        (n, places) => $"{n} x 10^-{places} km",
        (n, places) => places < 1 || n.Sign < 0 ? null : $"{n / BigInteger.Pow(10, places)} {n % BigInteger.Pow(10, places)}/{BigInteger.Pow(10, places)}",
        (n, places) => "**" + Plain(n, places) + "**",
    ];

    private static readonly Gen<(BigInteger Numerator, int Places)> Numbers =
        from digits in Gen.Choose(1, 30)
        from parts in Gen.Choose(0, 999_999_999).ArrayOf(4)
        from isNegative in Gen.Elements(true, false)
        from places in Gen.Choose(0, 6)
        let magnitude = parts.Aggregate(BigInteger.Zero, (sum, part) => (sum * 1_000_000_000) + part) % BigInteger.Pow(10, digits)
        select (isNegative ? -magnitude : magnitude, places);

    [Fact]
    public void ANumberPassesInEveryNotationBehindEveryCue() => Check.One(Quiet, Prop.ForAll(
        Arb.From(from number in Numbers from notation in Gen.Elements(Notations) from cue in Gen.Elements(Cues) select (number, notation, cue)),
        one =>
        {
            var text = one.notation(one.number.Numerator, one.number.Places);
            var finding = Verify.Numeric(string.Format(CultureInfo.InvariantCulture, one.cue, text), Plain(one.number.Numerator, one.number.Places));
            return (text is null || finding.Outcome == Outcome.PASS).Label($"{text}: {finding}");
        }));

    [Fact]
    public void AnotherNumberNeverPassesInAnyNotation() => Check.One(Quiet, Prop.ForAll(
        Arb.From(
            from number in Numbers
            from change in Gen.Choose(1, 1000)
            from isLess in Gen.Elements(true, false)
            from notation in Gen.Elements(Notations)
            from cue in Gen.Elements(Cues)
            select (number, change: isLess ? -change : change, notation, cue)),
        one =>
        {
            var text = one.notation(one.number.Numerator + one.change, one.number.Places);
            var finding = Verify.Numeric(string.Format(CultureInfo.InvariantCulture, one.cue, text), Plain(one.number.Numerator, one.number.Places));
            return (text is null || finding.Outcome == Outcome.FAIL).Label($"{text}: {finding}");
        }));

    [Fact]
    public void AnyTextGetsAFinding() => Check.One(Quiet, Prop.ForAll(
        Arb.From(Gen.Elements(
            "A:", "\n", " ", "answer is", "Answer:", "\\boxed", "{", "}", "####", "#", "18", "-", ".", ",", "e9", "/", "\\frac", "½", "$", "%", "<<", ">>", "x",
            "=", "or", "(", ")", "^", "10", "<answer>", "</answer>", "\\", "\uD83D", "percent", "million", "k", "*", "_", "'").ArrayOf().Select(string.Concat)),
        text =>
        {
            var finding = Verify.Numeric(text, "18", ("fallback", "last_number"));
            return finding.Outcome != Outcome.PASS || text.Contains("18") || finding.Extracted == "18";
        }));

    [Fact]
    public void RationalsAreExactInLowestTerms() => Check.One(Quiet, Prop.ForAll(
        Arb.From(from n in Gen.Choose(-1000, 1000) from d in Gen.Choose(1, 1000) from factor in Gen.Choose(-50, -1) select (n, d, factor)),
        one =>
        {
            var value = new Rational(one.n, one.d);
            var same = new Rational(one.n * one.factor, one.d * one.factor);
            return value == same && value.GetHashCode() == same.GetHashCode() && same.Denominator.Sign > 0
                && (value + same) - same == value && (one.n == 0 || value * same / same == value);
        }));

    private static Config Quiet => Config.QuickThrowOnFailure.WithMaxTest(3000);

    private static string Plain(BigInteger numerator, int places)
    {
        var digits = BigInteger.Abs(numerator).ToString(CultureInfo.InvariantCulture).PadLeft(places + 1, '0');
        return (numerator.Sign < 0 ? "-" : "") + digits[..^places] + (places == 0 ? "" : "." + digits[^places..]);
    }

    private static string Grouped(BigInteger numerator, int places, string separator)
    {
        var plain = Plain(BigInteger.Abs(numerator), places);
        var whole = places == 0 ? plain : plain[..plain.IndexOf('.')];
        for (var at = whole.Length - 3; at > 0; at -= 3)
        {
            plain = plain.Insert(at, separator);
        }

        return (numerator.Sign < 0 ? "-" : "") + plain;
    }
}

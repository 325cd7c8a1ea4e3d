using streamdistill;
using StreamDistill.Verification;

namespace Verification.Tests;

public sealed class TraceVerifierTests
{
    private const string Prose = """
        First we count the eggs: the ducks lay 16 a day, three are eaten and four are baked into muffins.
        That leaves 16 - 3 - 4 = 9 eggs for the market, where each one is sold for two dollars.
        Let me check: 9 + 3 + 4 is 16 again, so nothing was lost on the way.
        Therefore she earns 9 * 2 = 18 dollars every day, which is what the question asks for.
        """;

    [Fact]
    public void OrdinaryProseIsNotRepetition() =>
        Verify.Is(Outcome.PASS, ReasonCodes.Ok, Verify.By("repetition", new Candidate { Answer = "18", Reasoning = Prose }));

    [Theory]
    [InlineData("Wait, let me think about that again.\n", 5, ReasonCodes.RepeatedLines)]
    [InlineData("18", 100, ReasonCodes.EndsInLoop)]
    [InlineData("so we get 33 = 2x and then ", 10, ReasonCodes.EndsInLoop)]
    [InlineData("哈哈", 60, ReasonCodes.EndsInLoop)]
    public void ALoopAtTheEndIsFound(string unit, int times, string reasonCode)
    {
        var text = Prose + "\n" + string.Concat(Enumerable.Repeat(unit, times));
        Verify.Is(Outcome.FAIL, reasonCode, Verify.By("repetition", new Candidate { Answer = text }));
        Verify.Is(Outcome.FAIL, reasonCode, Verify.By("repetition", new Candidate { Answer = "18", Reasoning = text }));
        Verify.Is(Outcome.PASS, ReasonCodes.Ok, Verify.By("repetition", new Candidate { Answer = "18", Reasoning = text }, ("text", "answer")));
    }

    [Theory]
    [InlineData("Wait, let me think about that again.\n", 4)]
    [InlineData("-", 100)]
    [InlineData("so we get 33 = 2x and then ", 7)]
    public void FewRepeatsAndRulesOfDashesAreNotALoop(string unit, int times) => Verify.Is(
        Outcome.PASS, ReasonCodes.Ok, Verify.By("repetition", new Candidate { Answer = Prose + "\n" + string.Concat(Enumerable.Repeat(unit, times)) }));

    [Fact]
    public void PhrasesThatComeBackAreFoundWithoutStandingTogether()
    {
        var text = string.Join(' ', Enumerable.Range(0, 40).Select(n => $"Case {n}: we add both sides and divide by two to get the same as before."));
        Verify.Is(Outcome.FAIL, ReasonCodes.RepeatedPhrases, Verify.By("repetition", new Candidate { Answer = text }));
        Verify.Is(Outcome.PASS, ReasonCodes.Ok, Verify.By("repetition", new Candidate { Answer = text }, ("max_phrase_share", "1")));
    }

    [Theory]
    [InlineData("So the angle α is 30°, naïve café 18.", "", Outcome.PASS)]
    [InlineData("So we get 因此我们得到十八 dollars.", "", Outcome.FAIL)]
    [InlineData("Итак, ответ 18.", "", Outcome.FAIL)]
    [InlineData("Итак, ответ 18.", "Cyrillic", Outcome.PASS)]
    [InlineData("答えは十八です", "han|hiragana|katakana", Outcome.PASS)]
    [InlineData("18 + 2 = 20 😀 𝑥", "", Outcome.PASS)]
    [InlineData("", "", Outcome.PASS)]
    public void LanguageCountsLettersOfOtherScripts(string text, string allowed, Outcome outcome) => Verify.Is(
        outcome,
        outcome == Outcome.PASS ? ReasonCodes.Ok : ReasonCodes.MixedLanguage,
        Verify.By("language", new Candidate { Answer = "18", Reasoning = text }, allowed.Length == 0 ? [] : [("allowed", allowed)]));

    [Fact]
    public void LanguageSaysHowMuchAndWhere()
    {
        var candidate = new Candidate { Answer = "The answer is 十八" };
        Assert.Equal("2 of 13 letters of the answer are of other scripts, the first Han at character 14", Verify.By("language", candidate).Detail);
        Assert.Equal(Outcome.PASS, Verify.By("language", candidate, ("max_share", "0.2")).Outcome);
    }

    [Theory]
    [InlineData("a", "Latin")]
    [InlineData("ß", "Latin")]
    [InlineData("µ", "Common")]
    [InlineData("Ω", "Greek")]
    [InlineData("ж", "Cyrillic")]
    [InlineData("א", "Hebrew")]
    [InlineData("ب", "Arabic")]
    [InlineData("क", "Devanagari")]
    [InlineData("ไ", "Thai")]
    [InlineData("한", "Hangul")]
    [InlineData("ひ", "Hiragana")]
    [InlineData("カ", "Katakana")]
    [InlineData("漢", "Han")]
    [InlineData("𠀀", "Han")]
    [InlineData("ა", "Georgian")]
    [InlineData("ꦄ", "Other")]
    public void EveryLetterHasItsScript(string letter, string script)
    {
        var finding = Verify.By("language", new Candidate { Answer = letter }, ("allowed", script == "Latin" ? "greek" : "latin"));
        Assert.Equal(script == "Common" ? "" : $"1 of 1 letters of the answer are of other scripts, the first {script} at character 0", finding.Detail);
    }
}

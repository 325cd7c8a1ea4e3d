using streamdistill;
using StreamDistill.Verification;

namespace Verification.Tests;

public sealed class TextVerifierTests
{
    [Theory]
    [InlineData(" Paris\n", "Paris", "", "", Outcome.PASS)]
    [InlineData("paris", "Paris", "", "", Outcome.FAIL)]
    [InlineData("paris", "Paris", "case", "ignore", Outcome.PASS)]
    [InlineData("New  York", "New York", "", "", Outcome.FAIL)]
    [InlineData(" New \n York ", "New York", "whitespace", "collapse", Outcome.PASS)]
    [InlineData("NewYork", "New York", "whitespace", "collapse", Outcome.FAIL)]
    [InlineData("Paris ", "Paris", "whitespace", "keep", Outcome.FAIL)]
    public void ExactComparesTheWholeAnswer(string answer, string reference, string parameter, string value, Outcome outcome) =>
        Assert.Equal(outcome, Verify.By("exact", new Candidate { Answer = answer, Reference = reference }, Given(parameter, value)).Outcome);

    [Fact]
    public void ExactSaysWhyItCannotPass()
    {
        Verify.Is(Outcome.UNKNOWN, ReasonCodes.NoReference, Verify.By("exact", new Candidate { Answer = "x" }));
        Verify.Is(Outcome.FAIL, ReasonCodes.Empty, Verify.By("exact", new Candidate { Answer = " ", Reference = "x" }));
        var finding = Verify.By("exact", new Candidate { Answer = new string('y', 5000), Reference = "x" });
        Verify.Is(Outcome.FAIL, ReasonCodes.WrongAnswer, finding);
        Assert.True(finding.Detail.Length < 300);
    }

    [Theory]
    [InlineData("id: AB-12", @"[A-Z]{2}-\d+", "", "", Outcome.PASS)]
    [InlineData("id: ab-12", @"[A-Z]{2}-\d+", "", "", Outcome.FAIL)]
    [InlineData("id: ab-12", @"[A-Z]{2}-\d+", "case", "ignore", Outcome.PASS)]
    [InlineData("id: AB-12", @"[A-Z]{2}-\d+", "match", "full", Outcome.FAIL)]
    [InlineData("AB-12", @"[A-Z]{2}-\d+", "match", "full", Outcome.PASS)]
    [InlineData("ab", "a|abc", "match", "full", Outcome.FAIL)]
    [InlineData("as an AI model", "as an AI", "expect", "absent", Outcome.FAIL)]
    [InlineData("18", "as an AI", "expect", "absent", Outcome.PASS)]
    [InlineData("18", "18", "text", "both", Outcome.FAIL)]
    public void RegexLooksForThePattern(string answer, string pattern, string parameter, string value, Outcome outcome)
    {
        var finding = Verify.By("regex", new Candidate { Answer = answer }, [("pattern", pattern), .. Given(parameter, value)]);
        Verify.Is(outcome, outcome == Outcome.PASS ? ReasonCodes.Ok : ReasonCodes.PatternMismatch, finding);
    }

    [Theory]
    [InlineData("Positive", "positive", Outcome.PASS, "positive")]
    [InlineData("**positive.**", "positive", Outcome.PASS, "positive")]
    [InlineData("pos", "positive", Outcome.PASS, "positive")]
    [InlineData("negative", "pos", Outcome.FAIL, "negative")]
    [InlineData("negative", null, Outcome.PASS, "negative")]
    [InlineData("It is positive", "positive", Outcome.UNKNOWN, null)]
    [InlineData("mixed", "positive", Outcome.UNKNOWN, null)]
    [InlineData("positive", "mixed", Outcome.UNKNOWN, "positive")]
    public void LabelReadsALabelOrItsAlias(string answer, string? reference, Outcome outcome, string? extracted)
    {
        var finding = Verify.By("label", new Candidate { Answer = answer, Reference = reference }, ("labels", "positive|negative"), ("aliases", "pos=positive"));
        Assert.Equal((outcome, extracted), (finding.Outcome, finding.Extracted));
    }

    [Theory]
    [InlineData("This is clearly spam, really spam.", Outcome.PASS, ReasonCodes.Ok)]
    [InlineData("This is not spam.", Outcome.FAIL, ReasonCodes.WrongAnswer)]
    [InlineData("spam or not spam?", Outcome.UNKNOWN, ReasonCodes.Ambiguous)]
    [InlineData("spammers", Outcome.UNKNOWN, ReasonCodes.NoAnswerFound)]
    public void ALabelInASentenceCountsWhereItIsTheOnlyOne(string answer, Outcome outcome, string reasonCode) => Verify.Is(
        outcome, reasonCode, Verify.By("label", new Candidate { Answer = answer, Reference = "spam" }, ("labels", "spam|not spam"), ("match", "contained")));

    [Theory]
    [InlineData("", "min_characters", "1", ReasonCodes.Empty)]
    [InlineData(" \n", "min_words", "1", ReasonCodes.Empty)]
    [InlineData("ab", "min_characters", "3", ReasonCodes.TooShort)]
    [InlineData("ab", "min_characters", "2", ReasonCodes.Ok)]
    [InlineData("a b", "max_words", "1", ReasonCodes.TooLong)]
    [InlineData(" 😀😀 ", "max_characters", "2", ReasonCodes.Ok)]
    [InlineData("😀😀", "max_characters", "1", ReasonCodes.TooLong)]
    public void LengthCountsCharactersAndWords(string answer, string parameter, string value, string reasonCode) => Verify.Is(
        reasonCode == ReasonCodes.Ok ? Outcome.PASS : Outcome.FAIL, reasonCode, Verify.By("length", new Candidate { Answer = answer }, (parameter, value)));

    [Fact]
    public void LengthLooksAtTheReasoningWhereToldTo()
    {
        var candidate = new Candidate { Answer = "18", Reasoning = null };
        Verify.Is(Outcome.FAIL, ReasonCodes.Empty, Verify.By("length", candidate, ("min_words", "1"), ("text", "reasoning")));
        Verify.Is(Outcome.PASS, ReasonCodes.Ok, Verify.By("length", candidate with { Reasoning = "9 * 2" }, ("min_words", "1"), ("text", "both")));
    }

    [Theory]
    [InlineData("stop", Outcome.PASS, ReasonCodes.Ok)]
    [InlineData("unknown", Outcome.PASS, ReasonCodes.Ok)]
    [InlineData("length", Outcome.FAIL, ReasonCodes.Truncated)]
    [InlineData("content_filter", Outcome.UNKNOWN, ReasonCodes.ContentFiltered)]
    [InlineData("tool_calls", Outcome.UNKNOWN, ReasonCodes.ToolCalled)]
    [InlineData("error", Outcome.ERROR, "teacher_bad_response")]
    [InlineData("bored", Outcome.UNKNOWN, ReasonCodes.UnfamiliarFinishReason)]
    public void FinishReadsTheFinishReason(string finishReason, Outcome outcome, string reasonCode) =>
        Verify.Is(outcome, reasonCode, Verify.By("finish", new Candidate { Answer = "x", FinishReason = finishReason }));

    private static (string Name, string Value)[] Given(string parameter, string value) => parameter.Length == 0 ? [] : [(parameter, value)];
}

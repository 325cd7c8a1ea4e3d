using streamdistill;
using StreamDistill.Verification;

namespace Verification.Tests;

public sealed class VerifierSetTests
{
    [Theory]
    [InlineData("A: 18", "stop", Outcome.PASS)]
    [InlineData("A: 17", "stop", Outcome.FAIL)]
    [InlineData("none", "stop", Outcome.UNKNOWN)]
    [InlineData("A: 18", "content_filter", Outcome.UNKNOWN)]
    [InlineData("A: 17", "content_filter", Outcome.FAIL)]
    [InlineData("none", "length", Outcome.FAIL)]
    [InlineData("A: 17", "error", Outcome.ERROR)]
    public async Task ErrorOutweighsFailOutweighsUnknownOutweighsPass(string answer, string finishReason, Outcome outcome)
    {
        var decision = await Set(Spec("finish"), Spec("numeric")).DecideAsync(
            new Candidate { Answer = answer, Reference = "18", FinishReason = finishReason }, CancellationToken.None);
        Assert.Equal(outcome, decision.Outcome);
        Assert.Equal(["finish", "numeric"], decision.Checks.Select(check => check.Verifier));
        Assert.All(decision.Checks, check => Assert.Equal("1", check.Version));
    }

    [Fact]
    public async Task ATeachersErrorIsNotJudgedByTheVerifiers()
    {
        var error = new TeacherError { Code = "timeout", Message = "no answer within 60 s" };
        var decision = await Set(Spec("numeric")).DecideAsync(new Candidate { Answer = "", Reference = "18", Error = error }, CancellationToken.None);
        var check = Assert.Single(decision.Checks);
        Assert.Equal((Outcome.ERROR, "finish", "teacher_timeout", "no answer within 60 s"), (decision.Outcome, check.Verifier, check.ReasonCode, check.Detail));
    }

    [Fact]
    public async Task EachCheckSaysHowLongItTook()
    {
        var decision = await new VerifierSet([Spec("numeric")], new SteppingTime()).DecideAsync(new Candidate { Answer = "18" }, CancellationToken.None);
        Assert.Equal(250, Assert.Single(decision.Checks).DurationUs);
    }

    [Fact]
    public void TheHashIsThatOfTheEffectivePolicyInItsOrder()
    {
        var hash = Set(Spec("finish"), Spec("numeric")).Hash;
        Assert.Equal(hash, Set(Spec("finish"), Spec("numeric", ("percent", "EITHER"), ("absolute_tolerance", "0.00"))).Hash);
        Assert.NotEqual(hash, Set(Spec("finish"), Spec("numeric", ("percent", "unit"))).Hash);
        Assert.NotEqual(hash, Set(Spec("numeric"), Spec("finish")).Hash);
        Assert.NotEqual(hash, Set(Spec("numeric")).Hash);
    }

    [Fact]
    public void NoVerifierAtAllIsRefused() =>
        Assert.Equal("A policy needs at least one verifier; with none, every answer would pass.", Assert.Throws<VerifierConfigurationException>(() => Set()).Message);

    [Theory]
    [InlineData("numerc", "", "", "There is no verifier 'numerc'; there are exact, finish, json, label, language, length, math, numeric, regex, repetition.")]
    [InlineData("finish", "x", "1", "Verifier 'finish' has no parameter 'x'; it has none.")]
    [InlineData("exact", "csae", "ignore", "Verifier 'exact' has no parameter 'csae'; allowed are case, whitespace.")]
    [InlineData("exact", "case", "maybe", "Verifier 'exact': the parameter 'case' is 'maybe'; allowed is sensitive, ignore.")]
    [InlineData("exact", "case", "1", "Verifier 'exact': the parameter 'case' is '1'; allowed is sensitive, ignore.")]
    [InlineData("numeric", "relative_tolerance", "2", "Verifier 'numeric': the parameter 'relative_tolerance' is '2'; allowed is a number from 0 to 1.")]
    [InlineData("length", "min_words", "-1", "Verifier 'length': the parameter 'min_words' is '-1'; allowed is a whole number from 0 to 2147483647.")]
    [InlineData("regex", "", "", "Verifier 'regex' needs the parameter 'pattern': a regular expression.")]
    [InlineData("label", "labels", "a||b", "Verifier 'label': the parameter 'labels' is 'a||b'; allowed is texts separated by '|', none of them empty.")]
    [InlineData("label", "labels", "a|A", "Verifier 'label': the parameter 'labels' is 'A'; allowed is each label once.")]
    public void AWrongSpecificationIsExplained(string name, string parameter, string value, string message) =>
        Assert.Equal(message, VerifierCatalog.Validate(parameter.Length == 0 ? Spec(name) : Spec(name, (parameter, value))));

    [Theory]
    [InlineData("regex", "pattern", "a)(b")]
    [InlineData("regex", "pattern", @"(a)\1")]
    [InlineData("regex", "pattern", "(?=a)")]
    [InlineData("regex", "pattern", "((a{1000}){1000}){1000}")]
    [InlineData("json", "schema", "{")]
    [InlineData("json", "schema", "[]")]
    [InlineData("json", "schema", """{"type":"text"}""")]
    [InlineData("json", "schema", """{"properties":{"a":{"oneOf":[]}}}""")]
    [InlineData("json", "schema", """{"minLength":"1"}""")]
    [InlineData("language", "allowed", "klingon")]
    [InlineData("language", "allowed", "common")]
    [InlineData("language", "max_share", "1e9")]
    public void AWrongValueIsNamedWithItsParameter(string name, string parameter, string value)
    {
        var message = VerifierCatalog.Validate(Spec(name, (parameter, value)));
        Assert.NotNull(message);
        Assert.StartsWith($"Verifier '{name}': the parameter '{parameter}' is '", message);
        Assert.Contains("; allowed is ", message);
    }

    [Fact]
    public void ARightSpecificationIsNotExplained() =>
        Assert.Null(VerifierCatalog.Validate(Spec("label", ("labels", "yes|no"), ("aliases", "y = yes | n = no"))));

    private static VerifierSet Set(params VerifierSpec[] specs) => new(specs, TimeProvider.System);

    private static VerifierSpec Spec(string name, params (string Name, string Value)[] parameters) =>
        new() { Name = name, Parameters = parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value) };

    /// <summary>Each look at the clock is 250 µs after the one before.</summary>
    private sealed class SteppingTime : TimeProvider
    {
        private long now;

        public override long TimestampFrequency => 1_000_000;

        public override long GetTimestamp() => now += 250;
    }
}

using Confluent.Kafka;
using streamdistill;
using StreamDistill.Contracts;
using StreamDistill.Pipeline;
using StreamDistill.Verification;
using StreamDistill.Verify;

namespace Verify.Tests;

public sealed class VerifyStageTests
{
    [Fact]
    public async Task EachSampleGetsAVerdictOnTheTopicOfItsOutcome()
    {
        var outputs = await Process(new VerifyOptions(), Samples(Prompt(), "A: 18", "A: 17", "I do not know."));

        Assert.Equal([Topics.Verified, Topics.Rejected, Topics.Rejected], outputs.Select(output => output.Topic));
        Assert.All(outputs, output => Assert.Equal("p1", output.Key));
        var verdicts = outputs.Select(output => (Verdict)output.Value!).ToList();
        Assert.Equal([Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN], verdicts.Select(verdict => verdict.Outcome));
        Assert.Equal(["18", "17", null], verdicts.Select(verdict => verdict.ExtractedAnswer));
        Assert.Equal(["c0", "c1", "c2"], verdicts.Select(verdict => verdict.Completion.CompletionId));
        Assert.Equal(["finish", "numeric"], verdicts[1].Checks.Select(check => check.Verifier));
        Assert.Equal(["ok", "wrong_answer"], verdicts[1].Checks.Select(check => check.ReasonCode));
        Assert.All(verdicts, verdict => Assert.Equal(FixedTime.Now.UtcDateTime, verdict.DecidedAt));
        Assert.All(verdicts, verdict => Assert.Matches("^[0-9a-f]{64}$", verdict.PolicyHash));
    }

    [Fact]
    public async Task APromptWhoseSamplesAreAllRejectedIsAskedAgainAtAHigherTemperature()
    {
        var prompt = Prompt();
        var outputs = await Process(new VerifyOptions(), Samples(prompt, "A: 16", "A: 17"));

        var next = Assert.IsType<Prompt>(outputs[^1].Value);
        Assert.Equal((Topics.Prompts, "p1", 3), (outputs[^1].Topic, outputs[^1].Key, outputs.Count));
        Assert.Equal(prompt with { Attempt = 2, Sampling = prompt.Sampling with { Temperature = 0.9, Seed = 9 } }, next);
        Assert.Equal((1, 0.7, 7L), (prompt.Attempt, prompt.Sampling.Temperature, prompt.Sampling.Seed));
    }

    [Theory]
    [InlineData(1.1, 1.2)]
    [InlineData(1.2, 1.2)]
    [InlineData(1.5, 1.5)]
    public async Task TheTemperatureIsRaisedToTheMaximumAndNeverLowered(double temperature, double expected)
    {
        var prompt = Prompt();
        prompt.Sampling.Temperature = temperature;
        var outputs = await Process(new VerifyOptions(), Samples(prompt, "A: 17"));
        Assert.Equal(expected, Assert.IsType<Prompt>(outputs[^1].Value).Sampling.Temperature);
    }

    [Fact]
    public async Task AttemptsEndAtTheirMaximum()
    {
        var options = new VerifyOptions { MaxAttempts = 2 };
        Assert.Equal(2, (await Process(options, Samples(Prompt() with { Attempt = 1 }, "A: 17"))).Count);
        Assert.Single(await Process(options, Samples(Prompt() with { Attempt = 2 }, "A: 17")));
    }

    [Theory]
    [InlineData("timeout", true)]
    [InlineData("unavailable", true)]
    [InlineData("refused", false)]
    [InlineData("budget_exhausted", false)]
    [InlineData("not_recorded", false)]
    public async Task ATeacherErrorIsAnErrorVerdictAndAskedAgainOnlyWhereThatCanHelp(string code, bool isAskedAgain)
    {
        var unit = Samples(Prompt(), "");
        unit[0].Value.Error = new TeacherError { Code = code, Message = "why" };
        var outputs = await Process(new VerifyOptions(), unit);

        var verdict = Assert.IsType<Verdict>(outputs[0].Value);
        Assert.Equal((Topics.Rejected, Outcome.ERROR), (outputs[0].Topic, verdict.Outcome));
        var check = Assert.Single(verdict.Checks);
        Assert.Equal(("finish", "teacher_" + code, "why"), (check.Verifier, check.ReasonCode, check.Detail));
        Assert.Equal(isAskedAgain, outputs.Count == 2);
    }

    [Theory]
    [InlineData(null, "no_reference")]
    [InlineData("many", "unparseable_reference")]
    public async Task APromptThatNothingCanBeComparedWithIsNotAskedAgain(string? reference, string reasonCode)
    {
        var prompt = Prompt() with { Reference = new Reference { Answer = reference } };
        var verdict = Assert.IsType<Verdict>(Assert.Single(await Process(new VerifyOptions(), Samples(prompt, "A: 18"))).Value);
        Assert.Equal((Outcome.UNKNOWN, reasonCode), (verdict.Outcome, verdict.Checks[1].ReasonCode));
    }

    [Fact]
    public async Task AnAttemptIsFollowedByOneOnlyWhenItsLastSampleIsThere()
    {
        var unit = Samples(Prompt(), "A: 16", "A: 17");
        Assert.Single(await Process(new VerifyOptions(), [unit[0]]));
        Assert.Equal(2, (await Process(new VerifyOptions(), [unit[1]])).Count);
    }

    [Theory]
    [InlineData("math", "18", "finish,numeric")]
    [InlineData("Math", "18", "finish,numeric")]
    [InlineData("capital", "Paris", "finish,exact")]
    [InlineData("essay", null, "finish,length,repetition")]
    public async Task TheTaskAndTheReferenceChooseTheVerifiers(string task, string? reference, string verifiers)
    {
        var prompt = Prompt() with { Task = task, Reference = reference is null ? null : new Reference { Answer = reference } };
        var verdict = (Verdict)(await Process(new VerifyOptions(), Samples(prompt, "18")))[0].Value!;
        Assert.Equal(verifiers, string.Join(',', verdict.Checks.Select(check => check.Verifier)));
    }

    [Fact]
    public async Task ConfiguredVerifiersReplaceTheDefaultsAndAPromptsOwnReplaceBoth()
    {
        var options = new VerifyOptions { Tasks = new() { ["math"] = [new VerifierOptions { Name = "exact" }] } };
        var configured = (Verdict)(await Process(options, Samples(Prompt(), "18")))[0].Value!;
        Assert.Equal(["exact"], configured.Checks.Select(check => check.Verifier));

        var prompt = Prompt() with { Verifiers = [new VerifierSpec { Name = "regex", Parameters = new Dictionary<string, string> { ["pattern"] = "^18$" } }] };
        var own = (Verdict)(await Process(options, Samples(prompt, "18")))[0].Value!;
        Assert.Equal(["regex"], own.Checks.Select(check => check.Verifier));
        Assert.NotEqual(configured.PolicyHash, own.PolicyHash);
    }

    [Theory]
    [InlineData("numerc", "x", "There is no verifier 'numerc'; there are exact, ")]
    [InlineData("numeric", "percnt", "Verifier 'numeric' has no parameter 'percnt'; allowed are absolute_tolerance, ")]
    public async Task APromptWithAWrongVerifierIsADeadLetterThatSaysWhatIsAllowed(string verifier, string parameter, string message)
    {
        var prompt = Prompt() with { Verifiers = [new VerifierSpec { Name = verifier, Parameters = new Dictionary<string, string> { [parameter] = "1" } }] };
        var thrown = await Assert.ThrowsAsync<UnprocessableRecordException>(() => Process(new VerifyOptions(), Samples(prompt, "A: 18")));
        Assert.Equal("invalid_verifier", thrown.ReasonCode);
        Assert.StartsWith("Prompt 'p1': " + message, thrown.Message);
    }

    private static async Task<IReadOnlyList<Output>> Process(VerifyOptions options, IReadOnlyList<Input<Completion>> unit)
    {
        var time = new FixedTime();
        return await new VerifyStage(new VerifyPolicy(options, time), time).ProcessAsync(unit, CancellationToken.None);
    }

    private static Prompt Prompt() => new()
    {
        PromptId = "p1",
        Task = "math",
        Messages = [new Message { Role = "user", Content = "9 * 2?" }],
        Reference = new Reference { Answer = "18" },
        Sampling = new Sampling { N = 2, Temperature = 0.7, TopP = 1, MaxTokens = 100, Seed = 7 },
        Attempt = 1,
    };

    private static List<Input<Completion>> Samples(Prompt prompt, params string[] answers) =>
    [
        .. answers.Select((answer, index) => new Input<Completion>(
            new Completion { CompletionId = "c" + index, SampleIndex = index, SampleCount = answers.Length, Prompt = prompt, Answer = answer, FinishReason = "stop" },
            new TopicPartitionOffset(Topics.Completions, 0, index))),
    ];

    private sealed class FixedTime : TimeProvider
    {
        public static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}

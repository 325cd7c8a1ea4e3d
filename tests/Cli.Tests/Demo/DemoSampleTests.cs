using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using streamdistill;
using StreamDistill.Cli.Demo;
using StreamDistill.Verification;
using static StreamDistill.Cli.Tests.Demo.SampleFiles;

namespace StreamDistill.Cli.Tests.Demo;

public sealed partial class DemoSampleTests
{
    [Fact]
    public void A_seed_gives_the_same_bytes_every_time_and_another_seed_gives_others()
    {
        using SampleFiles first = new(200, seed: 7), again = new(200, seed: 7), other = new(200, seed: 8);
        foreach (var file in new[] { DemoSample.PromptsFile, DemoSample.CompletionsFile })
        {
            Assert.Equal(first.Bytes(file), again.Bytes(file));
            Assert.NotEqual(first.Bytes(file), other.Bytes(file));
        }
    }

    [Theory]
    [InlineData(1, 1, 0, 0)]
    [InlineData(1, 1, 1, 1)]
    [InlineData(100, 4, 0.35, 140)]
    [InlineData(33, 3, 0.5, 50)]
    [InlineData(40, 2, 1, 80)]
    public void The_share_of_wrong_completions_is_the_one_asked_for(int prompts, int samples, double share, long wrong)
    {
        using var sample = new SampleFiles(prompts, samples, share);
        Assert.Equal(new DemoSampleCounts(prompts, (long)prompts * samples, wrong), sample.Counts);
        Assert.Equal((prompts, prompts * samples), (sample.Prompts.Count, sample.Completions.Count));
        Assert.Equal(wrong, sample.Completions.Count(completion => !IsCorrect(completion)));
        Assert.All(sample.Prompts, prompt => Assert.Equal(samples, prompt.GetProperty("sampling").GetProperty("n").GetInt32()));
    }

    [Fact]
    public void Every_step_of_a_rationale_is_right_and_leads_to_the_reference_answer()
    {
        using var sample = new SampleFiles(2000, samplesPerPrompt: 1);
        foreach (var prompt in sample.MathPrompts)
        {
            var rationale = Text(prompt.GetProperty("reference"), "rationale");
            var steps = Annotation().Matches(rationale);
            Assert.InRange(steps.Count, 3, 5);
            Assert.All(steps, step => Assert.Equal(Number(step, 4), Calculate(step)));
            Assert.Equal(rationale.Count('\n'), steps.Count);
            Assert.EndsWith("\nA: " + ReferenceAnswer(prompt), rationale, StringComparison.Ordinal);
            Assert.Equal(ReferenceAnswer(prompt), steps[^1].Groups[4].Value);
            Assert.True(int.Parse(ReferenceAnswer(prompt), NumberStyles.None, CultureInfo.InvariantCulture) > 0, rationale);
        }
    }

    [Fact]
    public void A_math_completion_is_labelled_by_its_last_number_and_a_right_one_calculates_rightly()
    {
        using var sample = new SampleFiles(1000);
        var answers = sample.MathPrompts.ToDictionary(prompt => Text(prompt, "prompt_id"), ReferenceAnswer);
        foreach (var completion in sample.Completions.Where(completion => answers.ContainsKey(Text(completion, "prompt_id"))))
        {
            var content = Text(completion, "content");
            var final = PlainNumber().Matches(content.Split('\n')[^1].Replace(",", "", StringComparison.Ordinal))[^1].Value;
            Assert.Equal(IsCorrect(completion), final == answers[Text(completion, "prompt_id")]);
            if (IsCorrect(completion))
            {
                Assert.All(Calculation().Matches(content), step => Assert.Equal(Number(step, 4), Calculate(step)));
            }
        }
    }

    [Fact]
    public void Final_answers_come_in_every_notation_and_wrong_ones_by_every_mistake()
    {
        using var sample = new SampleFiles(1000);
        var finals = sample.Completions.Select(completion => Text(completion, "content").Split('\n')[^1]).ToList();
        foreach (var notation in new[] { @"^A: \d", @"^#### \d", @"\\boxed\{\d", @"answer is \$\d", @"answer is \d+ [a-z]+\.$", @"dollars\.$", @"\d,\d{3}" })
        {
            Assert.Contains(finals, final => Regex.IsMatch(final, notation));
        }

        // Mistakes in a calculation show in it; the others are another operation, or a step less than the rationale has.
        var slips = sample.Completions.Count(completion => Calculation().Matches(Text(completion, "content")).Any(step => Number(step, 4) != Calculate(step)));
        Assert.InRange(slips, 1, sample.Counts.WrongCompletions - 1);
        var random = new DemoRandom(3);
        Assert.All(Enumerable.Range(0, 1000).Select(_ => WordProblem.Create(random)), problem =>
            Assert.NotEqual(problem.Solve().Answer, problem.SolveWrongly(random).Answer));
    }

    [Fact]
    public void One_prompt_in_ten_is_a_general_task_and_a_few_ask_again_what_was_asked_before()
    {
        using var sample = new SampleFiles(1000);
        var general = sample.Prompts.Where(prompt => Text(prompt, "task") != "math").ToList();
        Assert.InRange(general.Count, 90, 130);
        Assert.Equal(["extraction", "instruction", "label"], general.Select(prompt => Text(prompt, "task")).Distinct().Order(StringComparer.Ordinal));
        Assert.InRange(sample.Prompts.Count - sample.Prompts.DistinctBy(Question).Count(), 40, 60);
        Assert.Equal(16, WordProblemTemplates.All.Count);
        Assert.Distinct(sample.Prompts.Select(prompt => Text(prompt, "prompt_id")));
    }

    [Fact]
    public async Task The_verifiers_agree_with_every_label()
    {
        using var sample = new SampleFiles(1000);
        var completions = sample.Completions.ToLookup(completion => Text(completion, "prompt_id"));
        foreach (var prompt in sample.Prompts)
        {
            var verifiers = new VerifierSet(VerifiersOf(prompt), TimeProvider.System);
            foreach (var completion in completions[Text(prompt, "prompt_id")])
            {
                var candidate = new Candidate { Answer = Text(completion, "content"), Reference = ReferenceAnswer(prompt), FinishReason = "stop" };
                var decision = await verifiers.DecideAsync(candidate, CancellationToken.None);
                Assert.True(IsCorrect(completion) == (decision.Outcome == Outcome.PASS), $"{decision.Outcome} {decision.Checks[0].Detail}: {completion} of {prompt}");
                Assert.True(Text(prompt, "task") != "math" || decision.Outcome != Outcome.UNKNOWN, completion.ToString());
            }
        }
    }

    [Theory]
    [InlineData(0, 4, 0.35)]
    [InlineData(1, 0, 0.35)]
    [InlineData(1, 65, 0.35)]
    [InlineData(1, 4, -0.1)]
    [InlineData(1, 4, double.NaN)]
    public void Numbers_outside_of_what_is_allowed_are_refused(int prompts, int samples, double share) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => DemoSample.Write(Path.GetTempPath(), prompts, samples, share));

    private static IEnumerable<VerifierSpec> VerifiersOf(JsonElement prompt)
    {
        if (!prompt.TryGetProperty("verifiers", out var verifiers))
        {
            return [new VerifierSpec { Name = "numeric" }];
        }

        return verifiers.EnumerateArray().Select(verifier => new VerifierSpec
        {
            Name = Text(verifier, "name"),
            Parameters = verifier.GetProperty("parameters").Deserialize<Dictionary<string, string>>()!,
        });
    }

    private static decimal Calculate(Match step) => step.Groups[2].Value switch
    {
        "+" => Number(step, 1) + Number(step, 3),
        "-" => Number(step, 1) - Number(step, 3),
        "*" => Number(step, 1) * Number(step, 3),
        _ => Number(step, 1) / Number(step, 3),
    };

    private static decimal Number(Match step, int group) => decimal.Parse(step.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"<<(-?[\d.]+)([-+*/])(-?[\d.]+)=(-?[\d.]+)>>\4(?!\d)")]
    private static partial Regex Annotation();

    [GeneratedRegex(@"(-?\d+(?:\.\d+)?) ([-+*/]) (-?\d+(?:\.\d+)?) = \$?(?:<<[^>]*>>)?(-?\d+(?:\.\d+)?)")]
    private static partial Regex Calculation();

    [GeneratedRegex(@"-?\d+(?:\.\d+)?")]
    private static partial Regex PlainNumber();
}

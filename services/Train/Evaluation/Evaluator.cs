using System.Diagnostics;
using streamdistill;
using StreamDistill.Contracts;
using StreamDistill.Student;
using StreamDistill.Verification;

namespace StreamDistill.Train;

/// <summary>Lets a student answer the holdout's prompts, and asks the verifiers.</summary>
internal sealed class Evaluator(EvaluationOptions options, StudentTokenizer tokenizer, ExampleEncoder encoder, TimeProvider time, ILogger logger)
{
    private readonly VerificationPolicy policy = new(options, time);

    /// <summary>Judges the student as it is now; null where there is nothing to answer.</summary>
    public async Task<EvaluationResult?> EvaluateAsync(Decoder decoder, IReadOnlyList<TrainingExample> holdout, CancellationToken cancellationToken)
    {
        if (holdout.Count == 0)
        {
            return null;
        }

        var answers = Generate(decoder, holdout, cancellationToken);
        var passed = new Dictionary<string, bool>();
        foreach (var (example, answer) in holdout.Zip(answers))
        {
            passed[example.ExampleId] = await IsRightAsync(example, answer, cancellationToken);
        }

        return new EvaluationResult(
            new EvaluationFigures(
                passed.Values.Count(right => right) / (double)passed.Count,
                passed.Count,
                answers.Average(answer => answer.Tokens),
                answers.Select(answer => answer.Latency.TotalMilliseconds).Order().ElementAt((answers.Count - 1) / 2)),
            passed);
    }

    private List<Answer> Generate(Decoder decoder, IReadOnlyList<TrainingExample> holdout, CancellationToken cancellationToken)
    {
        using var engine = new GenerationEngine(decoder, tokenizer, options.Rows);
        var answers = new Answer[holdout.Count];
        var places = new Dictionary<GenerationRow, int>();
        for (var next = 0; next < holdout.Count || engine.Active > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (; next < holdout.Count && engine.Free > 0; next++)
            {
                var prompt = encoder.EncodePrompt(holdout[next]);
                var room = decoder.Config.MaxPositions - prompt.Count;
                answers[next] = new Answer { Started = Stopwatch.GetTimestamp(), Finish = "length" };
                if (room > 0)
                {
                    places[engine.Add(prompt, new SamplingOptions(options.Temperature, Seed: next, MaxTokens: Math.Min(options.MaxTokens, room)))] = next;
                }
            }

            foreach (var token in engine.Step())
            {
                answers[places[token.Row]].Add(token);
            }
        }

        return [.. answers];
    }

    private async ValueTask<bool> IsRightAsync(TrainingExample example, Answer answer, CancellationToken cancellationToken)
    {
        VerifierSet verifiers;
        try
        {
            verifiers = policy.SetFor(example.Checks, example.Task, example.Reference?.Answer is not null);
        }
        catch (VerifierConfigurationException wrong)
        {
            logger.LogWarning("Example {Example} of the holdout cannot be judged, so it counts as not passed: {Why}", example.ExampleId, wrong.Message);
            return false;
        }

        var (reasoning, text) = ThinkTags.Split(answer.Text);
        var candidate = new Candidate { Answer = text, Reasoning = reasoning, Reference = example.Reference?.Answer, FinishReason = answer.Finish };
        return (await verifiers.DecideAsync(candidate, cancellationToken)).Outcome == Outcome.PASS;
    }

    private sealed class Answer
    {
        private readonly System.Text.StringBuilder text = new();

        public required long Started { get; init; }

        public required string Finish { get; set; }

        public int Tokens { get; private set; }

        public TimeSpan Latency { get; private set; }

        public string Text => text.ToString();

        public void Add(GeneratedToken token)
        {
            Tokens++;
            text.Append(token.Text);
            if (token.Finish is { } finish)
            {
                Finish = finish == FinishReason.Stop ? "stop" : "length";
                Latency = Stopwatch.GetElapsedTime(Started);
            }
        }
    }
}

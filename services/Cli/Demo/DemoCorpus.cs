using System.Globalization;
using System.Text.Json;

namespace StreamDistill.Cli.Demo;

/// <summary>
/// The texts behind the demo's models, and its prompts. What is written for training is in the format of curated.jsonl.
/// </summary>
internal static class DemoCorpus
{
    /// <summary>Tokens of an answer at most: more than twice what the longest solution has.</summary>
    public const int AnswerTokensMax = 256;

    private const string IdPrefix = "demo-";

    private const string AskForProblem = "Write a word problem.", AskForCalculations = "Write calculations.", AskToRepeat = "Repeat: ";
    private const int Calculations = 12;

    /// <summary>Texts with every word that the models meet, for their tokenizer.</summary>
    public static IEnumerable<string> Texts(int seed, int problems) => ProblemStream.Of(seed, ProblemPool.Training).Take(problems).SelectMany(problem => new[]
    {
        problem.Question,
        Wording.Reasoning(problem),
        $"<think>\n\n</think>\n\n{Wording.FinalAnswer(problem)}",
        "user\nassistant\n",
        AskForProblem,
        AskForCalculations,
        AskToRepeat,
        Calculate(problem.Solve().Steps.Take(1)),
    });

    /// <summary>Problems with their solutions: what the teacher learns from.</summary>
    public static void AddSolutions(JsonLinesFile lines, int seed, int problems)
    {
        foreach (var problem in ProblemStream.Of(seed, ProblemPool.Training).Take(problems))
        {
            AddExample(lines, problem.Question, Wording.Reasoning(problem), Wording.FinalAnswer(problem));
        }
    }

    /// <summary>
    /// What the base student learns from, in turn: problems to write, problems to repeat, and calculations that belong to no
    /// problem. It then knows the words, the numbers and how an answer looks, but never saw what a problem has to do with its
    /// solution.
    /// </summary>
    public static void AddLanguage(JsonLinesFile lines, int seed, int problems)
    {
        var random = new DemoRandom(seed, 3);
        var all = ProblemStream.Of(seed, ProblemPool.Training).Take(problems).ToList();
        foreach (var problem in all)
        {
            AddExample(lines, AskForProblem, reasoning: null, problem.Question);
            AddExample(lines, AskToRepeat + problem.Question, reasoning: null, problem.Question);
            AddExample(lines, AskForCalculations, reasoning: null, string.Join('\n', Steps(Calculations).Select(step => step.Calculation(annotated: false))));
            var steps = Steps(random.Next(2, 4));
            AddExample(lines, Calculate(steps), string.Join('\n', steps.Select(step => step.Sentence(annotated: false))), $"The answer is {Step.Write(steps[^1].Result)}.");
        }

        List<SolvedStep> Steps(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Pick(random.Pick(all).Solve().Steps))];
    }

    /// <summary>Held-out problems, by which a trainer judges its student and from which it learns nothing.</summary>
    public static void AddHeldOut(JsonLinesFile lines, int seed, int problems)
    {
        foreach (var problem in ProblemStream.Of(seed, ProblemPool.HeldOut).Take(problems))
        {
            AddExample(lines, problem.Question, Wording.Reasoning(problem), Wording.FinalAnswer(problem), json =>
            {
                json.WriteString("task", "math");
                json.WriteString("split", "HOLDOUT");
                json.WriteString("reference_answer", Step.Write(problem.Solve().Answer));
            });
        }
    }

    /// <summary>Prompts in Ingest's format, with the reference answer and rationale.</summary>
    public static void AddPrompts(JsonLinesFile lines, IEnumerable<WordProblem> problems, int samples, double temperature, int topLogprobs)
    {
        var number = 0;
        foreach (var problem in problems)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"{IdPrefix}{number++:D6}");
            lines.Write(json =>
            {
                json.WriteString("prompt_id", id);
                json.WriteString("task", "math");
                json.WriteStartArray("messages");
                WriteMessage(json, "user", problem.Question);
                json.WriteEndArray();
                json.WriteStartObject("reference");
                json.WriteString("answer", Step.Write(problem.Solve().Answer));
                json.WriteString("rationale", Wording.Reasoning(problem));
                json.WriteEndObject();
                json.WriteStartObject("sampling");
                json.WriteNumber("n", samples);
                json.WriteNumber("temperature", temperature);
                json.WriteNumber("max_tokens", AnswerTokensMax);
                json.WriteNumber("seed", number);
                json.WriteNumber("top_logprobs", topLogprobs);
                json.WriteEndObject();
            });
        }
    }

    /// <summary>Which of the problems a prompt is of, from 0.</summary>
    public static int NumberOf(string promptId) => int.Parse(promptId.AsSpan(IdPrefix.Length), CultureInfo.InvariantCulture);

    /// <summary>A conversation to learn from.</summary>
    /// <param name="lines">Gets it.</param>
    /// <param name="question">The user's turn.</param>
    /// <param name="reasoning">The assistant's chain of thought, where there is one.</param>
    /// <param name="answer">The assistant's answer.</param>
    /// <param name="further">Writes further keys.</param>
    public static void AddExample(JsonLinesFile lines, string question, string? reasoning, string answer, Action<Utf8JsonWriter>? further = null) => lines.Write(json =>
    {
        json.WriteStartArray("messages");
        WriteMessage(json, "user", question);
        json.WriteStartObject();
        json.WriteString("role", "assistant");
        json.WriteString("content", answer);
        json.WriteString("reasoning_content", reasoning);
        json.WriteEndObject();
        json.WriteEndArray();
        further?.Invoke(json);
    });

    private static string Calculate(IEnumerable<SolvedStep> steps) =>
        $"Calculate {string.Join(", then ", steps.Select(step => $"{Step.Write(step.Left)} {step.Operation} {Step.Write(step.Right)}"))}.";

    private static void WriteMessage(Utf8JsonWriter json, string role, string content)
    {
        json.WriteStartObject();
        json.WriteString("role", role);
        json.WriteString("content", content);
        json.WriteEndObject();
    }
}

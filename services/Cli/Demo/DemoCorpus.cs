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

    /// <summary>What asks the base student for a problem.</summary>
    public const string AskForProblem = "Write a word problem.";

    /// <summary>Problems with their solutions: what the teacher learns from.</summary>
    public static void AddSolutions(JsonLinesFile lines, int seed, int problems)
    {
        foreach (var problem in ProblemStream.Of(seed, ProblemPool.Training).Take(problems))
        {
            AddExample(lines, problem.Question, Wording.Reasoning(problem), Wording.FinalAnswer(problem));
        }
    }

    /// <summary>
    /// What the base student learns from: problems without a solution, and single calculations without a problem, in turn. It
    /// then knows the words, the numbers and how an answer looks, but never saw what a problem has to do with its solution.
    /// </summary>
    public static void AddLanguage(JsonLinesFile lines, int seed, int problems)
    {
        var random = new DemoRandom(seed, 3);
        foreach (var problem in ProblemStream.Of(seed, ProblemPool.Training).Take(problems))
        {
            AddExample(lines, AskForProblem, reasoning: null, problem.Question);
            var step = random.Pick(problem.Solve().Steps);
            AddExample(
                lines,
                $"Calculate {Step.Write(step.Left)} {step.Operation} {Step.Write(step.Right)}.",
                step.Sentence(annotated: false),
                $"The answer is {Step.Write(step.Result)}.");
        }
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

    private static void WriteMessage(Utf8JsonWriter json, string role, string content)
    {
        json.WriteStartObject();
        json.WriteString("role", role);
        json.WriteString("content", content);
        json.WriteEndObject();
    }
}

using System.Globalization;
using System.Text;

namespace StreamDistill.Cli.Demo;

/// <summary>Writes a solution down the way one of several teachers might.</summary>
internal static class Wording
{
    private static readonly string[] Openings = ["Let's work through it.", "Let me think step by step.", "Here is how I would do it."];
    private static readonly string[] Links = ["First:", "Then:", "Next:", "After that:", "Finally:"];

    /// <summary>The way a person wrote it for the reference, ending in the notation of GSM8K.</summary>
    public static string Reference(WordProblem problem)
    {
        var solution = problem.Solve();
        return string.Join('\n', solution.Steps.Select(step => step.Sentence(annotated: true)).Append("A: " + Step.Write(solution.Answer)));
    }

    /// <summary>The chain of thought of the demo's teacher: a sentence for each step, no annotations.</summary>
    public static string Reasoning(WordProblem problem) =>
        string.Join('\n', problem.Solve().Steps.Select(step => step.Sentence(annotated: false)));

    /// <summary>What the demo's teacher says after its chain of thought.</summary>
    public static string FinalAnswer(WordProblem problem) => $"The answer is {Step.Write(problem.Solve().Answer)}.";

    /// <summary>A teacher's text: the steps in one of four manners, then the final answer in one of five notations.</summary>
    public static string Completion(WordProblem problem, Solution solution, DemoRandom random)
    {
        var text = new StringBuilder();
        var manner = random.Next(0, 3);
        if (manner == 2)
        {
            text.Append(random.Pick(Openings)).Append('\n');
        }

        for (var i = 0; i < solution.Steps.Count; i++)
        {
            var step = solution.Steps[i];
            text.Append(manner switch
            {
                0 => step.Sentence(annotated: true),
                1 => $"{i + 1}. {step.Calculation(annotated: false)}",
                2 => $"{Links[i == solution.Steps.Count - 1 ? Links.Length - 1 : i]} {step.Sentence(annotated: false)}",
                _ => step.Sentence(annotated: false),
            }).Append('\n');
        }

        return text.Append(FinalAnswer(problem, solution.Answer, random)).ToString();
    }

    private static string FinalAnswer(WordProblem problem, decimal answer, DemoRandom random)
    {
        var number = random.Chance(0.5) ? answer.ToString("#,0.##", CultureInfo.InvariantCulture) : Step.Write(answer);
        var isMoney = problem.Steps[^1].IsMoney;
        return random.Next(0, 4) switch
        {
            0 => $"A: {number}",
            1 => $"#### {number}",
            2 => $"So the answer is \\boxed{{{number}}}.",
            3 when isMoney => $"The answer is ${number}.",
            3 => $"The answer is {number} {problem.Unit}.",
            _ when isMoney => $"Therefore, the answer is {number} dollars.",
            _ => $"Therefore, the answer is {number}.",
        };
    }
}

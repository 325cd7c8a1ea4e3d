namespace StreamDistill.Cli.Demo;

/// <summary>A question of several steps whose answer is a whole number above 0.</summary>
/// <param name="Question">As a pupil reads it.</param>
/// <param name="Unit">What the answer counts; empty for dollars.</param>
/// <param name="Steps">The way to the answer, which is the last step's result.</param>
internal sealed record WordProblem(string Question, string Unit, IReadOnlyList<Step> Steps)
{
    /// <summary>The question with no name in it: two problems that differ in the name alone have the same.</summary>
    public string Key { get; private init; } = Question;

    private static readonly string[] Names =
    [
        "Ada", "Amir", "Anna", "Bao", "Carla", "Chidi", "Diego", "Elif", "Emma", "Farid", "Grace", "Hana", "Ivan", "Jonas", "Kofi", "Leila",
        "Lucas", "Maya", "Mia", "Nadia", "Noah", "Olga", "Omar", "Pia", "Quinn", "Rosa", "Sam", "Sofia", "Tariq", "Uma", "Victor", "Wei", "Yara", "Zoe",
    ];

    /// <summary>One of all the templates, filled in at random.</summary>
    public static WordProblem Create(DemoRandom random) => Create(random, WordProblemTemplates.All);

    /// <summary>One of these templates, filled in at random.</summary>
    public static WordProblem Create(DemoRandom random, IReadOnlyList<Func<DemoRandom, string, WordProblem>> templates)
    {
        var template = random.Pick(templates);
        var name = random.Pick(Names);
        var problem = template(random, name);
        return problem with { Key = problem.Question.Replace(name, "", StringComparison.Ordinal) };
    }

    /// <summary>Works the problem out, with a mistake or without one.</summary>
    public Solution Solve(Mistake? mistake = null)
    {
        var lines = new List<SolvedStep>();
        foreach (var step in Steps)
        {
            if (mistake is { Kind: MistakeKind.MissingStep } && lines.Count == Steps.Count - 1)
            {
                break;
            }

            var here = mistake?.Step == lines.Count ? mistake : null;
            var operation = here?.Kind == MistakeKind.WrongOperation ? Mistake.OtherThan(step.Operation) : step.Operation;
            var (left, right) = (ValueOf(step.Left, lines), ValueOf(step.Right, lines));
            var result = Step.Calculate(left, operation, right);
            lines.Add(new SolvedStep(step, left, operation, right, here?.Spoil(result) ?? result));
        }

        return new Solution(lines);
    }

    /// <summary>Works it out with a mistake that a pupil could make and that changes the answer.</summary>
    public Solution SolveWrongly(DemoRandom random)
    {
        var right = Solve().Answer;
        for (var tries = 0; tries < 20; tries++)
        {
            var wrong = Solve(new Mistake((MistakeKind)random.Next(0, 3), random.Next(0, Steps.Count - 1), random.Next(0, 999)));
            if (wrong.Answer > 0 && Step.Write(wrong.Answer) != Step.Write(right))
            {
                return wrong;
            }
        }

        return Solve(new Mistake(MistakeKind.OffByOne, Steps.Count - 1, 1));
    }

    private static decimal ValueOf(Term term, List<SolvedStep> solved) => term.Step < 0 ? term.Given : solved[term.Step].Result;
}

/// <summary>A step with the numbers that it came to.</summary>
internal sealed record SolvedStep(Step Step, decimal Left, char Operation, decimal Right, decimal Result)
{
    /// <summary>The calculation, such as 3 + 4 = 7; annotated as GSM8K does it, 3 + 4 = &lt;&lt;3+4=7&gt;&gt;7.</summary>
    public string Calculation(bool annotated)
    {
        var (left, right, result) = (Step.Write(Left), Step.Write(Right), Step.Write(Result));
        return $"{left} {Operation} {right} = {(Step.IsMoney ? "$" : "")}{(annotated ? $"<<{left}{Operation}{right}={result}>>" : "")}{result}";
    }

    /// <summary>The step's sentence with its calculation.</summary>
    public string Sentence(bool annotated) => Step.Sentence.Replace("{0}", Calculation(annotated), StringComparison.Ordinal);
}

/// <summary>A problem worked out.</summary>
internal sealed record Solution(IReadOnlyList<SolvedStep> Steps)
{
    public decimal Answer => Steps[^1].Result;
}

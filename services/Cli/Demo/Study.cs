using System.Globalization;
using System.Text.Json;
using StreamDistill.Cli.Exporting;
using StreamDistill.Cli.Training;
using StreamDistill.Train;

namespace StreamDistill.Cli.Demo;

/// <summary>A way to train the student, and how it did with each seed.</summary>
/// <param name="Name">Which one.</param>
/// <param name="Results">The share of held-out problems solved and the mean tokens of an answer, by seed.</param>
internal sealed record StudyResult(string Name, IReadOnlyList<(double PassAt1, double Tokens)> Results)
{
    public double MeanPassAt1 => Results.Average(result => result.PassAt1);

    public double MeanTokens => Results.Average(result => result.Tokens);
}

/// <summary>
/// One teacher, one base student, and everything else varied one by one: what is filtered, what is learnt from an answer, and
/// whether the teacher's distribution is. Every student learns from as many examples, in one round.
/// </summary>
internal sealed class Study(string directory, string models, IReadOnlyList<int> seeds, int prompts, Action<string> announce)
{
    private const int HeldOutProblems = 300, AllExamples = 100_000;

    private readonly string teacher = DemoModels.DirectoryOf(DemoModels.Teacher, models);
    private readonly string beginner = DemoModels.DirectoryOf(DemoModels.Base, models);

    private static readonly Variant[] Variants =
    [
        new("unfiltered: the first answer", data => data.Answers(_ => true), []),
        new("verified (target teacher, hard labels)", data => data.Curated, []),
        new("  without the verifier numeric", data => data.Answers(completion => completion.PassesBut("numeric")), []),
        new("  without the verifier finish", data => data.Answers(completion => completion.PassesBut("finish")), []),
        new("  target answer", data => data.Curated, ["Train:Target=Answer"]),
        new("  target human", data => data.Curated, ["Train:Target=Human"]),
        new("  and soft labels, top-k", data => data.Curated, ["Train:SoftLabels:Weight=0.5", "Train:SoftLabels:Mode=TopK"]),
        new("  and soft labels, sampled", data => data.Curated, ["Train:SoftLabels:Weight=0.5", "Train:SoftLabels:Mode=Sampled"]),
    ];

    /// <summary>Trains every student. What is in the directory already is not done again.</summary>
    public async Task<IReadOnlyList<StudyResult>> RunAsync(CancellationToken cancellationToken)
    {
        var results = Variants.Select(_ => new List<(double, double)>()).ToArray();
        var before = new List<(double, double)>();
        foreach (var seed in seeds)
        {
            var data = await DatasetAsync(seed, cancellationToken);
            var trained = new TrainedStudent[Variants.Length];
            await Parallel.ForAsync(0, Variants.Length, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken }, async (i, stopping) =>
            {
                announce($"Seed {seed}: {Variants[i].Name.Trim()}…");
                trained[i] = await TrainAsync(data, i, stopping);
            });
            before.Add(Figures(trained[0].Before!));
            for (var i = 0; i < Variants.Length; i++)
            {
                results[i].Add(Figures(trained[i].After!));
            }
        }

        return [new("before", before), .. Variants.Zip(results, (variant, result) => new StudyResult(variant.Name, result))];

        static (double, double) Figures(EvaluationFigures figures) => (figures.PassAt1, figures.MeanTokens);
    }

    private Task<TrainedStudent> TrainAsync(StudyData data, int variant, CancellationToken cancellationToken)
    {
        var path = Path.Combine(data.Directory, $"variant-{variant}.jsonl");
        using (var lines = new JsonLinesFile(path))
        {
            // Before the rest, so that the first round is judged by all of them.
            DemoCorpus.AddHeldOut(lines, data.Seed, HeldOutProblems);
            foreach (var example in Variants[variant].Examples(data).Take(data.Count))
            {
                DemoCorpus.AddExample(lines, example.Problem.Question, example.Reasoning, example.Answer, json =>
                {
                    json.WriteString("reference_answer", Step.Write(example.Problem.Solve().Answer));
                    json.WriteString("reference_rationale", Wording.Reasoning(example.Problem));
                    if (example.SoftLabels is { ValueKind: JsonValueKind.Array } labels)
                    {
                        json.WritePropertyName("soft_labels");
                        labels.WriteTo(json);
                    }
                });
            }
        }

        return new TrainingPlan(
            $"variant-{variant}", beginner, path, data.Directory, [.. StudentSettings.For(data.Seed, AllExamples, HeldOutProblems), .. Variants[variant].Settings]).RunAsync(announce, cancellationToken);
    }

    private async Task<StudyData> DatasetAsync(int seed, CancellationToken cancellationToken)
    {
        var home = Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"seed-{seed}"));
        Directory.CreateDirectory(home);
        var problems = ProblemStream.Of(seed, ProblemPool.Prompts).Take(prompts).ToList();
        var dataset = Path.Combine(home, "dataset");
        if (!File.Exists(Path.Combine(dataset, OutputDirectory.Manifest)))
        {
            await TeacherAnswers.CollectAsync(
                teacher, problems, Path.Combine(home, "prompts.jsonl"), dataset, ["Compact:HoldoutShare=0"], student: null, whileRunning: null, cancellationToken);
        }

        return new StudyData(home, seed, problems, dataset);
    }

    private sealed record Variant(string Name, Func<StudyData, IEnumerable<StudyExample>> Examples, IReadOnlyList<string> Settings);

    private sealed record StudyExample(WordProblem Problem, string? Reasoning, string Answer, JsonElement SoftLabels = default);

    /// <summary>A seed's dataset.</summary>
    private sealed class StudyData
    {
        private readonly IReadOnlyList<WordProblem> problems;
        private readonly IReadOnlyList<DatasetCompletion> completions;

        public StudyData(string directory, int seed, IReadOnlyList<WordProblem> problems, string dataset)
        {
            (Directory, Seed, this.problems) = (directory, seed, problems);
            completions = DatasetFiles.Completions(dataset);
            Curated =
            [
                .. DatasetFiles.Lines(Path.Combine(dataset, OutputDirectory.Curated)).Select(line =>
                {
                    var answer = line.GetProperty("messages")[1];
                    return new StudyExample(
                        ProblemOf(line.GetProperty("prompt_id").GetString()!), answer.GetProperty("reasoning_content").GetString(), answer.GetProperty("content").GetString()!, line.TryGetProperty("soft_labels", out var labels) ? labels : default);
                }),
            ];
        }

        public string Directory { get; }

        public int Seed { get; }

        /// <summary>What the pipeline kept.</summary>
        public IReadOnlyList<StudyExample> Curated { get; }

        /// <summary>How many examples every student gets.</summary>
        public int Count => Curated.Count;

        /// <summary>The first answer to each prompt that is kept.</summary>
        public IEnumerable<StudyExample> Answers(Func<DatasetCompletion, bool> isKept) => completions
            .Where(isKept)
            .DistinctBy(completion => completion.PromptId)
            .Select(completion => new StudyExample(ProblemOf(completion.PromptId), completion.Reasoning, completion.Answer));

        private WordProblem ProblemOf(string promptId) => problems[DemoCorpus.NumberOf(promptId)];
    }
}

using System.Net.Http.Json;
using System.Text.Json;
using StreamDistill.Cli.Commands;
using StreamDistill.Cli.Running;
using StreamDistill.Cli.Supervision;
using StreamDistill.Cli.Training;
using StreamDistill.Student;

namespace StreamDistill.Cli.Demo;

/// <summary>
/// The whole path with a neural teacher: prompts, four answers each, verification, dataset, a student that learns from it while
/// it grows, its promoted checkpoint served. Beside it a student that learns from as many answers as they came.
/// </summary>
internal sealed class NeuralDemo(string directory, string models, int seed, int prompts, Action<string> announce)
{
    private const int Samples = 4, HeldOutProblems = 200, TopLogprobs = 5;
    private const double Temperature = 0.8;

    private readonly string teacher = DemoModels.DirectoryOf(DemoModels.Teacher, models);
    private readonly string beginner = DemoModels.DirectoryOf(DemoModels.Base, models);

    private string PromptsPath => Path.Combine(directory, "prompts.jsonl");

    private string DatasetPath => Path.Combine(directory, "dataset");

    private string StudentsPath => Path.Combine(directory, "students");

    /// <summary>Does all of it.</summary>
    /// <returns>What came out; also in the directory, as demo.json and pictures.</returns>
    public async Task<DemoReport> RunAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(directory);
        var problems = ProblemStream.Of(seed, ProblemPool.Training).Take(prompts).ToList();
        using (var lines = new JsonLinesFile(PromptsPath))
        {
            DemoCorpus.AddPrompts(lines, problems, Samples, Temperature, TopLogprobs);
        }

        string? served = null;
        var run = await RunCommand.MakeDatasetAsync(
            new RunOptions
            {
                Prompts = PromptsPath,
                Teacher = "student:" + teacher,
                Student = beginner,
                Out = DatasetPath,
                Overwrite = true,
                MaxAttempts = 1,
                Settings = [.. StudentSettings.For(seed).Select(setting => setting[2..]), "Compact:HoldoutShare=0.1"],
            },
            async (endpoints, _) => served = await AskStudentAsync(endpoints, cancellationToken),
            cancellationToken);
        var live = TrainedStudent.Read(Path.Combine(DatasetPath, "checkpoints"), "student");

        announce("Training the same student on as many answers, unfiltered…");
        var unfiltered = await TrainUnfilteredAsync(problems, (int)run.Dataset.Curated.Count, cancellationToken);
        announce("Judging teacher and students by problems that none of them has seen…");
        var heldOut = Path.Combine(directory, "heldout.jsonl");
        using (var lines = new JsonLinesFile(heldOut))
        {
            DemoCorpus.AddHeldOut(lines, seed, HeldOutProblems);
        }

        var report = new DemoReport(
            prompts,
            run.Dataset.Statistics.Outcomes.GetValueOrDefault("PASS") / (double)run.Dataset.Statistics.Verdicts,
            [
                await JudgeAsync("teacher", teacher),
                await JudgeAsync("student before", beginner),
                await JudgeAsync("student, unfiltered answers", unfiltered.Directory),
                await JudgeAsync("student, verified answers", live.Directory),
            ],
            served);
        await report.WriteAsync(directory, live, unfiltered, cancellationToken);
        return report;

        async Task<JudgedModel> JudgeAsync(string name, string model)
        {
            var plan = new TrainingPlan("judged-" + name.Replace(' ', '-').Replace(",", "", StringComparison.Ordinal), model, heldOut, StudentsPath, StudentSettings.For(seed));
            var figures = (await plan.RunAsync(announce, cancellationToken)).Before!;
            return new JudgedModel(name, ParametersOf(model), figures.PassAt1, figures.Answers, figures.MeanTokens, figures.LatencyP50Ms);
        }
    }

    /// <summary>The first answer to each of the first prompts, right or wrong.</summary>
    private async Task<TrainedStudent> TrainUnfilteredAsync(IReadOnlyList<WordProblem> problems, int examples, CancellationToken cancellationToken)
    {
        var path = Path.Combine(directory, "unfiltered.jsonl");
        using (var lines = new JsonLinesFile(path))
        {
            // Before the rest, so that the first round is judged by all of them.
            DemoCorpus.AddHeldOut(lines, seed, HeldOutProblems);
            var first = DatasetFiles.Completions(DatasetPath).Where(completion => completion.SampleIndex == 0).Take(examples);
            foreach (var completion in first)
            {
                var problem = problems[DemoCorpus.NumberOf(completion.PromptId)];
                DemoCorpus.AddExample(lines, problem.Question, completion.Reasoning, completion.Answer);
            }
        }

        return await new TrainingPlan("unfiltered", beginner, path, StudentsPath, StudentSettings.For(seed)).RunAsync(announce, cancellationToken);
    }

    /// <summary>What the served student says to a problem that it has not seen; null where none was promoted.</summary>
    private async Task<string?> AskStudentAsync(Endpoints endpoints, CancellationToken cancellationToken)
    {
        var question = ProblemStream.Of(seed, ProblemPool.HeldOut).First().Question;
        using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(1) };
        using var response = await http.PostAsJsonAsync(
            new Uri(endpoints.Services["serve"], "/v1/chat/completions"),
            new { model = "student", temperature = 0, max_tokens = DemoCorpus.AnswerTokensMax, messages = new[] { new { role = "user", content = question } } },
            cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            return null;
        }

        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return $"{question}\n{answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()}";
    }

    private static long ParametersOf(string model)
    {
        using var weights = SafetensorsFile.Open(Path.Combine(model, "model.safetensors"));
        return weights.Entries.Values.Sum(entry => entry.Shape.Aggregate(1L, (product, size) => product * size));
    }
}

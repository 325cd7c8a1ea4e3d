using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using StreamDistill.Cli.Exporting;
using StreamDistill.Cli.Supervision;
using StreamDistill.Cli.Training;

namespace StreamDistill.Cli.Demo;

/// <summary>
/// The whole path with a neural teacher: prompts, four answers each, verification, dataset, a student that learns from it while
/// it grows, its promoted checkpoint served. Beside it a student that learns from as many answers as they came.
/// </summary>
internal sealed class NeuralDemo(string directory, string models, int seed, int prompts, Action<string> announce)
{
    private const int HeldOutProblems = 200, LiveHeldOutProblems = 60, RoundExamples = 150;

    private readonly string teacher = DemoModels.DirectoryOf(DemoModels.Teacher, models);
    private readonly string beginner = DemoModels.DirectoryOf(DemoModels.Base, models);

    private string DatasetPath => Path.Combine(directory, "dataset");

    private string StudentsPath => Path.Combine(directory, "students");

    /// <summary>Does all of it.</summary>
    /// <returns>What came out; also in the directory, as demo.json and pictures.</returns>
    public async Task<DemoReport> RunAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(directory);

        // An earlier demo's: a training would go on where that one ended.
        OutputDirectory.Remove(StudentsPath);
        var problems = ProblemStream.Of(seed, ProblemPool.Prompts).Take(prompts).ToList();
        string? served = null;
        var run = await TeacherAnswers.CollectAsync(
            teacher,
            problems,
            Path.Combine(directory, "prompts.jsonl"),
            DatasetPath,
            [.. StudentSettings.For(seed, RoundExamples, LiveHeldOutProblems), "Compact:HoldoutShare=0.1"],
            beginner,
            async (endpoints, result) => served = result.Student?.Serving is null ? null : await AskStudentAsync(endpoints, cancellationToken),
            cancellationToken);
        var live = TrainedStudent.Read(OutputDirectory.CheckpointsIn(DatasetPath), StudentPlan.DefaultName);

        announce("Training the same student on as many answers, unfiltered, and judging all by problems that none has seen…");
        var unfilteredTraining = TrainUnfilteredAsync(problems, DatasetFiles.TrainingExamples(DatasetPath), cancellationToken);
        var judge = new HeldOutJudge(StudentsPath, seed, HeldOutProblems, announce);
        var judgedTeacher = await judge.JudgeAsync("teacher", teacher, temperature: 0, cancellationToken);
        var judgedStudent = await judge.JudgeAsync("student", live.Directory, temperature: 0, cancellationToken);
        var unfiltered = await unfilteredTraining;
        var report = new DemoReport(
            prompts,
            run.Dataset.Statistics.Outcomes.GetValueOrDefault("PASS") / (double)run.Dataset.Statistics.Verdicts,
            [
                judgedTeacher,
                JudgedModel.Of("student before", beginner, unfiltered.Before!),
                JudgedModel.Of("student, unfiltered answers", unfiltered.Directory, unfiltered.After!),
                judgedStudent with { Name = "student, verified answers" },
            ],
            served);
        await report.WriteAsync(directory, live, unfiltered, cancellationToken);
        return report;
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

        return await new TrainingPlan("unfiltered", beginner, path, StudentsPath, StudentSettings.For(seed, RoundExamples, HeldOutProblems)).RunAsync(announce, cancellationToken);
    }

    /// <summary>What the served student says to a problem that it has not seen.</summary>
    private async Task<string> AskStudentAsync(Endpoints endpoints, CancellationToken cancellationToken)
    {
        var question = ProblemStream.Of(seed, ProblemPool.HeldOut).First().Question;
        using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(1) };
        var request = new { model = StudentPlan.DefaultName, temperature = 0, max_tokens = DemoCorpus.AnswerTokensMax, messages = new[] { new { role = "user", content = question } } };
        while (true)
        {
            using var response = await http.PostAsJsonAsync(new Uri(endpoints.Services["serve"], "/v1/chat/completions"), request, cancellationToken);
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
            {
                // Promoted a moment ago, and still being loaded.
                await Task.Delay(response.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1), cancellationToken);
                continue;
            }

            response.EnsureSuccessStatusCode();
            var answer = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            return $"{question}\n{answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()}";
        }
    }
}

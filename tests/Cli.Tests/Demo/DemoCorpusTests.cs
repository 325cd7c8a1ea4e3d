using System.Text.Json;
using StreamDistill.Cli.Demo;

namespace StreamDistill.Cli.Tests.Demo;

public sealed class DemoCorpusTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    [Fact]
    public void Every_solution_ends_with_the_answer_of_its_problem()
    {
        var problems = ProblemStream.Of(3, ProblemPool.Training).Take(200).ToList();
        var lines = Write(file => DemoCorpus.AddSolutions(file, 3, 200));

        Assert.All(problems.Zip(lines), pair =>
        {
            var (problem, line) = pair;
            var turns = line.GetProperty("messages");
            Assert.Equal(problem.Question, turns[0].GetProperty("content").GetString());
            Assert.Equal($"The answer is {Step.Write(problem.Solve().Answer)}.", turns[1].GetProperty("content").GetString());
            Assert.Equal(problem.Steps.Count, turns[1].GetProperty("reasoning_content").GetString()!.Split('\n').Length);
        });
    }

    [Fact]
    public void What_the_base_student_reads_never_has_a_problem_and_its_solution_together()
    {
        var lines = Write(file => DemoCorpus.AddLanguage(file, 3, 200));

        Assert.Equal(800, lines.Count);
        Assert.All(lines, line =>
        {
            var turns = line.GetProperty("messages");
            var (asked, answer) = (turns[0].GetProperty("content").GetString()!, turns[1].GetProperty("content").GetString()!);
            Assert.True(asked.Contains("alculat", StringComparison.Ordinal) || (answer.EndsWith('?') && turns[1].GetProperty("reasoning_content").ValueKind == JsonValueKind.Null), asked);
        });
    }

    [Fact]
    public void Held_out_problems_are_marked_and_have_the_answer_to_compare_with()
    {
        var lines = Write(file => DemoCorpus.AddHeldOut(file, 3, 50));

        Assert.All(lines, line => Assert.Equal("HOLDOUT", line.GetProperty("split").GetString()));
        Assert.All(lines, line => Assert.Contains(
            line.GetProperty("reference_answer").GetString()!, line.GetProperty("messages")[1].GetProperty("content").GetString()!, StringComparison.Ordinal));
    }

    [Fact]
    public void A_prompts_number_leads_back_to_its_problem()
    {
        var problems = ProblemStream.Of(4, ProblemPool.Training).Take(20).ToList();
        var lines = Write(file => DemoCorpus.AddPrompts(file, problems, samples: 4, temperature: 0.8, topLogprobs: 5));

        Assert.All(lines, line => Assert.Equal(
            problems[DemoCorpus.NumberOf(line.GetProperty("prompt_id").GetString()!)].Question, line.GetProperty("messages")[0].GetProperty("content").GetString()));
        Assert.All(lines, line => Assert.Equal(4, line.GetProperty("sampling").GetProperty("n").GetInt32()));
    }

    private List<JsonElement> Write(Action<JsonLinesFile> write)
    {
        using (var file = new JsonLinesFile(path))
        {
            write(file);
        }

        return [.. DatasetFiles.Lines(path)];
    }
}

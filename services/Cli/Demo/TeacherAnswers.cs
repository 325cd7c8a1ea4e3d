using StreamDistill.Cli.Commands;
using StreamDistill.Cli.Running;
using StreamDistill.Cli.Supervision;

namespace StreamDistill.Cli.Demo;

/// <summary>How the demo and the study ask their teacher: four answers to each problem, with its distribution over their tokens.</summary>
internal static class TeacherAnswers
{
    /// <summary>Of the answers.</summary>
    public const double Temperature = 0.8;

    private const int Samples = 4, TopLogprobs = 5;

    /// <summary>Makes a dataset of the answers, in place of an earlier one.</summary>
    /// <param name="teacher">The teacher's directory.</param>
    /// <param name="problems">What it is asked.</param>
    /// <param name="prompts">The file that the prompts are written to.</param>
    /// <param name="dataset">The dataset's directory.</param>
    /// <param name="settings">Further settings of the services.</param>
    /// <param name="student">The directory of the model to begin a student with, that learns meanwhile; null trains none.</param>
    /// <param name="whileRunning">Called when everything has reached its end and still runs.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static Task<RunResult> CollectAsync(
        string teacher,
        IReadOnlyList<WordProblem> problems,
        string prompts,
        string dataset,
        IReadOnlyList<string> settings,
        string? student,
        Func<Endpoints, RunResult, Task>? whileRunning,
        CancellationToken cancellationToken)
    {
        using (var lines = new JsonLinesFile(prompts))
        {
            DemoCorpus.AddPrompts(lines, problems, Samples, Temperature, TopLogprobs);
        }

        return RunCommand.MakeDatasetAsync(
            new RunOptions
            {
                Prompts = prompts,
                Teacher = RunOptions.StudentPrefix + teacher,
                Student = student,
                Out = dataset,
                Overwrite = true,
                MaxAttempts = 1,
                Settings = [.. settings, "Serve:Threads=1"],
            },
            whileRunning,
            cancellationToken);
    }
}

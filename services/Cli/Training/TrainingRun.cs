using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using StreamDistill.Cli.Supervision;
using StreamDistill.Contracts;
using StreamDistill.Train;

namespace StreamDistill.Cli.Training;

/// <summary>A training, or with a file of held-out examples alone an evaluation, by Train as a child process.</summary>
/// <param name="Student">Its name.</param>
/// <param name="BaseModel">The directory of the model to begin with.</param>
/// <param name="From">The file of examples.</param>
/// <param name="Output">Where its directory of checkpoints goes.</param>
/// <param name="Settings">Further settings, Section:Key=value.</param>
internal sealed record TrainingPlan(string Student, string BaseModel, string From, string Output, IReadOnlyList<string> Settings)
{
    /// <summary>Trains to the end of the file. Where checkpoints are there already, it goes on with them.</summary>
    /// <param name="announce">Gets what the trainer has to say to a person.</param>
    /// <param name="cancellationToken">Stops the trainer; its checkpoints stay.</param>
    /// <exception cref="StreamDistillException">The trainer failed; the message has its last words.</exception>
    public async Task<TrainedStudent> RunAsync(Action<string> announce, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Output);
        using var log = new ChildLog(Student, Path.Combine(Output, Student + ".log"), announce);
        var program = ChildProgram.Of(
            Student,
            "StreamDistill.Train",
            [
                "--urls", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Service.FreePort()}"),
                $"--Train:Student={Student}", $"--Train:BaseModel={Path.GetFullPath(BaseModel)}", $"--Train:From={Path.GetFullPath(From)}", $"--Train:Output={Path.GetFullPath(Output)}",
                .. Settings.Select(setting => "--" + setting),
            ],
            new Dictionary<string, string>());
        await using var trainer = ChildProcess.Start(program, log);
        var exitCode = await trainer.Exited.WaitAsync(cancellationToken);
        return exitCode == 0
            ? TrainedStudent.Read(Output, Student)
            : throw new StreamDistillException($"The training of {Student} ended with exit code {exitCode}. Its last lines:{Environment.NewLine}{log.Last}{Environment.NewLine}Its log: {log.FilePath}");
    }
}

/// <summary>What a training left behind.</summary>
/// <param name="Directory">The last checkpoint: a model's directory.</param>
/// <param name="State">Where it ended.</param>
/// <param name="Before">How the model did before the first step; null where nothing was held out.</param>
/// <param name="Losses">The loss of each step.</param>
/// <param name="Accuracy">The share of the holdout solved, by the examples trained, of each checkpoint that was judged.</param>
internal sealed record TrainedStudent(
    string Directory, TrainerState State, EvaluationFigures? Before, IReadOnlyList<(double Step, double Loss)> Losses, IReadOnlyList<(double Examples, double Share)> Accuracy)
{
    /// <summary>How it did in the end; null where nothing was held out.</summary>
    public EvaluationFigures? After => State.Evaluation;

    /// <summary>Reads a student's checkpoints.</summary>
    /// <exception cref="StreamDistillException">There is none that is whole.</exception>
    public static TrainedStudent Read(string output, string student)
    {
        var store = new CheckpointStore(output, student, keep: int.MaxValue, NullLogger.Instance);
        var last = store.Latest() ?? throw new StreamDistillException($"There is no checkpoint in {store.Root}.");
        var judged = store.All().Select(checkpoint => checkpoint.State).Where(state => state.Evaluation is not null);
        return new TrainedStudent(
            last.Directory,
            last.State,
            store.Base?.State.Evaluation,
            ReadLosses(Path.Combine(store.Root, "losses.csv")),
            [.. judged.Select(state => ((double)state.ExamplesSeen, state.Evaluation!.PassAt1))]);
    }

    private static List<(double, double)> ReadLosses(string path) =>
    [
        .. File.ReadLines(path).Skip(1).Select(line => line.Split(',')).Select(fields => (Number(fields[0]), Number(fields[2]))),
    ];

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}

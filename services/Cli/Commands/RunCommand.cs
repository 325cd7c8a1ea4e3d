using System.CommandLine;
using StreamDistill.Cli.Display;
using StreamDistill.Cli.Exporting;
using StreamDistill.Cli.Running;
using StreamDistill.Cli.Supervision;
using StreamDistill.Cli.Training;
using StreamDistill.Contracts;

namespace StreamDistill.Cli.Commands;

/// <summary>The main job: a file of prompts in, a dataset out, and everything stopped again.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var prompts = new Option<string>("--prompts") { Description = "The prompts: JSON Lines, a JSON array, or chat logs; gzip or plain. '-' is standard input.", Required = true };
        var teacher = new Option<string>("--teacher") { Description = "recorded:FILE with completions made earlier, student:DIR for a model to serve on this machine, or http://HOST:PORT/v1 of an OpenAI-compatible endpoint (key in TEACHER_API_KEY).", Required = true };
        var model = new Option<string?>("--model") { Description = "The endpoint's model." };
        var student = new Option<string?>("--student") { Description = "A model's directory: a student that begins with it is trained on the dataset as it comes; its checkpoints go to OUT/checkpoints." };
        var output = new Option<string>("--out") { Description = "The directory for the dataset.", Required = true };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace the dataset that is in the directory." };
        var samples = new Option<int?>("--samples") { Description = "Completions per prompt that does not say (default: all recorded ones, or 4)." };
        var maxAttempts = new Option<int?>("--max-attempts") { Description = "How often a prompt is sampled until something passes (default: 1 with a recording, otherwise 4)." };
        var bestOf = new Option<int?>("--best-of") { Description = "Examples kept per prompt (default: 1, the shortest correct one)." };
        var temperature = new Option<double?>("--temperature") { Description = "Sampling temperature of prompts that do not say." };
        var maxTokens = new Option<int?>("--max-tokens") { Description = "Most tokens of an answer, reasoning included." };
        var task = new Option<string?>("--task") { Description = "The task of prompts that name none, such as math." };
        var set = new Option<string[]>("--set") { Description = "Any other setting of a service, such as Teach:ConcurrentCalls=16. May be given several times." };
        var command = new Command("run", "Turn a file of prompts into a verified dataset, on this machine, with nothing else running.")
        {
            prompts, teacher, model, student, output, overwrite, samples, maxAttempts, bestOf, temperature, maxTokens, task, set,
        };
        command.SetGuardedAction((parsed, cancellationToken) => RunAsync(
            new RunOptions
            {
                Prompts = parsed.GetRequiredValue(prompts),
                Teacher = parsed.GetRequiredValue(teacher),
                Model = parsed.GetValue(model),
                Student = parsed.GetValue(student),
                Out = parsed.GetRequiredValue(output),
                Overwrite = parsed.GetValue(overwrite),
                Samples = parsed.GetValue(samples),
                MaxAttempts = parsed.GetValue(maxAttempts),
                BestOf = parsed.GetValue(bestOf),
                Temperature = parsed.GetValue(temperature),
                MaxTokens = parsed.GetValue(maxTokens),
                Task = parsed.GetValue(task),
                Settings = parsed.GetValue(set) ?? [],
            },
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(RunOptions options, CancellationToken cancellationToken)
    {
        var result = await MakeDatasetAsync(options, whileRunning: null, cancellationToken);
        await Console.Out.WriteLineAsync($"The dataset is in {Path.GetFullPath(options.Out)}");
        if (result.Student is { } student)
        {
            await Console.Out.WriteLineAsync($"The student's checkpoints are in {Path.GetDirectoryName(new Uri(student.Uri).LocalPath)}");
        }

        return result.Feed.Refused > 0 || result.Dataset.DeadLetters.Count > 0 ? ExitCode.Failed : ExitCode.Done;
    }

    /// <summary>The whole job but the last words.</summary>
    /// <param name="options">What to do.</param>
    /// <param name="whileRunning">Called when everything has reached its end and still runs.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal static async Task<RunResult> MakeDatasetAsync(RunOptions options, Func<Endpoints, RunResult, Task>? whileRunning, CancellationToken cancellationToken)
    {
        options.Validate();
        var recording = options.RecordingPath is { } path ? await Recording.ReadAsync(path, cancellationToken) : null;
        var output = OutputDirectory.Prepare(options.Out, options.Overwrite);
        var display = new RunDisplay(TimeProvider.System);
        Explain();

        RunResult result;
        try
        {
            result = await RunAsync(options, recording, output, display, whileRunning, cancellationToken);
            output.RemoveSpool();
        }
        catch (Exception e) when (e is not UsageException)
        {
            output.RemoveRecords();
            RunDisplay.Say($"The run failed; there is no dataset. What the services said is in {Path.Combine(output.SpoolPath, "logs")}.");
            throw;
        }

        foreach (var line in result.Feed.FirstRefused)
        {
            RunDisplay.Say($"Line {line.Number} of {options.Prompts} was refused: {line.Field}: {line.Reason}");
        }

        RunDisplay.Show(ResultTable.Of(result));
        return result;
    }

    private static async Task<RunResult> RunAsync(
        RunOptions options, Recording? recording, OutputDirectory output, RunDisplay display, Func<Endpoints, RunResult, Task>? whileRunning, CancellationToken cancellationToken)
    {
        var student = options.Student is null ? null : StudentPlan.Of(options.Student, output.Path);
        await using var system = await LocalSystem.StartAsync(
            new SystemPlan
            {
                Directory = output.SpoolPath,
                TeacherDirectory = options.TeacherDirectory is { } directory ? Path.GetFullPath(directory) : null,
                Student = student,
                Settings = options.ServiceArguments(recording),
                Restarts = RestartPolicy.Limited,
            },
            RunDisplay.Say,
            TimeProvider.System,
            cancellationToken);
        using var session = new RunSession(system.Endpoints, options, recording, output.SpoolPath, TimeProvider.System);
        var result = await display.ShowAsync(session, session.RunAsync(options.Prompts, system.Broken, cancellationToken));
        if (student is not null)
        {
            RunDisplay.Say("Every prompt has reached its end; waiting for the student to have learnt from all of it…");
            var following = new StudentProgress(system.Endpoints, student.Name).FinishedAsync(cancellationToken);
            await await Task.WhenAny(following, system.Broken);
            result = result with { Student = await following };
        }

        await (whileRunning?.Invoke(system.Endpoints, result) ?? Task.CompletedTask);
        await system.StopAsync();
        await DatasetWriter.WriteAsync(output, options, result, cancellationToken);
        return result;
    }

    private static void Explain()
    {
        RunDisplay.Say("Starting the embedded broker, the schema registry and the services…");
        if (Environment.GetEnvironmentVariable("KAFKA_BOOTSTRAP_SERVERS") is { Length: > 0 })
        {
            RunDisplay.Say("KAFKA_BOOTSTRAP_SERVERS is set, but 'run' always uses its own broker; on your Kafka use 'up' and 'submit'.");
        }
    }
}

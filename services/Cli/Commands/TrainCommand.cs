using System.CommandLine;
using System.Globalization;
using StreamDistill.Cli.Display;
using StreamDistill.Cli.Supervision;
using StreamDistill.Cli.Training;
using StreamDistill.Train;

namespace StreamDistill.Cli.Commands;

/// <summary>Trains a student from a file, with nothing else running.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var from = new Option<string>("--from") { Description = "The examples: curated.jsonl, or any JSON lines of conversations that end with the assistant's turn.", Required = true };
        var student = new Option<string>("--student") { Description = "The directory of the model to begin with: config.json, model.safetensors, tokenizer.json.", Required = true };
        var output = new Option<string>("--out") { Description = "The directory for checkpoints. A training that was stopped goes on there.", Required = true };
        var name = new Option<string>("--name") { Description = "The student's name, and that of its directory of checkpoints.", DefaultValueFactory = _ => StudentPlan.DefaultName };
        var set = new Option<string[]>("--set") { Description = "Any setting of the trainer, such as Train:Method=Lora or Train:Passes=3. May be given several times." };
        var command = new Command("train", "Train a student on a file of examples. On a running system Train follows the topic instead: see 'up --student'.") { from, student, output, name, set };
        command.SetGuardedAction(async (parsed, cancellationToken) =>
        {
            var examples = parsed.GetRequiredValue(from);
            if (!File.Exists(examples))
            {
                throw new UsageException($"--from is '{examples}', and there is no such file.");
            }

            var plan = new TrainingPlan(
                parsed.GetRequiredValue(name), parsed.GetRequiredValue(student), examples, parsed.GetRequiredValue(output), parsed.GetValue(set) ?? []);
            var trained = await plan.RunAsync(RunDisplay.Say, cancellationToken);
            await Console.Out.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{trained.State.Step:N0} steps, {trained.State.ExamplesSeen:N0} examples, {trained.State.TokensSeen:N0} tokens; held out: {Held(trained.Before)} before, {Held(trained.After)} after"));
            await Console.Out.WriteLineAsync($"The student is in {trained.Directory}");
            return ExitCode.Done;
        });
        return command;
    }

    private static string Held(EvaluationFigures? figures) =>
        figures is null ? "nothing" : string.Create(CultureInfo.InvariantCulture, $"{figures.PassAt1:P1} of {figures.Answers}");
}

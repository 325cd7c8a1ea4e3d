using System.CommandLine;
using System.Globalization;
using StreamDistill.Cli.Demo;
using StreamDistill.Cli.Display;

namespace StreamDistill.Cli.Commands;

/// <summary>Makes the demo's models again, from nothing.</summary>
internal static class DemoModelsCommand
{
    /// <summary>Where the demo and the study find the models.</summary>
    public static Option<string> ModelsOption() => new("--models") { Description = "The directory with the models teacher and base, as 'demo-models' leaves them.", Required = true };

    public static Command Create()
    {
        var output = new Option<string>("--out") { Description = "The directory for the models' directories, teacher and base.", Required = true };
        var work = new Option<string>("--work") { Description = "For corpora and checkpoints; a training that was stopped goes on there.", Required = true };
        var only = new Option<string?>("--only") { Description = "Makes only this one: teacher or base." };
        var set = new Option<string[]>("--set") { Description = "Any other setting of the trainer, such as Train:Threads=2. May be given several times." };
        var command = new Command("demo-models", "Train the demo's teacher and base student from random weights (an hour on two cores).") { output, work, only, set };
        command.SetGuardedAction(async (parsed, cancellationToken) =>
        {
            DemoModelPlan[] all = [DemoModels.Teacher, DemoModels.Base];
            var wanted = parsed.GetValue(only) is { } name ? [.. all.Where(model => model.Name == name)] : all;
            if (wanted.Length == 0)
            {
                throw new UsageException($"--only is '{parsed.GetValue(only)}'; it must be {string.Join(" or ", all.Select(model => model.Name))}.");
            }

            foreach (var model in wanted)
            {
                var trained = await DemoModels.MakeAsync(
                    model, parsed.GetRequiredValue(output), parsed.GetRequiredValue(work), [.. (parsed.GetValue(set) ?? []).Select(setting => "--" + setting)], RunDisplay.Say, cancellationToken);
                await Console.Out.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{model.Name}: {trained.State.Step:N0} steps, {trained.State.TokensSeen:N0} tokens, solves {trained.After?.PassAt1:P1} of {trained.After?.Answers} held-out problems at temperature 0"));
            }

            return ExitCode.Done;
        });
        return command;
    }
}

using System.CommandLine;
using StreamDistill.Cli.Demo;
using StreamDistill.Cli.Display;

namespace StreamDistill.Cli.Commands;

/// <summary>Makes the demo's models again, from nothing.</summary>
internal static class DemoModelsCommand
{
    /// <summary>Where the demo and the study find the models.</summary>
    public static Option<string> ModelsOption() => new("--models")
    {
        Description = "The directory with the models teacher and base, as 'demo-models' leaves them; without it those that came along.",
        DefaultValueFactory = _ => DemoModels.Included,
    };

    public static Command Create()
    {
        var output = new Option<string>("--out") { Description = "The directory for the models' directories, teacher and base.", Required = true };
        var work = new Option<string>("--work") { Description = "For corpora and checkpoints; a training that was stopped goes on there.", Required = true };
        var only = new Option<string?>("--only") { Description = "Makes only this one: teacher or base." };
        var set = new Option<string[]>("--set") { Description = "Any other setting of the trainer, such as Train:Threads=2. May be given several times." };
        var command = new Command("demo-models", "Train the demo's teacher and base student from random weights (about forty minutes on one core).") { output, work, only, set };
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
                var card = await DemoModels.MakeAsync(
                    model, parsed.GetRequiredValue(output), parsed.GetRequiredValue(work), parsed.GetValue(set) ?? [], RunDisplay.Say, cancellationToken);
                await Console.Out.WriteLineAsync(card.ToMarkdown());
            }

            return ExitCode.Done;
        });
        return command;
    }
}

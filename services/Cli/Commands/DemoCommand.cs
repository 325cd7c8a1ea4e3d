using System.CommandLine;
using StreamDistill.Cli.Demo;
using StreamDistill.Cli.Display;

namespace StreamDistill.Cli.Commands;

/// <summary>Shows that distillation works, with nothing but this machine.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var output = new Option<string>("--out") { Description = "The directory for everything that comes of it.", Required = true };
        var models = DemoModelsCommand.ModelsOption();
        var prompts = new Option<int>("--prompts") { Description = "How many prompts the teacher answers.", DefaultValueFactory = _ => 600 };
        var seed = new Option<int>("--seed") { Description = "Another seed gives other prompts.", DefaultValueFactory = _ => 1 };
        prompts.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 10 or > 5000)
            {
                result.AddError("--prompts is a whole number from 10 to 5000.");
            }
        });
        var command = new Command("demo", "Distil a small neural teacher into a smaller student, and say how good it got.") { output, models, prompts, seed };
        command.SetGuardedAction(async (parsed, cancellationToken) =>
        {
            var directory = Path.GetFullPath(parsed.GetRequiredValue(output));
            var report = await new NeuralDemo(directory, parsed.GetRequiredValue(models), parsed.GetValue(seed), parsed.GetValue(prompts), RunDisplay.Say).RunAsync(cancellationToken);
            RunDisplay.Show(report.ToTable());
            if (report.Served is { } served)
            {
                await Console.Out.WriteLineAsync($"Asked of the served student:{Environment.NewLine}{served}");
            }

            await Console.Out.WriteLineAsync($"Dataset, checkpoints and pictures (loss.svg, accuracy.svg) are in {directory}");
            return ExitCode.Done;
        });
        return command;
    }
}

using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using StreamDistill.Cli.Demo;
using StreamDistill.Cli.Display;

namespace StreamDistill.Cli.Commands;

/// <summary>Compares what students learn from.</summary>
internal static class StudyCommand
{
    public static Command Create()
    {
        var output = new Option<string>("--out") { Description = "The directory for datasets and checkpoints. A study that was stopped goes on there.", Required = true };
        var models = DemoModelsCommand.ModelsOption();
        var prompts = new Option<int>("--prompts") { Description = "How many prompts the teacher answers, for each seed.", DefaultValueFactory = _ => 1000 };
        var seeds = new Option<int[]>("--seed") { Description = "A seed; may be given several times.", DefaultValueFactory = _ => [11, 12, 13] };
        var command = new Command("study", "Train the demo's student on verified and unfiltered answers, each target, hard and soft labels, and without each verifier.") { output, models, prompts, seeds };
        command.SetGuardedAction(async (parsed, cancellationToken) =>
        {
            var directory = Path.GetFullPath(parsed.GetRequiredValue(output));
            var results = await new Study(directory, parsed.GetRequiredValue(models), parsed.GetRequiredValue(seeds), parsed.GetValue(prompts), RunDisplay.Say).RunAsync(cancellationToken);
            RunDisplay.Show(TableOf(results, parsed.GetRequiredValue(seeds)));
            return ExitCode.Done;
        });
        return command;
    }

    private static Table TableOf(IReadOnlyList<StudyResult> results, IReadOnlyList<int> seeds)
    {
        var table = new Table().Border(TableBorder.Ascii2).Title("Held-out problems solved").AddColumn("student");
        foreach (string column in (string[])["mean", .. seeds.Select(seed => string.Create(CultureInfo.InvariantCulture, $"seed {seed}")), "tokens per answer"])
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (var result in results)
        {
            table.AddRow([Markup.Escape(result.Name), Share(result.MeanPassAt1), .. result.Results.Select(each => Share(each.PassAt1)), result.MeanTokens.ToString("N1", CultureInfo.InvariantCulture)]);
        }

        return table;
    }

    private static string Share(double share) => share.ToString("P1", CultureInfo.InvariantCulture);
}

using System.CommandLine;
using System.Globalization;
using StreamDistill.Cli.Demo;

namespace StreamDistill.Cli.Commands;

/// <summary>Made-up prompts and completions, to try everything out on.</summary>
internal static class DemoSampleCommand
{
    public static Command Create()
    {
        var output = new Option<string>("--out") { Description = "The directory for prompts.jsonl and completions.jsonl.", Required = true };
        var prompts = new Option<int>("--prompts") { Description = "How many prompts.", DefaultValueFactory = _ => 200 };
        var samples = new Option<int>("--samples") { Description = "Completions per prompt, 1 to 64.", DefaultValueFactory = _ => 4 };
        var wrongShare = new Option<double>("--wrong-share") { Description = "The share of wrong completions, 0 to 1.", DefaultValueFactory = _ => DemoSample.DefaultWrongShare };
        var seed = new Option<int>("--seed") { Description = "Another seed gives another sample.", DefaultValueFactory = _ => 1 };
        var command = new Command("demo-sample", "Make up word problems and recorded completions of them, some of them wrong.") { output, prompts, samples, wrongShare, seed };
        command.SetGuardedAction(async (parsed, _) =>
        {
            try
            {
                var directory = parsed.GetRequiredValue(output);
                var counts = DemoSample.Write(directory, parsed.GetValue(prompts), parsed.GetValue(samples), parsed.GetValue(wrongShare), parsed.GetValue(seed));
                await Console.Out.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Path.Combine(directory, DemoSample.PromptsFile)}: {counts.Prompts} prompts. {DemoSample.CompletionsFile}: {counts.Completions} completions, {counts.WrongCompletions} of them wrong."));
                return ExitCode.Done;
            }
            catch (ArgumentOutOfRangeException e)
            {
                throw new UsageException(e.Message);
            }
        });
        return command;
    }
}

using System.CommandLine;
using StreamDistill.Cli.Supervision;
using StreamDistill.Cli.Training;

namespace StreamDistill.Cli.Commands;

/// <summary>Overrules what Train promotes: forward, or back.</summary>
internal static class PromoteCommand
{
    public static Command Create()
    {
        var data = UpCommand.DataOption();
        var checkpoint = new Option<string>("--checkpoint") { Description = "The checkpoint's directory, such as streamdistill-data/checkpoints/student/step-00000120.", Required = true };
        var command = new Command("promote", "Have Serve take this checkpoint from now on, an earlier one too, until Train promotes another. No request is dropped.") { data, checkpoint };
        command.SetGuardedAction(async (parsed, cancellationToken) =>
        {
            var serving = await ServedCheckpoint.ServeAsync(Endpoints.Find(parsed.GetRequiredValue(data)), parsed.GetRequiredValue(checkpoint), cancellationToken);
            await Console.Out.WriteLineAsync($"Serve takes step {serving.Step}, {serving.Uri}, as soon as it has read this.");
            return ExitCode.Done;
        });
        return command;
    }
}

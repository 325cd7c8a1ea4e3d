using System.CommandLine;
using StreamDistill.Embedded.SchemaRegistry;

namespace StreamDistill.Cli.Commands;

/// <summary>The embedded schema registry alone.</summary>
internal static class RegistryCommand
{
    public static Command Create()
    {
        var port = new Option<int>("--port") { Description = "Port on 127.0.0.1; 0 takes a free one.", DefaultValueFactory = _ => 8081 };
        var command = new Command("registry", "Run the embedded schema registry alone until stopped. It speaks Confluent's REST API.") { port };
        command.SetGuardedAction(async (parsed, cancellationToken) =>
        {
            await using var registry = await SchemaRegistryServer.StartAsync(
                new SchemaRegistryOptions { Port = parsed.GetValue(port), DefaultCompatibility = CompatibilityLevel.FullTransitive }, cancellationToken);
            await Console.Out.WriteLineAsync($"Schema registry listening on {registry.Url.GetLeftPart(UriPartial.Authority)}");
            await UntilStoppedAsync(cancellationToken);
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>Returns when the token is cancelled.</summary>
    internal static async Task UntilStoppedAsync(CancellationToken cancellationToken)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (cancellationToken.Register(stopped.SetResult))
        {
            await stopped.Task;
        }
    }
}

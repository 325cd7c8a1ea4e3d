using System.CommandLine;
using StreamDistill.Contracts;
using StreamDistill.Pipeline;

namespace StreamDistill.Cli.Commands;

/// <summary>What the command's exit tells a script.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;

    /// <summary>Gives a command its action, and turns what it throws into one line on standard error and an exit code.</summary>
    public static void SetGuardedAction(this Command command, Func<ParseResult, CancellationToken, Task<int>> action) =>
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                return await action(parsed, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is UsageException or ConfigurationException)
            {
                await Console.Error.WriteLineAsync($"streamdistill {command.Name}: {e.Message}").ConfigureAwait(false);
                return WrongUsage;
            }
            catch (Exception e) when (e is StreamDistillException or IOException or UnauthorizedAccessException or HttpRequestException or Confluent.Kafka.KafkaException)
            {
                await Console.Error.WriteLineAsync($"streamdistill {command.Name}: {e.Message}").ConfigureAwait(false);
                return Failed;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                await Console.Error.WriteLineAsync($"streamdistill {command.Name}: stopped before it was done.").ConfigureAwait(false);
                return Failed;
            }
        });
}

/// <summary>The command was called wrongly; nothing was started.</summary>
internal sealed class UsageException(string message) : StreamDistillException(message);

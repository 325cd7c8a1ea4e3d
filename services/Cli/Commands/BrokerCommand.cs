using System.CommandLine;
using StreamDistill.Embedded.Broker;

namespace StreamDistill.Cli.Commands;

/// <summary>The embedded broker alone.</summary>
internal static class BrokerCommand
{
    public static Command Create()
    {
        var port = new Option<int>("--port") { Description = "Port on 127.0.0.1; 0 takes a free one.", DefaultValueFactory = _ => 9092 };
        var command = new Command("broker", "Run the embedded Kafka broker alone until stopped. It keeps records in memory, 5 MB per partition.") { port };
        command.SetGuardedAction(async (parsed, cancellationToken) =>
        {
            await using var broker = await EmbeddedBroker.StartAsync(
                new BrokerOptions { Port = parsed.GetValue(port), Logger = new StandardErrorLogger() }, cancellationToken);
            await Console.Out.WriteLineAsync($"Kafka broker listening on {broker.BootstrapServers}");
            await RegistryCommand.UntilStoppedAsync(cancellationToken);
            return ExitCode.Done;
        });
        return command;
    }
}

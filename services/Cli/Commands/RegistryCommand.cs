using System.CommandLine;
using Microsoft.Extensions.Configuration;
using StreamDistill.Embedded.SchemaRegistry;

namespace StreamDistill.Cli.Commands;

/// <summary>The embedded schema registry alone.</summary>
internal static class RegistryCommand
{
    public static Command Create()
    {
        var port = new Option<int>("--port") { Description = "Port on 127.0.0.1; 0 takes a free one.", DefaultValueFactory = _ => 8081 };
        var bootstrap = new Option<string?>("--bootstrap-servers")
        {
            Description = "The Kafka that keeps what is registered, host:port. KAFKA_BOOTSTRAP_SERVERS sets it too; Kafka__KEY sets any other setting of librdkafka.",
        };
        var topic = new Option<string>("--topic") { Description = "The compacted topic that keeps it; made where it is missing.", DefaultValueFactory = _ => "_schemas" };
        var inMemory = new Option<bool>("--in-memory") { Description = "Keep everything in memory and forget it at the end." };
        var command = new Command("registry", "Run the embedded schema registry alone until stopped. It speaks Confluent's REST API and keeps what is registered in a Kafka topic.")
        {
            port, bootstrap, topic, inMemory,
        };
        command.SetGuardedAction(async (parsed, cancellationToken) =>
        {
            var options = Options(parsed.GetValue(bootstrap), parsed.GetValue(inMemory)) with { Port = parsed.GetValue(port), Topic = parsed.GetValue(topic)! };
            await using var registry = await StartAsync(options, cancellationToken);
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

    private static SchemaRegistryOptions Options(string? bootstrap, bool inMemory)
    {
        if (inMemory && !string.IsNullOrWhiteSpace(bootstrap))
        {
            throw new UsageException("--in-memory and --bootstrap-servers exclude each other.");
        }

        var settings = new ConfigurationBuilder().AddEnvironmentVariables("Kafka__").Build().AsEnumerable()
            .Where(setting => !string.IsNullOrEmpty(setting.Value) && setting.Key != "bootstrap.servers" && !setting.Key.Contains(':', StringComparison.Ordinal))
            .ToDictionary(setting => setting.Key, setting => setting.Value!);
        var variable = Environment.GetEnvironmentVariable("KAFKA_BOOTSTRAP_SERVERS");
        return new SchemaRegistryOptions
        {
            BootstrapServers = inMemory ? null
                : bootstrap is { Length: > 0 } given ? given
                : variable is { Length: > 0 } ? variable
                : throw new UsageException("Name the Kafka that keeps what is registered: --bootstrap-servers 127.0.0.1:9092, or set KAFKA_BOOTSTRAP_SERVERS. Or say --in-memory: then everything is forgotten at the end."),
            InMemory = inMemory,
            KafkaSettings = settings,
            DefaultCompatibility = CompatibilityLevel.FullTransitive,
            Logger = new StandardErrorLogger(),
        };
    }

    private static async Task<SchemaRegistryServer> StartAsync(SchemaRegistryOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return await SchemaRegistryServer.StartAsync(options, cancellationToken);
        }
        catch (ArgumentException e)
        {
            throw new UsageException(e.Message);
        }
    }
}

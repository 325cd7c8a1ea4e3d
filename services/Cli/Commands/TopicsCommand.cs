using System.CommandLine;
using System.Globalization;
using Confluent.Kafka;
using Spectre.Console;
using StreamDistill.Cli.Display;
using StreamDistill.Cli.Kafka;
using StreamDistill.Cli.Supervision;
using StreamDistill.Contracts;

namespace StreamDistill.Cli.Commands;

/// <summary>The topics as they should be and as they are.</summary>
internal static class TopicsCommand
{
    public static Command Create()
    {
        var data = UpCommand.DataOption();
        data.Recursive = true;
        var apply = new Command("apply", "Create the topics, set their retention, and register their schemas. Doing it again changes nothing.");
        apply.SetGuardedAction(async (parsed, cancellationToken) =>
        {
            var endpoints = Endpoints.Find(parsed.GetRequiredValue(data));
            await TopicSetup.ApplyAsync(endpoints.BootstrapServers, endpoints.SchemaRegistryUrl, line => Console.Out.WriteLine(line), cancellationToken);
            return ExitCode.Done;
        });
        var command = new Command("topics", "Show the topics; 'topics apply' creates and adjusts them.") { apply };
        command.Options.Add(data);
        command.SetGuardedAction((parsed, _) =>
        {
            RunDisplay.Show(TableOf(Endpoints.Find(parsed.GetRequiredValue(data))));
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static Table TableOf(Endpoints endpoints)
    {
        using var admin = new AdminClientBuilder(Clients.Admin(endpoints.BootstrapServers)).SetLogHandler(Clients.DropLog).Build();
        var existing = admin.GetMetadata(TimeSpan.FromSeconds(30)).Topics.ToDictionary(topic => topic.Topic, topic => topic.Partitions.Count, StringComparer.Ordinal);
        var table = new Table().Border(TableBorder.Ascii2).AddColumns("topic", "value", "kept", "partitions");
        foreach (var topic in Topics.All)
        {
            table.AddRow(
                topic.Name,
                topic.Value?.Name ?? "bytes as read",
                topic.Retention == Retention.Compacted ? "last of each key" : $"{Topic.RetentionTime.TotalDays:0} days",
                existing.TryGetValue(topic.Name, out var partitions) ? partitions.ToString(CultureInfo.InvariantCulture) : $"{topic.Partitions} wanted; not created yet");
        }

        return table;
    }
}

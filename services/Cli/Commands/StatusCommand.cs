using System.CommandLine;
using System.Globalization;
using Confluent.Kafka;
using Spectre.Console;
using StreamDistill.Cli.Display;
using StreamDistill.Cli.Kafka;
using StreamDistill.Cli.Supervision;
using StreamDistill.Contracts;

namespace StreamDistill.Cli.Commands;

/// <summary>How far each stage is, and whether everything is well.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(5);

    public static Command Create()
    {
        var data = UpCommand.DataOption();
        var command = new Command("status", "Show the topics, how far each stage is behind, and the services' health. Exit code 1 when a service is not ready.") { data };
        command.SetGuardedAction(async (parsed, cancellationToken) =>
        {
            var endpoints = Endpoints.Find(parsed.GetRequiredValue(data));
            RunDisplay.Show(await TopicsAsync(endpoints.BootstrapServers));
            var (services, isWell) = await ServicesAsync(endpoints, cancellationToken);
            RunDisplay.Show(services);
            return isWell ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static async Task<Table> TopicsAsync(string bootstrapServers)
    {
        using var reader = new TopicReader(bootstrapServers, Topics.All.Select(topic => topic.Name));
        using var offsets = new GroupOffsets(bootstrapServers);
        var ends = await offsets.EndsAsync(reader.Partitions);
        var committed = await offsets.CommittedAsync(reader.Partitions);
        var table = new Table().Border(TableBorder.Ascii2).Title("Topics (offsets count transaction markers too)").AddColumns("topic", "end offsets", "read by", "behind, at most");
        foreach (var topic in Topics.All)
        {
            var partitions = reader.Partitions.Where(partition => partition.Topic == topic.Name).OrderBy(partition => partition.Partition.Value).ToList();
            var stage = StageGroup.All.FirstOrDefault(each => each.InputTopic == topic.Name);
            table.AddRow(
                topic.Name,
                partitions.Count == 0 ? "not created yet" : string.Join(" ", partitions.Select(partition => Number(ends.GetValueOrDefault(partition)))),
                stage?.Group ?? "",
                stage is null ? "" : Number(partitions.Sum(partition => Math.Max(0, ends.GetValueOrDefault(partition) - committed.GetValueOrDefault(partition)))));
        }

        return table;
    }

    private static async Task<(Table Table, bool IsWell)> ServicesAsync(Endpoints endpoints, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = ProbeTimeout };
        var table = new Table().Border(TableBorder.Ascii2).Title("Services").AddColumns("service", "address", "health");
        var isWell = true;
        foreach (var (name, url) in endpoints.Services)
        {
            var (health, isReady) = await HealthAsync(http, url, cancellationToken);
            isWell &= isReady;
            table.AddRow(name, Markup.Escape(url.GetLeftPart(UriPartial.Authority)), Markup.Escape(health));
        }

        return (table, isWell);
    }

    private static async Task<(string Health, bool IsReady)> HealthAsync(HttpClient http, Uri url, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync(new Uri(url, "/health/ready"), cancellationToken);
            return response.IsSuccessStatusCode ? ("ready", true) : (await response.Content.ReadAsStringAsync(cancellationToken), false);
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return ("does not answer: " + e.Message, false);
        }
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}

using System.Text.Json;
using System.Text.RegularExpressions;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace StreamDistill.Pipeline;

/// <summary>
/// What librdkafka has to say, as an operator wants to read it: its log lines are for debugging, an error is a warning. While a
/// broker is away librdkafka tells of every attempt again; here a connection is said to be broken once, and once that the broker
/// answers again. The latter librdkafka tells in its statistics only. It may serve one client after another.
/// </summary>
/// <param name="logger">Gets the lines.</param>
/// <param name="client">Which of the service's clients it is, for the lines: consumer, producer.</param>
public sealed partial class ClientLog(ILogger logger, string client)
{
    /// <summary>The addresses of brokers that do not answer.</summary>
    private readonly HashSet<string> broken = new(StringComparer.Ordinal);

    /// <summary>For the client's log handler, without which the lines go to standard error.</summary>
    public void Write(LogMessage message) => LogLine(client, message.Facility, message.Message);

    /// <summary>For the client's error handler.</summary>
    public void Write(Error error)
    {
        if (IsNews(error))
        {
            LogError(client, error.Reason);
        }
    }

    /// <summary>For the client's statistics handler.</summary>
    /// <param name="statistics">JSON as librdkafka's STATISTICS.md describes it.</param>
    public void Look(string statistics)
    {
        lock (broken)
        {
            if (broken.Count == 0)
            {
                return;
            }

            using var parsed = JsonDocument.Parse(statistics);
            foreach (var broker in parsed.RootElement.GetProperty("brokers").EnumerateObject().Select(entry => entry.Value))
            {
                if (broker.GetProperty("state").ValueEquals("UP") && broker.GetProperty("nodename").GetString() is { } address && broken.Remove(address))
                {
                    LogAnswers(client, address);
                }
            }
        }
    }

    private bool IsNews(Error error)
    {
        lock (broken)
        {
            return error.Code switch
            {
                ErrorCode.Local_Transport or ErrorCode.Local_Resolve => Address().Match(error.Reason) is not { Success: true } address || broken.Add(address.Value),

                // Comes before or after the errors of each, which also say why.
                ErrorCode.Local_AllBrokersDown => false,
                _ => true,
            };
        }
    }

    /// <summary>Reasons begin with the broker's name: "host:port/id: …", "GroupCoordinator: host:port: …", "ssl://host:port/bootstrap: …".</summary>
    [GeneratedRegex(@"[^\s/]+:\d+")]
    private static partial Regex Address();

    [LoggerMessage(LogLevel.Debug, "librdkafka {Client} {Facility}: {Message}")]
    private partial void LogLine(string client, string facility, string message);

    [LoggerMessage(LogLevel.Warning, "Kafka {Client}: {Reason}")]
    private partial void LogError(string client, string reason);

    [LoggerMessage(LogLevel.Information, "Kafka {Client}: {Address} answers again.")]
    private partial void LogAnswers(string client, string address);
}

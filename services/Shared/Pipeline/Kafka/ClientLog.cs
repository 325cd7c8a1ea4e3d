using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace StreamDistill.Pipeline;

/// <summary>librdkafka's own log lines, which would go to standard error otherwise.</summary>
public static class ClientLog
{
    private static readonly Action<ILogger, string, string, Exception?> Line =
        LoggerMessage.Define<string, string>(LogLevel.Debug, new EventId(8), "librdkafka {Facility}: {Message}");

    /// <summary>
    /// Logs the line for debugging. What an operator must know comes as an error event besides, once and without the
    /// client's inner names.
    /// </summary>
    public static void LogClient(this ILogger logger, LogMessage message) => Line(logger, message.Facility, message.Message, null);
}

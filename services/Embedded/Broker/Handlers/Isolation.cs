using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>What a reader's isolation level lets it see.</summary>
internal static class Isolation
{
    /// <summary>The end of what a reader may see.</summary>
    public static long VisibleEnd(this PartitionLog log, IsolationLevel isolation) =>
        isolation == IsolationLevel.ReadCommitted ? log.LastStableOffset : log.EndOffset;

    /// <exception cref="MalformedRequestException">It is none.</exception>
    public static IsolationLevel ReadIsolationLevel(this KafkaReader reader) => reader.ReadInt8() switch
    {
        0 => IsolationLevel.ReadUncommitted,
        1 => IsolationLevel.ReadCommitted,
        var other => throw new MalformedRequestException($"The isolation level is {other}; 0 and 1 are allowed."),
    };
}

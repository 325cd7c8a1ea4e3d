using System.Globalization;
using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>What settings belong to, as the requests about settings name it.</summary>
/// <param name="Type">One of the constants.</param>
/// <param name="Name">A topic's name, a broker's id, or empty for all brokers.</param>
internal readonly record struct ConfigResource(sbyte Type, string Name)
{
    public const sbyte Topic = 2;
    public const sbyte Broker = 4;

    /// <summary>Whether it is this broker, or all of them.</summary>
    public bool IsThisBroker => Type == Broker && (Name.Length == 0 || Name == TopicCatalog.NodeId.ToString(CultureInfo.InvariantCulture));

    public static ConfigResource Read(KafkaReader reader) => new(reader.ReadInt8(), reader.ReadString());

    /// <summary>Why its settings cannot be described or changed, where it is neither a topic nor this broker.</summary>
    public (ErrorCode Error, string Message) Unknown() => Type == Broker
        ? (ErrorCode.InvalidRequest, $"There is no broker '{Name}': the only one is {TopicCatalog.NodeId}.")
        : (ErrorCode.InvalidRequest, $"Resources of type {Type} have no settings here: topics (2) and brokers (4) have.");
}

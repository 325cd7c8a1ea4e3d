using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Network;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>How answers name this broker, the only one.</summary>
internal static class Node
{
    /// <summary>Id, host, port and, where the version has one, no rack: one element of a list of brokers.</summary>
    public static void Write(KafkaWriter writer, BrokerAddress address, bool hasRack)
    {
        writer.WriteInt32(TopicCatalog.NodeId);
        writer.WriteString(address.Host);
        writer.WriteInt32(address.Port);
        if (hasRack)
        {
            writer.WriteString(null);
        }

        writer.WriteNoTags();
    }
}

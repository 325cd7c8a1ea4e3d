using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Groups;

/// <summary>
/// The beginning of the metadata that members of protocol type "consumer" send: version INT16, topics ARRAY of STRING. Every
/// version begins like this; what follows concerns the clients alone.
/// </summary>
internal static class ConsumerSubscription
{
    public const string ProtocolType = "consumer";

    /// <summary>Null where the bytes are no subscription.</summary>
    public static IReadOnlySet<string>? TopicsOf(byte[] metadata)
    {
        try
        {
            var reader = new KafkaReader(metadata, isFlexible: false);
            return reader.ReadInt16() >= 0 ? reader.ReadArray(element => element.ReadString()).ToHashSet(StringComparer.Ordinal) : null;
        }
        catch (MalformedRequestException)
        {
            return null;
        }
    }
}

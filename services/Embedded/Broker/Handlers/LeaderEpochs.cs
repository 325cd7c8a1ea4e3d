using StreamDistill.Embedded.Broker.Catalog;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>The leader's epoch as clients know it (KIP-320).</summary>
internal static class LeaderEpochs
{
    /// <summary>Whether a client knows the leader that there is. -1 asks for no check.</summary>
    public static ErrorCode Check(int clientsEpoch) => clientsEpoch switch
    {
        > TopicCatalog.LeaderEpoch => ErrorCode.UnknownLeaderEpoch,
        < -1 => ErrorCode.FencedLeaderEpoch,
        _ => ErrorCode.None,
    };
}

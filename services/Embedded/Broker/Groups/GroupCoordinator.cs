using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Groups;

/// <summary>Classic consumer groups and their committed offsets. Its members may be called by several threads.</summary>
internal sealed class GroupCoordinator
{
    /// <summary>
    /// A transaction that wrote offsets has ended, and its marker is in the offsets' log: what it wrote for any group now
    /// counts, or is forgotten.
    /// </summary>
    public void CompleteTransaction(long producerId, bool isCommit) => throw new NotImplementedException();
}

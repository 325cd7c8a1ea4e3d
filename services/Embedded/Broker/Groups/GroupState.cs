namespace StreamDistill.Embedded.Broker.Groups;

/// <summary>Where a group stands; the names are those that DescribeGroups and ListGroups show.</summary>
internal enum GroupState
{
    /// <summary>No members; it may have committed offsets.</summary>
    Empty,

    /// <summary>Members are asked to join again, and are waited for.</summary>
    PreparingRebalance,

    /// <summary>All have joined; the leader's assignment is waited for.</summary>
    CompletingRebalance,

    /// <summary>Every member can have its assignment.</summary>
    Stable,

    /// <summary>Removed; whoever still holds it must look it up again.</summary>
    Dead,
}

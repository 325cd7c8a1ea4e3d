namespace StreamDistill.Embedded.Broker.Groups;

/// <summary>A member of a group.</summary>
internal sealed class Member(string id, string? instanceId, string clientId, string clientHost)
{
    public string Id { get; } = id;

    /// <summary>group.instance.id of a static member; null for a dynamic one.</summary>
    public string? InstanceId { get; } = instanceId;

    public string ClientId { get; } = clientId;

    public string ClientHost { get; } = clientHost;

    public int SessionTimeoutMs { get; set; }

    public int RebalanceTimeoutMs { get; set; }

    /// <summary>In the order the member prefers them.</summary>
    public IReadOnlyList<GroupProtocol> Protocols { get; set; } = [];

    public byte[] Assignment { get; set; } = [];

    /// <summary>Waits for everybody to have joined; null where no JoinGroup is waiting.</summary>
    public TaskCompletionSource<JoinResult>? JoinWaiter { get; set; }

    /// <summary>Waits for the leader's assignment; null where no SyncGroup is waiting.</summary>
    public TaskCompletionSource<SyncResult>? SyncWaiter { get; set; }

    /// <summary>When it is taken for dead unless heard of before. A member whose request is waiting here is alive.</summary>
    public long SessionDeadlineMs { get; set; }

    public bool IsWaiting => JoinWaiter is not null || SyncWaiter is not null;

    /// <summary>What it takes in memory of what clients sent.</summary>
    public long MetadataBytes => BytesOf(Protocols) + Assignment.Length;

    public static long BytesOf(IReadOnlyList<GroupProtocol> protocols) => protocols.Sum(protocol => (2L * protocol.Name.Length) + protocol.Metadata.Length);

    public bool Offers(string protocol) => Protocols.Any(offered => offered.Name == protocol);

    public byte[] MetadataOf(string? protocol) => Protocols.FirstOrDefault(offered => offered.Name == protocol).Metadata ?? [];

    /// <summary>Whether joining with these protocols would change nothing.</summary>
    public bool Matches(IReadOnlyList<GroupProtocol> protocols) =>
        Protocols.Count == protocols.Count
        && Protocols.Zip(protocols).All(pair => pair.First.Name == pair.Second.Name && pair.First.Metadata.AsSpan().SequenceEqual(pair.Second.Metadata));

    public void Answer(JoinResult result)
    {
        JoinWaiter?.TrySetResult(result);
        JoinWaiter = null;
    }

    public void Answer(SyncResult result)
    {
        SyncWaiter?.TrySetResult(result);
        SyncWaiter = null;
    }
}

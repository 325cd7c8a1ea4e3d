namespace StreamDistill.Embedded.Broker.Network;

/// <summary>Where a client reaches the broker.</summary>
internal readonly record struct BrokerAddress(string Host, int Port);

/// <summary>What the broker keeps of a connection between its requests. Only one request of a connection is handled at a time.</summary>
/// <param name="clientHost">The address it comes from.</param>
/// <param name="advertised">The address that this client is told to connect to: the one it used, unless the broker has an advertised one.</param>
internal sealed class ConnectionState(string clientHost, BrokerAddress advertised)
{
    /// <summary>The address it comes from, as DescribeGroups shows it.</summary>
    public string ClientHost { get; } = clientHost;

    /// <summary>What Metadata, FindCoordinator and DescribeCluster say about where this broker is.</summary>
    public BrokerAddress Advertised { get; } = advertised;

    /// <summary>The mechanism agreed on by SaslHandshake; null before.</summary>
    public string? SaslMechanism { get; set; }

    /// <summary>After SaslHandshake v0 the next frame is the token itself, without a header.</summary>
    public bool ExpectsSaslToken { get; set; }

    /// <summary>The user that has authenticated; null before, and where the broker has no users.</summary>
    public string? User { get; set; }

    /// <summary>How many bytes its last Fetch got: the next one is likely to get as many.</summary>
    public int FetchedBytes { get; set; }

    /// <summary>Set by a handler: the connection is closed once the answer, if there is one, is sent. Says why, for the log.</summary>
    public string? ClosesBecause { get; set; }
}

using StreamDistill.Embedded.Broker.Network;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Broker.Handlers;

/// <summary>A request as it came in.</summary>
/// <param name="Key">Which request.</param>
/// <param name="Version">Its version, within the handler's range.</param>
/// <param name="ClientId">As the client calls itself; null where it does not.</param>
/// <param name="ClientHost">The address it comes from, as DescribeGroups shows it.</param>
/// <param name="Body">What follows the header.</param>
internal sealed record Request(ApiKey Key, short Version, string? ClientId, string ClientHost, KafkaReader Body)
{
    /// <summary>What is kept of the connection it came by; the address to advertise among it.</summary>
    public ConnectionState Connection { get; init; } = new(ClientHost, new BrokerAddress("127.0.0.1", 9092));
}

/// <summary>Answers one kind of request.</summary>
/// <param name="key">Which.</param>
/// <param name="minVersion">The oldest version.</param>
/// <param name="maxVersion">The newest version.</param>
/// <param name="flexibleFrom">The first flexible version; short.MaxValue where none is.</param>
internal abstract class Handler(ApiKey key, short minVersion, short maxVersion, short flexibleFrom)
{
    public ApiKey Key { get; } = key;

    public short MinVersion { get; } = minVersion;

    public short MaxVersion { get; } = maxVersion;

    public short FlexibleFrom { get; } = flexibleFrom;

    /// <summary>
    /// Reads the body and writes the whole answer's body. What the request asks and cannot get is an error code in the answer.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="response">Takes the answer's body; flexible where the version is.</param>
    /// <param name="cancellationToken">The connection is gone or the broker stops.</param>
    /// <returns>False where the request wants no answer (Produce with acks=0).</returns>
    /// <exception cref="MalformedRequestException">The body is not that of such a request.</exception>
    public abstract ValueTask<bool> HandleAsync(Request request, KafkaWriter response, CancellationToken cancellationToken);
}

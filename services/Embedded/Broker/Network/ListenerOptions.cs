using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace StreamDistill.Embedded.Broker.Network;

/// <summary>Memory that all connections share.</summary>
/// <param name="Requests">Of large requests, from before they are read until they are answered.</param>
/// <param name="Answers">Of answers that are being sent. Fetch asks it how much it may read.</param>
internal sealed record BrokerMemory(MemoryBudget Requests, MemoryBudget Answers);

/// <summary>How the listener listens.</summary>
/// <param name="Address">The address and port to bind.</param>
/// <param name="ProduceBytesMax">The largest Produce request.</param>
internal sealed record ListenerOptions(IPEndPoint Address, int ProduceBytesMax)
{
    /// <summary>The largest request of another kind than Produce.</summary>
    public int OtherBytesMax { get; init; } = Math.Min(ProduceBytesMax, 4 << 20);

    /// <summary>Connections at a time; one more is closed at once.</summary>
    public int ConnectionsMax { get; init; } = 1000;

    /// <summary>How long a connection may be without a request (connections.max.idle.ms).</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a request may take to arrive, and a megabyte of an answer to be taken.</summary>
    public TimeSpan FrameTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The host to tell clients; null for the address that each of them used.</summary>
    public string? AdvertisedHost { get; init; }

    /// <summary>Speaks TLS with it; null for plain TCP.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>What to tell the client of a connection about where the broker is.</summary>
    public BrokerAddress AdvertisedTo(Socket socket)
    {
        var local = (IPEndPoint)socket.LocalEndPoint!;
        var address = local.Address.IsIPv4MappedToIPv6 ? local.Address.MapToIPv4() : local.Address;
        return new BrokerAddress(AdvertisedHost ?? address.ToString(), local.Port);
    }

    /// <summary>The bytes of a connection, decrypted.</summary>
    public async ValueTask<Stream> OpenAsync(Socket socket, CancellationToken cancellationToken)
    {
        var plain = new NetworkStream(socket, ownsSocket: true);
        if (Certificate is null)
        {
            return plain;
        }

        var secure = new SslStream(plain);
        try
        {
            await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = Certificate }, cancellationToken).ConfigureAwait(false);
            return secure;
        }
        catch
        {
            await secure.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}

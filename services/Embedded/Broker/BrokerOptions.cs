using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StreamDistill.Contracts;

namespace StreamDistill.Embedded.Broker;

/// <summary>Settings of the embedded broker.</summary>
public sealed record BrokerOptions
{
    /// <summary>Where the log is kept. Null (the default) keeps it in a temporary directory that is removed when the broker stops.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>
    /// The address to listen on. Default 127.0.0.1. One that is not a loopback address is refused unless the broker has users
    /// (<see cref="UsersFile" />) or speaks TLS (<see cref="CertificateFile" />).
    /// </summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The TCP port; 0 (the default) lets the system choose a free one.</summary>
    [Range(0, 65535)]
    public int Port { get; init; }

    /// <summary>The host that clients are told to connect to. Null (the default) names to each client the address it used.</summary>
    public string? AdvertisedHost { get; init; }

    /// <summary>
    /// Whether a record is acknowledged only when it would survive a power cut. Default false: it survives a kill of the broker at
    /// once, and a power cut after 50 ms at most. A committed transaction survives both either way.
    /// </summary>
    public bool FsyncAlways { get; init; }

    /// <summary>Who may connect, with SASL/PLAIN; the file's form stands at SaslUsers. Null (the default) asks nobody.</summary>
    public string? UsersFile { get; init; }

    /// <summary>A PEM certificate, with those it depends on; the broker then speaks TLS only. Null (the default) is plain TCP.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>The certificate's PEM key.</summary>
    public string? KeyFile { get; init; }

    /// <summary>The largest request, 64 KiB to 1 GiB. Default 32 MiB.</summary>
    [Range(64 << 10, 1 << 30)]
    public int RequestBytesMax { get; init; } = 32 << 20;

    /// <summary>The memory that large requests take together, at least <see cref="RequestBytesMax" />. Default 64 MiB. Beyond it clients wait.</summary>
    public long RequestMemoryBytesMax { get; init; } = 64 << 20;

    /// <summary>The most bytes of records in an answer to Fetch, whatever the client asks for, 64 KiB to 1 GiB. Default 8 MiB.</summary>
    [Range(64 << 10, 1 << 30)]
    public int FetchBytesMax { get; init; } = 8 << 20;

    /// <summary>Connections at a time, 1 to 100,000. Default 1000.</summary>
    [Range(1, 100_000)]
    public int ConnectionsMax { get; init; } = 1000;

    /// <summary>Whether a topic is made when a client first asks about it. Default true.</summary>
    public bool AutoCreateTopics { get; init; } = true;

    /// <summary>The partitions of a topic that nobody gave a number, 1 to 10,000. Default that of the pipeline's topics.</summary>
    [Range(1, 10_000)]
    public int DefaultPartitions { get; init; } = Topic.DefaultPartitions;

    /// <summary>Gets the broker's own warnings; nothing by default.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Checks the values.</summary>
    /// <exception cref="StreamDistillException">A value is not allowed; the message names key, value and what is allowed.</exception>
    public void Validate()
    {
        Require(DataDirectory is null or { Length: > 0 }, nameof(DataDirectory), DataDirectory, "a directory, or none for a temporary one");
        Require(IPAddress.TryParse(Host, out _) || Host == "localhost", nameof(Host), Host, "an IP address of this machine, or localhost");
        Require(Port is >= 0 and <= IPEndPoint.MaxPort, nameof(Port), Port, $"1 to {IPEndPoint.MaxPort}, or 0 for a free one");
        Require(RequestBytesMax is >= 64 << 10 and <= 1 << 30, nameof(RequestBytesMax), RequestBytesMax, "65536 to 1073741824 bytes");
        Require(RequestMemoryBytesMax >= RequestBytesMax, nameof(RequestMemoryBytesMax), RequestMemoryBytesMax, $"at least RequestBytesMax, {RequestBytesMax} bytes");
        Require(FetchBytesMax is >= 64 << 10 and <= 1 << 30, nameof(FetchBytesMax), FetchBytesMax, "65536 to 1073741824 bytes");
        Require(ConnectionsMax is >= 1 and <= 100_000, nameof(ConnectionsMax), ConnectionsMax, "1 to 100000");
        Require(DefaultPartitions is >= 1 and <= 10_000, nameof(DefaultPartitions), DefaultPartitions, "1 to 10000");
        Require((CertificateFile is null) == (KeyFile is null), nameof(KeyFile), KeyFile, "a file where CertificateFile is one, and none where it is none");
        Require(
            Host == "localhost" || IPAddress.IsLoopback(IPAddress.Parse(Host)) || UsersFile is not null || CertificateFile is not null,
            nameof(Host),
            Host,
            "a loopback address such as 127.0.0.1, unless UsersFile (SASL/PLAIN) or CertificateFile (TLS) keeps strangers out");
    }

    private static void Require(bool holds, string key, object? value, FormattableString allowed) => Require(holds, key, value, FormattableString.Invariant(allowed));

    private static void Require(bool holds, string key, object? value, string allowed)
    {
        if (!holds)
        {
            throw new StreamDistillException(string.Create(CultureInfo.InvariantCulture, $"Broker:{key} is '{value}'; allowed is {allowed}."));
        }
    }
}

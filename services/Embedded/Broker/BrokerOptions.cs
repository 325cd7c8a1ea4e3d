using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace StreamDistill.Embedded.Broker;

/// <summary>Where the embedded broker listens. It listens on the loopback address only.</summary>
public sealed record BrokerOptions
{
    /// <summary>The TCP port; 0 (the default) lets the system choose a free one.</summary>
    [Range(0, 65535)]
    public int Port { get; init; }

    /// <summary>Gets the broker's own warnings; nothing by default.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}

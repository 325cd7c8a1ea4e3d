using System.Globalization;

namespace StreamDistill.Embedded.SchemaRegistry;

/// <summary>Settings of the embedded schema registry.</summary>
public sealed record SchemaRegistryOptions
{
    /// <summary>The address to listen on. Default 127.0.0.1: the registry asks for no credentials, so keep it off the network.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The port to listen on, 0 to 65535. Default 0, any free one.</summary>
    public int Port { get; init; }

    /// <summary>The compatibility level of subjects that have none of their own. Default <see cref="CompatibilityLevel.Backward" />, like Confluent's.</summary>
    public CompatibilityLevel DefaultCompatibility { get; init; } = CompatibilityLevel.Backward;

    /// <summary>The largest request body, in bytes, 1024 to 67108864. Default 1048576.</summary>
    public int RequestBytesMax { get; init; } = 1 << 20;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">A value is not allowed; the message names key, value and what is allowed.</exception>
    public void Validate()
    {
        Require(Uri.CheckHostName(Host) != UriHostNameType.Unknown, nameof(Host), Host, "a host name or an IP address");
        Require(Port is >= 0 and <= ushort.MaxValue, nameof(Port), Port, "0 (any free port) to 65535");
        Require(Enum.IsDefined(DefaultCompatibility), nameof(DefaultCompatibility), DefaultCompatibility, string.Join(", ", Enum.GetNames<CompatibilityLevel>()));
        Require(RequestBytesMax is >= 1024 and <= 1 << 26, nameof(RequestBytesMax), RequestBytesMax, "1024 to 67108864 bytes");
    }

    private static void Require(bool holds, string key, object value, string allowed)
    {
        if (!holds)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"SchemaRegistry:{key} is '{value}'; allowed is {allowed}."), key);
        }
    }
}

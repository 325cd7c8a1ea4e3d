using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace StreamDistill.Embedded.SchemaRegistry;

/// <summary>Settings of the embedded schema registry.</summary>
public sealed record SchemaRegistryOptions
{
    /// <summary>The address to listen on. Default 127.0.0.1: the registry asks for no credentials, so keep it off the network.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The port to listen on, 0 to 65535. Default 0, any free one.</summary>
    public int Port { get; init; }

    /// <summary>The Kafka that keeps what is registered, host:port, several separated by commas. Needed unless <see cref="InMemory" />.</summary>
    public string? BootstrapServers { get; init; }

    /// <summary>Whether everything is kept in memory only and forgotten when the registry stops. Default false; then it needs a Kafka.</summary>
    public bool InMemory { get; init; }

    /// <summary>The compacted topic of one partition that keeps what is registered; made where it is missing. Default _schemas, like Confluent's.</summary>
    public string Topic { get; init; } = "_schemas";

    /// <summary>How long a change may wait for Kafka, 1 to 60 seconds. Default 10; then its client is told that the operation timed out.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>More settings of the Kafka client, as librdkafka names them: security.protocol, say. Default none.</summary>
    public IReadOnlyDictionary<string, string> KafkaSettings { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets a warning where someone should know. Default none does.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

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
        Require(
            InMemory == string.IsNullOrWhiteSpace(BootstrapServers),
            nameof(BootstrapServers),
            BootstrapServers ?? "",
            InMemory ? "none, because InMemory is true" : "the address of a Kafka, for example 127.0.0.1:9092, unless InMemory is true");
        Require(Topic is { Length: > 0 and <= 249 } && Topic.All(IsOfTopicName), nameof(Topic), Topic, "1 to 249 letters, digits, '.', '_' and '-'");
        Require(WriteTimeout >= TimeSpan.FromSeconds(1) && WriteTimeout <= TimeSpan.FromSeconds(60), nameof(WriteTimeout), WriteTimeout, "00:00:01 to 00:01:00");
        Require(Enum.IsDefined(DefaultCompatibility), nameof(DefaultCompatibility), DefaultCompatibility, string.Join(", ", Enum.GetNames<CompatibilityLevel>()));
        Require(RequestBytesMax is >= 1024 and <= 1 << 26, nameof(RequestBytesMax), RequestBytesMax, "1024 to 67108864 bytes");
    }

    private static bool IsOfTopicName(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-';

    private static void Require(bool holds, string key, object value, string allowed)
    {
        if (!holds)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"SchemaRegistry:{key} is '{value}'; allowed is {allowed}."), key);
        }
    }
}

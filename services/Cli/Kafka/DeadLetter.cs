using System.Text;
using Confluent.Kafka;
using StreamDistill.Contracts;

namespace StreamDistill.Cli.Kafka;

/// <summary>A record of a dead-letter topic. What its headers do not say is null.</summary>
/// <param name="Topic">The dead-letter topic.</param>
/// <param name="Key">The key as text; null where it has none or is not UTF-8.</param>
/// <param name="Value">The bytes as read.</param>
internal sealed record DeadLetter(string Topic, string? Key, byte[]? Value)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>topic/partition/offset of the record.</summary>
    public string? Source { get; private init; }

    /// <summary>The stage that gave up on it.</summary>
    public string? Service { get; private init; }

    /// <summary>Why, as a stable word.</summary>
    public string? ReasonCode { get; private init; }

    /// <summary>Why, for a person.</summary>
    public string? Message { get; private init; }

    /// <summary>The exception's type.</summary>
    public string? Exception { get; private init; }

    /// <summary>Where it was read, or where it lies itself: no two have the same.</summary>
    public required string Place { get; init; }

    public static DeadLetter Read(ConsumeResult<byte[], byte[]?> record)
    {
        string? Header(string name) => record.Message.Headers?.TryGetLastBytes(name, out var bytes) == true ? Text(bytes) : null;
        return new DeadLetter(record.Topic, Text(record.Message.Key), record.Message.Value)
        {
            Source = Header(DeadLetterHeaders.Source),
            Service = Header(DeadLetterHeaders.Service),
            ReasonCode = Header(DeadLetterHeaders.Reason),
            Message = Header(DeadLetterHeaders.Message),
            Exception = Header(DeadLetterHeaders.Exception),
            Place = Header(DeadLetterHeaders.Source) ?? $"{record.Topic}/{record.Partition.Value}/{record.Offset.Value}",
        };
    }

    private static string? Text(byte[]? bytes)
    {
        try
        {
            return bytes is null ? null : Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}

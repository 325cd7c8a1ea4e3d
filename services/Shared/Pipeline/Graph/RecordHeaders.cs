using System.Diagnostics;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using StreamDistill.Contracts;

namespace StreamDistill.Pipeline;

/// <summary>The headers that travel with records.</summary>
internal static class RecordHeaders
{
    /// <summary>How many records of this topic and key were written together, this one first (ASCII decimal).</summary>
    public const string UnitSize = "streamdistill-unit-size";

    /// <summary>W3C trace context.</summary>
    public const string TraceParent = "traceparent";

    /// <summary>A size that no sender of ours exceeds; a larger one is somebody's mistake and is taken as 1.</summary>
    private const int MaxUnitSize = 4096;

    public static int ReadUnitSize(ConsumeResult<byte[], byte[]> record) =>
        record.Message.Headers is { Count: > 0 } headers
        && headers.TryGetLastBytes(UnitSize, out var bytes)
        && int.TryParse(bytes, NumberStyles.None, CultureInfo.InvariantCulture, out var size)
        && size is > 0 and <= MaxUnitSize
            ? size
            : 1;

    public static string? ReadTraceParent(ConsumeResult<byte[], byte[]> record) =>
        record.Message.Headers is { Count: > 0 } headers && headers.TryGetLastBytes(TraceParent, out var bytes) ? Encoding.ASCII.GetString(bytes) : null;

    public static Headers ForOutput(int unitSize, string? traceParent)
    {
        var headers = new Headers();
        if (unitSize > 1)
        {
            headers.Add(UnitSize, Encoding.ASCII.GetBytes(unitSize.ToString(CultureInfo.InvariantCulture)));
        }

        if ((Activity.Current?.Id ?? traceParent) is { } trace)
        {
            headers.Add(TraceParent, Encoding.ASCII.GetBytes(trace));
        }

        return headers;
    }

    /// <summary>The record as read, with the reason in its headers.</summary>
    public static OutgoingRecord DeadLetter(ConsumeResult<byte[], byte[]> record, string service, string reason, Exception cause)
    {
        var headers = new Headers();
        foreach (var header in record.Message.Headers ?? [])
        {
            // A dead letter stands alone; what it was written together with stays behind.
            if (header.Key != UnitSize)
            {
                headers.Add(header);
            }
        }

        headers.Add(DeadLetterHeaders.Reason, Encoding.UTF8.GetBytes(reason));
        headers.Add(DeadLetterHeaders.Exception, Encoding.UTF8.GetBytes(cause.GetType().FullName ?? cause.GetType().Name));
        headers.Add(DeadLetterHeaders.Message, Encoding.UTF8.GetBytes(cause.Message));
        headers.Add(DeadLetterHeaders.Source, Encoding.UTF8.GetBytes($"{record.Topic}/{record.Partition.Value}/{record.Offset.Value}"));
        headers.Add(DeadLetterHeaders.Service, Encoding.UTF8.GetBytes(service));
        return new OutgoingRecord(
            Topics.DeadLettersOf(record.Topic),
            new Message<byte[], byte[]> { Key = record.Message.Key, Value = record.Message.Value, Headers = headers });
    }
}

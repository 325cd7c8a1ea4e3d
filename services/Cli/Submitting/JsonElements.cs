using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace StreamDistill.Cli.Submitting;

/// <summary>A line or array element of an input.</summary>
/// <param name="Number">From 1: the line's number in its file, or the element's in its array.</param>
/// <param name="Bytes">Its JSON, to be checked by whoever reads it; null where it is too long.</param>
internal readonly record struct JsonElementLine(long Number, ReadOnlyMemory<byte>? Bytes);

/// <summary>Splits JSON Lines, or a JSON array, into elements without holding more than one of them.</summary>
internal static class JsonElements
{
    /// <summary>The longest line read.</summary>
    public const int LineBytesMax = 64 * 1024 * 1024;

    /// <summary>
    /// The elements of a file; "-" is standard input. Gzip is recognised by its first bytes, an array by its first character;
    /// a file named .json may have its objects on as many lines as it likes; anything else has one on each line.
    /// </summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="JsonException">An array or document is not JSON: nothing after the damage can be found.</exception>
    public static async IAsyncEnumerable<JsonElementLine> ReadAsync(string path, int bytesMax, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var raw = path == "-" ? Console.OpenStandardInput() : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan);
        var (first, stream) = await PeekAsync(raw, cancellationToken);
        if (first is [0x1f, 0x8b, ..])
        {
            (first, stream) = await PeekAsync(new GZipStream(stream, CompressionMode.Decompress), cancellationToken);
        }

        await using (stream)
        {
            var start = first.AsSpan().TrimStart("\uFEFF"u8).TrimStart(" \t\r\n"u8);
            var isDocument = path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".json.gz", StringComparison.OrdinalIgnoreCase);
            var elements = start is [(byte)'[', ..] ? ValuesAsync(stream, isArray: true, cancellationToken)
                : isDocument ? ValuesAsync(stream, isArray: false, cancellationToken)
                : LinesAsync(stream, bytesMax, cancellationToken);
            await foreach (var element in elements)
            {
                yield return element;
            }
        }
    }

    /// <summary>The lines that are not blank.</summary>
    public static async IAsyncEnumerable<JsonElementLine> LinesAsync(Stream stream, int bytesMax, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 1 << 16, leaveOpen: true));
        var isTooLong = false;
        for (long number = 1; ;)
        {
            var result = await reader.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            while (NextLine(ref buffer, result.IsCompleted) is { } line)
            {
                var bytes = line.Length > bytesMax || isTooLong ? null : (ReadOnlyMemory<byte>?)WithoutMark(line.ToArray(), number);
                if (bytes is null || bytes.Value.Span.ContainsAnyExcept(" \t\r"u8))
                {
                    yield return new JsonElementLine(number, bytes);
                }

                isTooLong = false;
                number++;
            }

            if (result.IsCompleted)
            {
                await reader.CompleteAsync();
                yield break;
            }

            if (buffer.Length > bytesMax)
            {
                // Forget what was read of it, remember that it was too long.
                isTooLong = true;
                buffer = buffer.Slice(buffer.End);
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private static ReadOnlySequence<byte>? NextLine(ref ReadOnlySequence<byte> buffer, bool isLast)
    {
        if (buffer.PositionOf((byte)'\n') is { } end)
        {
            var line = buffer.Slice(0, end);
            buffer = buffer.Slice(buffer.GetPosition(1, end));
            return line;
        }

        if (!isLast || buffer.IsEmpty)
        {
            return null;
        }

        var rest = buffer;
        buffer = buffer.Slice(buffer.End);
        return rest;
    }

    private static ReadOnlyMemory<byte> WithoutMark(byte[] line, long number) =>
        number == 1 && line.AsSpan().StartsWith("\uFEFF"u8) ? line.AsMemory(3) : line;

    private static async IAsyncEnumerable<JsonElementLine> ValuesAsync(Stream stream, bool isArray, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long number = 0;
        await foreach (var element in JsonSerializer.DeserializeAsyncEnumerable<JsonElement>(stream, topLevelValues: !isArray, cancellationToken: cancellationToken))
        {
            yield return new JsonElementLine(++number, JsonSerializer.SerializeToUtf8Bytes(element));
        }
    }

    private static async Task<(byte[] First, Stream Whole)> PeekAsync(Stream stream, CancellationToken cancellationToken)
    {
        var first = new byte[4096];
        var count = await stream.ReadAtLeastAsync(first, first.Length, throwOnEndOfStream: false, cancellationToken);
        return (first[..count], new PrefixedStream(first.AsMemory(0, count), stream));
    }
}

using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace StreamDistill.Ingest;

/// <summary>
/// Reads prompts from a stream, one at a time: memory is bounded by the largest prompt allowed, not by the input. Gzip is
/// recognised by its first bytes. What is wrong with a line is said in its result; only a failing stream throws.
/// </summary>
/// <param name="options">How input is read.</param>
/// <param name="time">The clock for submitted_at and new ids; the system's where null.</param>
public sealed class PromptReader(PromptReaderOptions options, TimeProvider? time = null)
{
    private const int MaxLeadingBlankBytes = 64 * 1024;

    private readonly PromptParser parser = new(options, time ?? TimeProvider.System);

    /// <summary>Reads a file: .json (or .json.gz) is read as one document, anything else by what is in it.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static async IAsyncEnumerable<PromptLine> ReadFileAsync(
        string path,
        PromptReaderOptions options,
        TimeProvider? time = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var isDocument = path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".json.gz", StringComparison.OrdinalIgnoreCase);
        var layout = isDocument && options.Layout == InputLayout.Auto ? InputLayout.Document : options.Layout;
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
        await foreach (var line in new PromptReader(options with { Layout = layout }, time).ReadAsync(file, cancellationToken))
        {
            yield return line;
        }
    }

    /// <summary>Reads a stream to its end; the stream stays open.</summary>
    public async IAsyncEnumerable<PromptLine> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var input = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 * 1024, leaveOpen: true));
        await foreach (var line in ReadAsync(input, cancellationToken))
        {
            yield return line;
        }

        await input.CompleteAsync();
    }

    /// <summary>Reads a pipe to its end, without completing it.</summary>
    public async IAsyncEnumerable<PromptLine> ReadAsync(PipeReader input, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ElementSplitter? splitter = null;
        var totalBytes = 0L;
        var (source, damage) = await OpenAsync(input, cancellationToken);
        for (var ended = false; damage is null && !ended;)
        {
            (var chunk, damage) = await TryReadAsync(source, minimumBytes: 1, cancellationToken);
            if (splitter is null && damage is null && FirstOf(chunk.Buffer) is null && chunk.Buffer.Length < MaxLeadingBlankBytes && !chunk.IsCompleted)
            {
                // The first character that is not blank decides the layout: wait for it.
                source.AdvanceTo(chunk.Buffer.Start, chunk.Buffer.End);
                continue;
            }

            totalBytes += chunk.Buffer.Length;
            if (totalBytes > options.MaxTotalBytes)
            {
                damage = (RefusalCodes.InputTooLarge, $"the input is larger than the {options.MaxTotalBytes} bytes allowed; it was read up to here");
            }

            if (damage is null)
            {
                splitter ??= ChooseSplitter(chunk.Buffer);
                foreach (var segment in chunk.Buffer)
                {
                    var rest = segment;
                    while (splitter.TryTake(ref rest, out var element))
                    {
                        yield return parser.Parse(element);
                    }
                }

                source.AdvanceTo(chunk.Buffer.End);
                ended = chunk.IsCompleted;
            }
        }

        if (damage is { } cause)
        {
            yield return PromptLine.Of(new Refusal((splitter?.Line ?? 0) + 1, "$", cause.Code, cause.Reason));
        }
        else if (splitter!.TryFinish(out var last))
        {
            yield return parser.Parse(last);
        }
    }

    /// <summary>The input after decompression and without a byte order mark.</summary>
    private static async ValueTask<(PipeReader Source, (string Code, string Reason)? Damage)> OpenAsync(PipeReader input, CancellationToken cancellationToken)
    {
        var source = input;
        var (start, damage) = await TryReadAsync(source, minimumBytes: 3, cancellationToken);
        if (damage is null && StartsWith(start.Buffer, [0x1F, 0x8B]))
        {
            source.AdvanceTo(start.Buffer.Start);
            var expanded = new GZipStream(input.AsStream(leaveOpen: true), CompressionMode.Decompress);
            source = PipeReader.Create(expanded, new StreamPipeReaderOptions(bufferSize: 64 * 1024));
            (start, damage) = await TryReadAsync(source, minimumBytes: 3, cancellationToken);
        }

        if (damage is null)
        {
            source.AdvanceTo(StartsWith(start.Buffer, [0xEF, 0xBB, 0xBF]) ? start.Buffer.GetPosition(3) : start.Buffer.Start);
        }

        return (source, damage);
    }

    private static async ValueTask<(ReadResult Chunk, (string Code, string Reason)? Damage)> TryReadAsync(
        PipeReader source, int minimumBytes, CancellationToken cancellationToken)
    {
        try
        {
            return (await source.ReadAtLeastAsync(minimumBytes, cancellationToken), null);
        }
        catch (InvalidDataException e)
        {
            return (default, (RefusalCodes.Malformed, $"the gzip stream is damaged: {e.Message}"));
        }
    }

    private static bool StartsWith(ReadOnlySequence<byte> buffer, ReadOnlySpan<byte> signature)
    {
        var reader = new SequenceReader<byte>(buffer);
        return reader.IsNext(signature);
    }

    /// <summary>The first byte that is not blank; null where there is none.</summary>
    private static byte? FirstOf(ReadOnlySequence<byte> buffer)
    {
        var reader = new SequenceReader<byte>(buffer);
        reader.AdvancePastAny(" \t\r\n"u8);
        return reader.TryPeek(out var first) ? first : null;
    }

    private ElementSplitter ChooseSplitter(ReadOnlySequence<byte> start)
    {
        return options.Layout == InputLayout.Document || (options.Layout == InputLayout.Auto && FirstOf(start) == '[')
            ? new DocumentSplitter(options.MaxPromptBytes)
            : new LineSplitter(options.MaxPromptBytes);
    }
}

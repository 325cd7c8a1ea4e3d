using System.Runtime.CompilerServices;
using System.Text.Json;

namespace StreamDistill.Cli.Submitting;

/// <summary>Lines to send together, and lines that cannot be sent at all.</summary>
internal sealed record LineChunk(IReadOnlyList<JsonElementLine> Lines, IReadOnlyList<RefusedLine> Refused);

/// <summary>Puts the elements of a file into requests of bounded size.</summary>
internal static class LineChunks
{
    /// <summary>Longest prompt sent; Ingest refuses shorter ones already.</summary>
    public const int LineBytesMax = 8 * 1024 * 1024;

    private const int LinesMax = 500;
    private const int ChunkBytesMax = 1024 * 1024;

    /// <exception cref="IOException">The file cannot be read.</exception>
    public static async IAsyncEnumerable<LineChunk> ReadAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var lines = new List<JsonElementLine>();
        var refused = new List<RefusedLine>();
        var bytes = 0;
        long last = 0;
        await using var elements = JsonElements.ReadAsync(path, LineBytesMax, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            var damage = (string?)null;
            var isMore = false;
            try
            {
                isMore = await elements.MoveNextAsync();
            }
            catch (Exception e) when (e is JsonException or InvalidDataException)
            {
                damage = e.Message;
            }

            if (damage is not null)
            {
                refused.Add(new RefusedLine(last + 1, "$", $"the input is damaged here, and nothing after it can be read: {damage}"));
            }

            if (!isMore)
            {
                break;
            }

            var element = elements.Current;
            last = element.Number;
            if (element.Bytes is not { } content)
            {
                refused.Add(new RefusedLine(element.Number, "$", $"the line is longer than {LineBytesMax} bytes"));
                continue;
            }

            if (lines.Count > 0 && (lines.Count == LinesMax || bytes + content.Length > ChunkBytesMax))
            {
                yield return new LineChunk(lines, refused);
                (lines, refused, bytes) = ([], [], 0);
            }

            lines.Add(element);
            bytes += content.Length;
        }

        if (lines.Count + refused.Count > 0)
        {
            yield return new LineChunk(lines, refused);
        }
    }
}

using System.Runtime.CompilerServices;
using StreamDistill.Contracts;

namespace StreamDistill.Train;

/// <summary>A file of JSON lines, see <see cref="ExampleLine"/>: one partition, whose offsets are numbers of lines.</summary>
internal sealed class FileExampleLog(string path) : IExampleLog
{
    private static readonly Dictionary<int, long> Nothing = [];

    public bool IsEndless => false;

    public async Task<IReadOnlyDictionary<int, long>> EndsAsync(CancellationToken cancellationToken)
    {
        var lines = 0L;
        await foreach (var _ in LinesAsync(cancellationToken))
        {
            lines++;
        }

        return lines == 0 ? Nothing : new Dictionary<int, long> { [0] = lines };
    }

    public async IAsyncEnumerable<ExampleRecord> ReadAsync(
        IReadOnlyDictionary<int, long> from, IReadOnlyDictionary<int, long> to, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (start, end) = (from.GetValueOrDefault(0, 0), to.GetValueOrDefault(0, 0));
        var number = 0L;
        await foreach (var line in LinesAsync(cancellationToken))
        {
            if (number >= end)
            {
                break;
            }

            if (number++ >= start && !string.IsNullOrWhiteSpace(line))
            {
                yield return ExampleLine.Parse(line, path, number);
            }
        }
    }

    private async IAsyncEnumerable<string> LinesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        StreamReader reader;
        try
        {
            reader = new StreamReader(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StreamDistillException($"Train:From: {path} cannot be read: {error.Message}", isTransient: false, error);
        }

        using (reader)
        {
            while (await reader.ReadLineAsync(cancellationToken) is { } line)
            {
                yield return line;
            }
        }
    }
}

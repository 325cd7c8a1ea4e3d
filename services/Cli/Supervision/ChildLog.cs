using System.Text.RegularExpressions;

namespace StreamDistill.Cli.Supervision;

/// <summary>
/// Where a child's lines go: all of them into its log file, warnings and errors also to <paramref name="forward"/> with the
/// child's name before them. Keeps the last lines for whoever has to explain why the child died.
/// </summary>
internal sealed partial class ChildLog(string name, string path, Action<string> forward) : IDisposable
{
    private const int LastLines = 20;

    private readonly Lock writing = new();
    private readonly StreamWriter file = new(path, append: true) { AutoFlush = true };
    private readonly Queue<string> last = new();
    private readonly TaskCompletionSource<string> firstLine = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool isQuiet;

    /// <summary>The log file.</summary>
    public string FilePath => path;

    /// <summary>The first line written to standard output.</summary>
    public Task<string> FirstLine => firstLine.Task;

    /// <summary>The last lines written, oldest first.</summary>
    public string Last
    {
        get
        {
            lock (writing)
            {
                return string.Join(Environment.NewLine, last);
            }
        }
    }

    /// <summary>Forwards no more: what a child says while it is being stopped is in its log file only.</summary>
    public void Quiet() => isQuiet = true;

    /// <summary>Takes a line of standard output.</summary>
    public void Output(string line)
    {
        Write(line);
        firstLine.TrySetResult(line);
        if (WarningOrWorse().IsMatch(line))
        {
            Forward(line);
        }
    }

    /// <summary>Takes a line of standard error.</summary>
    public void Error(string line)
    {
        Write(line);
        if (!ClientChatter().IsMatch(line))
        {
            Forward(line);
        }
    }

    public void Dispose()
    {
        lock (writing)
        {
            file.Dispose();
        }
    }

    private void Forward(string line)
    {
        if (!isQuiet && line.Length > 0)
        {
            forward($"{name}: {Timestamp().Replace(line, "")}");
        }
    }

    private void Write(string line)
    {
        lock (writing)
        {
            file.WriteLine(line);
            last.Enqueue(line);
            if (last.Count > LastLines)
            {
                last.Dequeue();
            }
        }
    }

    // The services' console: 2026-01-31T12:00:00.000Z warn: Category[0] Message.
    [GeneratedRegex(@"^(\S+Z )?(warn|fail|crit): ")]
    private static partial Regex WarningOrWorse();

    // librdkafka's own lines: what matters of them the service says itself.
    [GeneratedRegex(@"^%\d\|")]
    private static partial Regex ClientChatter();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\S+Z ")]
    private static partial Regex Timestamp();
}

using System.Text;
using Microsoft.Extensions.Logging;
using StreamDistill.Embedded.Broker.Log;
using StreamDistill.Embedded.Broker.Protocol;

namespace StreamDistill.Embedded.Tests.Broker.Log;

/// <summary>A clock that stands where it is put.</summary>
internal sealed class ManualTime : TimeProvider
{
    public DateTimeOffset Now { get; set; } = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000);

    public long NowMs => Now.ToUnixTimeMilliseconds();

    public override DateTimeOffset GetUtcNow() => Now;
}

/// <summary>Keeps what is logged.</summary>
internal sealed class LogLines : ILogger
{
    private readonly List<(LogLevel Level, string Text)> lines = [];

    public IReadOnlyList<(LogLevel Level, string Text)> All
    {
        get
        {
            lock (lines)
            {
                return [.. lines];
            }
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (lines)
        {
            lines.Add((logLevel, formatter(state, exception)));
        }
    }
}

/// <summary>A partition in a directory of its own, which can be opened again.</summary>
internal sealed class TestLog : IDisposable
{
    private readonly IFileSystem files;

    public TestLog(LogOptions? options = null, IFileSystem? files = null)
    {
        this.files = files ?? DiskFileSystem.Instance;
        Options = options ?? new LogOptions();
        Directory = Path.Combine(Path.GetTempPath(), "log-" + Guid.NewGuid().ToString("N"));
        Log = Open();
    }

    public string Directory { get; }

    public LogOptions Options { get; set; }

    public ManualTime Time { get; } = new();

    public LogLines Lines { get; } = new();

    public PartitionLog Log { get; private set; }

    public static LogRecord Record(string? key, string? value, long timestampMs = 1_700_000_000_000) =>
        new(0, timestampMs, BytesOf(key), BytesOf(value));

    private static ReadOnlyMemory<byte>? BytesOf(string? text) => text is null ? default(ReadOnlyMemory<byte>?) : Encoding.UTF8.GetBytes(text);

    public static byte[] Batch(params string[] values) => RecordBatch.Build([.. values.Select(value => Record("k", value))]);

    public PartitionLog Reopen()
    {
        Log.Dispose();
        return Log = Open();
    }

    public AppendResult Append(params string[] values) => Log.Append(Batch(values));

    public ReadResult Read(long offset, out byte[] bytes, int maxBytes = 1 << 20, bool atLeastOne = true, IsolationLevel isolation = IsolationLevel.ReadUncommitted)
    {
        using var writer = new KafkaWriter(isFlexible: false);
        var result = Log.Read(offset, maxBytes, atLeastOne, isolation, writer);
        bytes = writer.Written.ToArray();
        return result;
    }

    /// <summary>All values from an offset on, as a reader that goes on and on gets them.</summary>
    public List<string> Values(long offset = 0, IsolationLevel isolation = IsolationLevel.ReadUncommitted)
    {
        var values = new List<string>();
        var end = isolation == IsolationLevel.ReadCommitted ? Log.LastStableOffset : Log.EndOffset;
        while (offset < end)
        {
            var result = Read(offset, out var bytes, 4096, atLeastOne: true, isolation);
            Assert.Equal(ErrorCode.None, result.Error);
            Assert.NotEqual(0, result.Bytes);
            foreach (var batch in Batches(bytes))
            {
                var header = new BatchHeader(batch.Span);
                values.AddRange(header.IsControl ? [] : RecordBatch.Records(batch, header).Where(record => record.Offset >= offset).Select(Value));
                offset = header.LastOffset + 1;
            }
        }

        return values;
    }

    public static string Value(LogRecord record) => record.Value is { } value ? Encoding.UTF8.GetString(value.Span) : "null";

    public static IEnumerable<ReadOnlyMemory<byte>> Batches(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var size = (int)new BatchHeader(bytes.Span).TotalSize;
            yield return bytes[..size];
            bytes = bytes[size..];
        }
    }

    public void Dispose()
    {
        Log.Dispose();
        if (System.IO.Directory.Exists(Directory))
        {
            System.IO.Directory.Delete(Directory, recursive: true);
        }
    }

    private PartitionLog Open() => PartitionLog.Open(files, Directory, "topic-0", Options, Time, Lines);
}

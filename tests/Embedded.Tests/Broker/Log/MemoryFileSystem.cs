using StreamDistill.Embedded.Broker.Log;

namespace StreamDistill.Embedded.Tests.Broker.Log;

/// <summary>
/// Files in memory whose every change is kept, so that the disk as it was after any of them can be made again, whole, torn or as a
/// power cut leaves it. It can be full, and its fsync can fail.
/// </summary>
internal sealed class MemoryFileSystem : IFileSystem
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Node> names = [];
    private readonly List<Change> changes = [];

    /// <summary>One change, in the order they happened.</summary>
    internal abstract record Change;

    internal sealed record Created(string Path, Node Node) : Change;

    internal sealed record Written(Node Node, long Position, byte[] Bytes) : Change;

    internal sealed record Resized(Node Node, long Length) : Change;

    internal sealed record Flushed(Node Node) : Change;

    internal sealed record Renamed(string From, string To) : Change;

    internal sealed record Deleted(string Path) : Change;

    internal sealed record DirectorySynced : Change;

    public IReadOnlyList<Change> Changes => changes;

    /// <summary>How many bytes may still be written.</summary>
    public long FreeBytes { get; set; } = long.MaxValue;

    public bool FailsFlush { get; set; }

    public bool FailsResize { get; set; }

    /// <summary>Called in every fsync.</summary>
    public Action OnFlush { get; set; } = () => { };

    public IEnumerable<string> Paths => names.Keys;

    /// <summary>Each file's bytes.</summary>
    public byte[] this[string path]
    {
        get => names[path].Content;
        set => names[path].Content = value;
    }

    /// <summary>The disk after the first changes, and part of the next one where it is a write.</summary>
    public static MemoryFileSystem After(IReadOnlyList<Change> changes, int count, double partOfNext = 0)
    {
        var copy = new MemoryFileSystem();
        var nodes = new Dictionary<Node, Node>();
        foreach (var change in changes.Take(count))
        {
            Apply(change, copy.names, nodes);
        }

        if (partOfNext > 0 && count < changes.Count && changes[count] is Written next)
        {
            Apply(next with { Bytes = next.Bytes[..(int)(next.Bytes.Length * partOfNext)] }, copy.names, nodes);
        }

        return copy;
    }

    /// <summary>
    /// The disk after a power cut: what was not synced is there or is not, as chance has it (never where random is null). Writes go
    /// out in any order, changes of names in theirs.
    /// </summary>
    public static MemoryFileSystem AfterPowerCut(IReadOnlyList<Change> changes, int count, Random? random)
    {
        var copy = new MemoryFileSystem();
        var nodes = new Dictionary<Node, Node>();
        var happened = changes.Take(count).ToList();
        var lastSync = happened.FindLastIndex(change => change is DirectorySynced);
        var namesKept = random is null ? 0 : random.Next(happened.Count(IsName) + 1);
        var lastFlush = new Dictionary<Node, int>();
        for (var i = 0; i < happened.Count; i++)
        {
            if (happened[i] is Flushed flushed)
            {
                lastFlush[flushed.Node] = i;
            }
        }

        for (var i = 0; i < happened.Count; i++)
        {
            var isKept = happened[i] switch
            {
                Written written => i < lastFlush.GetValueOrDefault(written.Node, -1) || random?.Next(2) == 0,
                Resized resized => i < lastFlush.GetValueOrDefault(resized.Node, -1) || random?.Next(2) == 0,
                _ => i < lastSync || namesKept-- > 0,
            };
            if (isKept)
            {
                Apply(happened[i], copy.names, nodes);
            }
        }

        return copy;
    }

    public IFile Open(string path)
    {
        lock (gate)
        {
            if (!names.TryGetValue(path, out var node))
            {
                node = new Node();
                names.Add(path, node);
                changes.Add(new Created(path, node));
            }

            return new Handle(this, node);
        }
    }

    public bool Exists(string path) => names.ContainsKey(path);

    public void Delete(string path)
    {
        lock (gate)
        {
            if (names.Remove(path))
            {
                changes.Add(new Deleted(path));
            }
        }
    }

    public void Rename(string from, string to)
    {
        lock (gate)
        {
            names.Remove(from, out var node);
            names[to] = node ?? throw new IOException($"There is no {from}.");
            changes.Add(new Renamed(from, to));
        }
    }

    public IReadOnlyList<string> List(string directory) =>
        [.. names.Keys.Where(path => Path.GetDirectoryName(path) == directory).Select(path => Path.GetFileName(path))];

    public void CreateDirectory(string directory)
    {
    }

    public void SyncDirectory(string directory)
    {
        lock (gate)
        {
            changes.Add(new DirectorySynced());
        }
    }

    private static bool IsName(Change change) => change is Created or Renamed or Deleted;

    private static void Apply(Change change, Dictionary<string, Node> names, Dictionary<Node, Node> nodes)
    {
        switch (change)
        {
            case Created created:
                names[created.Path] = CopyOf(created.Node, nodes);
                break;
            case Written written:
                CopyOf(written.Node, nodes).Write(written.Bytes, written.Position);
                break;
            case Resized resized:
                CopyOf(resized.Node, nodes).Resize(resized.Length);
                break;
            case Renamed renamed when names.Remove(renamed.From, out var node):
                names[renamed.To] = node;
                break;
            case Deleted deleted:
                names.Remove(deleted.Path);
                break;
        }
    }

    private static Node CopyOf(Node node, Dictionary<Node, Node> nodes)
    {
        if (!nodes.TryGetValue(node, out var copy))
        {
            copy = new Node();
            nodes.Add(node, copy);
        }

        return copy;
    }

    internal sealed class Node
    {
        public byte[] Content { get; set; } = [];

        public void Write(ReadOnlySpan<byte> bytes, long position)
        {
            Resize(Math.Max(Content.Length, position + bytes.Length));
            bytes.CopyTo(Content.AsSpan((int)position));
        }

        public void Resize(long length)
        {
            if (length != Content.Length)
            {
                var content = Content;
                Array.Resize(ref content, (int)length);
                Content = content;
            }
        }
    }

    private sealed class Handle(MemoryFileSystem files, Node node) : IFile
    {
        public long Length
        {
            get
            {
                lock (files.gate)
                {
                    return node.Content.Length;
                }
            }
        }

        public int Read(Span<byte> into, long position)
        {
            lock (files.gate)
            {
                var content = node.Content;
                var count = (int)Math.Clamp(content.Length - position, 0, into.Length);
                content.AsSpan((int)Math.Min(position, content.Length), count).CopyTo(into);
                return count;
            }
        }

        public void Write(ReadOnlySpan<byte> bytes, long position)
        {
            lock (files.gate)
            {
                var room = (int)Math.Min(bytes.Length, files.FreeBytes);
                node.Write(bytes[..room], position);
                files.changes.Add(new Written(node, position, bytes[..room].ToArray()));
                files.FreeBytes -= room;
                if (room < bytes.Length)
                {
                    throw new IOException("No space left on device");
                }
            }
        }

        public void SetLength(long length)
        {
            lock (files.gate)
            {
                if (files.FailsResize)
                {
                    throw new IOException("Input/output error");
                }

                node.Resize(length);
                files.changes.Add(new Resized(node, length));
            }
        }

        public void Flush()
        {
            files.OnFlush();
            lock (files.gate)
            {
                if (files.FailsFlush)
                {
                    throw new IOException("Input/output error");
                }

                files.changes.Add(new Flushed(node));
            }
        }

        public void Dispose()
        {
        }
    }
}

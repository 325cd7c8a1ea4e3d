using StreamDistill.Embedded.Broker.Log;

namespace StreamDistill.Embedded.Tests.Broker.Transactions;

/// <summary>
/// The disk, with a journal of what is done to it, from which the directory as it was at any moment is made again: as a kill leaves
/// it (everything written is there) or a power cut (of chosen files what was written after their last flush is not).
/// </summary>
internal sealed class JournalingFileSystem(string root) : IFileSystem
{
    private readonly DiskFileSystem disk = DiskFileSystem.Instance;
    private readonly Lock gate = new();
    private readonly List<Entry> journal = [];
    private readonly List<JournaledFile> open = [];

    private enum Kind
    {
        Make,
        Write,
        SetLength,
        Flush,
        Rename,
        Delete,
        Note,
    }

    private sealed record Entry(Kind Kind, string Path, byte[] Bytes, long Position, string To = "");

    /// <summary>How many moments there are.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return journal.Count;
            }
        }
    }

    /// <summary>Leaves the first entries out: they are in the copy from which it is replayed.</summary>
    public void Forget(int count)
    {
        lock (gate)
        {
            journal.RemoveRange(0, count);
        }
    }

    /// <summary>Notes what a client was told.</summary>
    public void Note(string told) => Add(new Entry(Kind.Note, told, [], 0), () => { });

    /// <summary>What clients were told up to a moment.</summary>
    public IReadOnlyList<string> Told(int moment) => [.. journal.Take(moment).Where(e => e.Kind == Kind.Note).Select(e => e.Path)];

    /// <summary>Files with bytes that were not flushed at a moment.</summary>
    public IReadOnlyList<string> Unflushed(int moment) =>
        [.. journal.Take(moment).Where(e => e.Kind == Kind.Write).Select(e => e.Path).Distinct().Where(path => LastFlush(path, moment) < LastWrite(path, moment))];

    /// <summary>The entries that have changed what is on disk, for moments at which the disk is the same the same ones.</summary>
    /// <param name="moment">How many entries there are.</param>
    /// <param name="losing">Files that lose what was not flushed.</param>
    public IReadOnlyList<int> Effective(int moment, IReadOnlyCollection<string> losing)
    {
        var lastFlush = losing.ToDictionary(path => path, path => LastFlush(path, moment));
        return [.. Enumerable.Range(0, moment).Where(i =>
            journal[i].Kind is not (Kind.Note or Kind.Flush) && !(lastFlush.TryGetValue(journal[i].Path, out var flushed) && i > flushed))];
    }

    /// <summary>Does to a copy of the directory what some entries did to it.</summary>
    public void Replay(string directory, IReadOnlyList<int> entries)
    {
        foreach (var i in entries)
        {
            Apply(directory, journal[i]);
        }
    }

    public IFile Open(string path)
    {
        JournaledFile? file = null;
        Add(new Entry(Kind.Make, Relative(path), [], 0), () => open.Add(file = new JournaledFile(this, disk.Open(path), Relative(path))));
        return file!;
    }

    public bool Exists(string path) => disk.Exists(path);

    public void Delete(string path) => Add(new Entry(Kind.Delete, Relative(path), [], 0), () => disk.Delete(path));

    public void Rename(string from, string to) => Add(new Entry(Kind.Rename, Relative(from), [], 0, Relative(to)), () =>
    {
        disk.Rename(from, to);
        open.Where(f => f.Path == Relative(from)).ToList().ForEach(f => f.Path = Relative(to));
    });

    public IReadOnlyList<string> List(string directory) => disk.List(directory);

    public void CreateDirectory(string directory) => disk.CreateDirectory(directory);

    public void SyncDirectory(string directory) => disk.SyncDirectory(directory);

    private static void Apply(string directory, Entry entry)
    {
        var path = Path.Combine(directory, entry.Path);
        switch (entry.Kind)
        {
            case Kind.Delete: File.Delete(path); return;
            case Kind.Rename: File.Move(path, Path.Combine(directory, entry.To), overwrite: true); return;
            default: break;
        }

        using var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite);
        if (entry.Kind == Kind.Write)
        {
            RandomAccess.Write(file, entry.Bytes, entry.Position);
        }
        else if (entry.Kind == Kind.SetLength)
        {
            RandomAccess.SetLength(file, entry.Position);
        }
    }

    private int LastFlush(string path, int moment) => journal.FindLastIndex(moment - 1, e => e.Kind == Kind.Flush && e.Path == path);

    private int LastWrite(string path, int moment) => journal.FindLastIndex(moment - 1, e => e.Kind is Kind.Write or Kind.SetLength && e.Path == path);

    private string Relative(string path) => Path.GetRelativePath(root, path);

    private void Add(Entry entry, Action act)
    {
        lock (gate)
        {
            act();
            journal.Add(entry);
        }
    }

    private sealed class JournaledFile(JournalingFileSystem files, IFile file, string path) : IFile
    {
        public string Path { get; set; } = path;

        public long Length => file.Length;

        public int Read(Span<byte> into, long position) => file.Read(into, position);

        public void Write(ReadOnlySpan<byte> bytes, long position)
        {
            var copy = bytes.ToArray();
            files.Add(new Entry(Kind.Write, Path, copy, position), () => file.Write(copy, position));
        }

        public void SetLength(long length) => files.Add(new Entry(Kind.SetLength, Path, [], length), () => file.SetLength(length));

        public void Flush() => files.Add(new Entry(Kind.Flush, Path, [], 0), file.Flush);

        public void Dispose() => file.Dispose();
    }
}

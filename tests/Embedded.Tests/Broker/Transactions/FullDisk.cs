using StreamDistill.Embedded.Broker.Log;

namespace StreamDistill.Embedded.Tests.Broker.Transactions;

/// <summary>The disk, until it is full: then files in whose path a word is take nothing.</summary>
internal sealed class FullDisk : IFileSystem
{
    private readonly DiskFileSystem disk = DiskFileSystem.Instance;

    /// <summary>What is in the paths that take nothing; null while there is room.</summary>
    public string? IsFullFor { get; set; }

    public IFile Open(string path) => new FullFile(this, disk.Open(path), path);

    public bool Exists(string path) => disk.Exists(path);

    public void Delete(string path) => disk.Delete(path);

    public void Rename(string from, string to) => disk.Rename(from, to);

    public IReadOnlyList<string> List(string directory) => disk.List(directory);

    public void CreateDirectory(string directory) => disk.CreateDirectory(directory);

    public void SyncDirectory(string directory) => disk.SyncDirectory(directory);

    private sealed class FullFile(FullDisk disk, IFile file, string path) : IFile
    {
        public long Length => file.Length;

        public int Read(Span<byte> into, long position) => file.Read(into, position);

        public void Write(ReadOnlySpan<byte> bytes, long position)
        {
            if (disk.IsFullFor is { } word && path.Contains(word, StringComparison.Ordinal))
            {
                throw new IOException("No space left on device.");
            }

            file.Write(bytes, position);
        }

        public void SetLength(long length) => file.SetLength(length);

        public void Flush() => file.Flush();

        public void Dispose() => file.Dispose();
    }
}

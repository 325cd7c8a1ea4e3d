using Microsoft.Win32.SafeHandles;
using StreamDistill.Contracts;

namespace StreamDistill.Embedded.Broker.Log;

/// <summary>The real file system.</summary>
internal sealed class DiskFileSystem : IFileSystem
{
    public static DiskFileSystem Instance { get; } = new();

    public IFile Open(string path)
    {
        try
        {
            return new DiskFile(File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete));
        }
        catch (UnauthorizedAccessException exception)
        {
            // To the log it is one more reason why the disk refuses.
            throw new IOException(exception.Message, exception);
        }
    }

    public bool Exists(string path) => File.Exists(path);

    public void Delete(string path) => File.Delete(path);

    public void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    public IReadOnlyList<string> List(string directory) => [.. Directory.EnumerateFiles(directory).Select(path => Path.GetFileName(path))];

    public void CreateDirectory(string directory)
    {
        if (Directory.Exists(directory))
        {
            return;
        }

        var parent = Path.GetDirectoryName(Path.GetFullPath(directory));
        if (parent is not null)
        {
            CreateDirectory(parent);
        }

        Directory.CreateDirectory(directory);
        if (parent is not null)
        {
            SyncDirectory(parent);
        }
    }

    public void SyncDirectory(string directory) => DurableFile.SyncDirectory(directory);

    private sealed class DiskFile(SafeFileHandle handle) : IFile
    {
        public long Length => RandomAccess.GetLength(handle);

        public int Read(Span<byte> into, long position)
        {
            var total = 0;
            while (total < into.Length)
            {
                var read = RandomAccess.Read(handle, into[total..], position + total);
                if (read == 0)
                {
                    break;
                }

                total += read;
            }

            return total;
        }

        public void Write(ReadOnlySpan<byte> bytes, long position) => RandomAccess.Write(handle, bytes, position);

        public void SetLength(long length) => RandomAccess.SetLength(handle, length);

        public void Flush() => RandomAccess.FlushToDisk(handle);

        public void Dispose() => handle.Dispose();
    }
}

using System.Runtime.InteropServices;
using System.Text;

namespace StreamDistill.Contracts;

/// <summary>Files that are either there whole or not at all, also after a power cut.</summary>
public static class DurableFile
{
    /// <summary>Writes a file under a temporary name, syncs it, renames it over <paramref name="path"/> and syncs the directory.
    /// Where writing fails, what was at <paramref name="path"/> stays.</summary>
    /// <param name="path">The file's path; its directory exists.</param>
    /// <param name="write">Writes the contents.</param>
    public static void Write(string path, Action<Stream> write)
    {
        var full = Path.GetFullPath(path);
        var temporary = full + ".partial";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        SyncDirectory(Path.GetDirectoryName(full)!);
    }

    /// <summary>Makes the names in a directory durable: files made, renamed and deleted in it.</summary>
    /// <exception cref="IOException">The directory cannot be opened or synced.</exception>
    public static void SyncDirectory(string directory)
    {
        // Windows has no such call and journals its directories; .NET opens no directories elsewhere.
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = OpenDirectory(Encoding.UTF8.GetBytes(directory + '\0'), 0);
        if (descriptor < 0)
        {
            throw new IOException($"{directory} cannot be opened (errno {Marshal.GetLastPInvokeError()}).");
        }

        try
        {
            if (Sync(descriptor) != 0)
            {
                throw new IOException($"{directory} cannot be synced (errno {Marshal.GetLastPInvokeError()}).");
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int OpenDirectory(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Sync(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int descriptor);
}

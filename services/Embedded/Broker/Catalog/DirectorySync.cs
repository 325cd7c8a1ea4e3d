using System.Runtime.InteropServices;

namespace StreamDistill.Embedded.Broker.Catalog;

/// <summary>Makes the names in a directory survive a power cut, which syncing the files themselves does not.</summary>
internal static class DirectorySync
{
    private const int ReadOnly = 0;

    /// <summary>Syncs the directory. Windows keeps names by itself and has no call for it.</summary>
    /// <exception cref="IOException">The system refused.</exception>
    public static void Flush(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Open(directory, ReadOnly);
        if (descriptor < 0)
        {
            throw new IOException($"The directory {directory} cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}.");
        }

        var result = Fsync(descriptor);
        var error = Marshal.GetLastPInvokeErrorMessage();
        Close(descriptor);
        if (result != 0)
        {
            throw new IOException($"The directory {directory} cannot be synced: {error}.");
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int Open(string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Fsync(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    private static extern int Close(int descriptor);
}

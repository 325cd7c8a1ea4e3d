using System.Text;
using StreamDistill.Contracts;

namespace StreamDistill.Train;

/// <summary>Directories that are there whole or not at all, and survive a power cut once they are; see <see cref="DurableFile"/>.</summary>
internal static class DurableDirectory
{
    private const string Leftover = ".partial";

    /// <summary>Fills a directory under a temporary name, syncs every file in it, renames it and syncs the parent.</summary>
    /// <param name="parent">Where it will be; made where it is missing.</param>
    /// <param name="name">Its name; there is none of that name yet.</param>
    /// <param name="fill">Writes the files into the directory whose path it is given.</param>
    /// <exception cref="IOException">It could not be written, as on a full disk; nothing of it is left.</exception>
    public static void Write(string parent, string name, Action<string> fill)
    {
        Directory.CreateDirectory(parent);
        var temporary = Path.Combine(parent, "." + name + Leftover);
        DeleteIfThere(temporary);
        try
        {
            Directory.CreateDirectory(temporary);
            fill(temporary);
            SyncTree(temporary);
            Directory.Move(temporary, Path.Combine(parent, name));
        }
        catch
        {
            DeleteIfThere(temporary);
            throw;
        }

        DurableFile.SyncDirectory(parent);
    }

    /// <summary>Replaces a small file as a whole.</summary>
    public static void ReplaceFile(string path, string text) => DurableFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>Deletes what a killed process left half-written.</summary>
    public static void DeleteLeftovers(string parent)
    {
        foreach (var directory in Directory.Exists(parent) ? Directory.EnumerateDirectories(parent, ".*" + Leftover) : [])
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void DeleteIfThere(string directory)
    {
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void SyncTree(string directory)
    {
        foreach (var file in Directory.EnumerateFiles(directory))
        {
            using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite);
            RandomAccess.FlushToDisk(handle);
        }

        foreach (var inner in Directory.EnumerateDirectories(directory))
        {
            SyncTree(inner);
        }

        DurableFile.SyncDirectory(directory);
    }
}

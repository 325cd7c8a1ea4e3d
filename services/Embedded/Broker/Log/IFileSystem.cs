namespace StreamDistill.Embedded.Broker.Log;

/// <summary>The seam between the log and the disk: the real one, and one in tests that stops, tears, flips and fills up.</summary>
internal interface IFileSystem
{
    /// <summary>Opens a file to read and write; makes it, empty, where there is none.</summary>
    IFile Open(string path);

    bool Exists(string path);

    /// <summary>Deletes a file; nothing happens where there is none.</summary>
    void Delete(string path);

    /// <summary>Gives a file another name, atomically; a file that has that name is replaced.</summary>
    void Rename(string from, string to);

    /// <summary>The names (not paths) of the files in a directory, in no order.</summary>
    IReadOnlyList<string> List(string directory);

    /// <summary>Makes a directory and those above it where they are missing, and makes them survive a power cut.</summary>
    void CreateDirectory(string directory);

    /// <summary>Makes creations, renames and deletions in a directory survive a power cut.</summary>
    void SyncDirectory(string directory);
}

/// <summary>An open file. Reading and writing at once is allowed.</summary>
internal interface IFile : IDisposable
{
    long Length { get; }

    /// <summary>Reads from a position on; fewer bytes than asked for only at the file's end.</summary>
    int Read(Span<byte> into, long position);

    /// <summary>Writes all of it, or throws <see cref="IOException" />; then any part of it may be there.</summary>
    void Write(ReadOnlySpan<byte> bytes, long position);

    void SetLength(long length);

    /// <summary>Makes what was written before the call survive a power cut.</summary>
    void Flush();
}

namespace Student.Tests;

/// <summary>A directory that goes with the test.</summary>
internal sealed class ScratchDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("streamdistill-").FullName;

    /// <summary>The path of something in it.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>A directory in it, made now.</summary>
    public string Folder(string name) => Directory.CreateDirectory(File(name)).FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

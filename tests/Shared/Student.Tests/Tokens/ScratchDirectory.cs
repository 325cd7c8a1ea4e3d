namespace Student.Tests.Tokens;

/// <summary>A directory that goes with the test.</summary>
internal sealed class ScratchDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("streamdistill-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

namespace StreamDistill.Benchmarks;

/// <summary>A directory that goes with the benchmark.</summary>
internal sealed class ScratchDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("streamdistill-bench-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

using System.Diagnostics;

namespace StreamDistill.Benchmarks;

/// <summary>The least that a log could do: the bytes one after the other into one file, and then onto the disk.</summary>
internal static class PlainFile
{
    private const int ChunkBytes = 1 << 20;

    /// <returns>Seconds. The file is removed.</returns>
    public static double Write(string path, long bytes)
    {
        var chunk = new byte[ChunkBytes];
        new Random(1).NextBytes(chunk);
        var started = Stopwatch.GetTimestamp();
        using (var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write))
        {
            for (var offset = 0L; offset < bytes; offset += ChunkBytes)
            {
                RandomAccess.Write(file, chunk.AsSpan(0, (int)Math.Min(ChunkBytes, bytes - offset)), offset);
            }

            RandomAccess.FlushToDisk(file);
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        File.Delete(path);
        return seconds;
    }
}

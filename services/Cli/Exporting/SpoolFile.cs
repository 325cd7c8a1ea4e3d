using System.Security.Cryptography;

namespace StreamDistill.Cli.Exporting;

/// <summary>A file of the dataset as it was written.</summary>
/// <param name="Name">Its name within the dataset's directory.</param>
/// <param name="Records">Its lines.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Lower-case hexadecimal.</param>
internal sealed record WrittenFile(string Name, long Records, long Bytes, string Sha256);

/// <summary>
/// Lines on disk that will be a file in order of their keys. Only keys and positions are in memory. The last line of a key
/// counts, as in a compacted topic.
/// </summary>
internal sealed class SpoolFile(string path) : IDisposable
{
    private const int BufferBytes = 1 << 16;

    private readonly FileStream file = new(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, BufferBytes);
    private readonly Dictionary<string, (long Position, int Length)> index = new(StringComparer.Ordinal);

    /// <summary>Keys.</summary>
    public int Count => index.Count;

    /// <summary>Whether there is a line of this key.</summary>
    public bool Contains(string key) => index.ContainsKey(key);

    /// <summary>Puts a line, without its line feed.</summary>
    public void Put(string key, ReadOnlySpan<byte> line)
    {
        index[key] = (file.Position, line.Length);
        file.Write(line);
    }

    /// <summary>Removes a key's line.</summary>
    public void Remove(string key) => index.Remove(key);

    /// <summary>Writes the lines in ordinal order of their keys, to a temporary name first.</summary>
    public async Task<WrittenFile> WriteAsync(string target, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long bytes = 0;
        var temporary = target + ".tmp";
        file.Flush();
        await using (var output = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, BufferBytes))
        {
            var buffer = new byte[BufferBytes];
            foreach (var (_, (position, length)) in index.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            {
                if (buffer.Length < length + 1)
                {
                    buffer = new byte[length + 1];
                }

                file.Seek(position, SeekOrigin.Begin);
                await file.ReadExactlyAsync(buffer.AsMemory(0, length), cancellationToken);
                buffer[length] = (byte)'\n';
                var line = buffer.AsMemory(0, length + 1);
                hash.AppendData(line.Span);
                await output.WriteAsync(line, cancellationToken);
                bytes += line.Length;
            }
        }

        File.Move(temporary, target, overwrite: true);
        return new WrittenFile(Path.GetFileName(target), index.Count, bytes, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    public void Dispose()
    {
        file.Dispose();
        File.Delete(path);
    }
}

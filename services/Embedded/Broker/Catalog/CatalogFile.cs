using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using StreamDistill.Contracts;
using StreamDistill.Embedded.Broker.Log;

namespace StreamDistill.Embedded.Broker.Catalog;

/// <summary>
/// Reads and writes the file <c>catalog</c> in the data directory. UTF-8; the first line is
/// <c>streamdistill-catalog VERSION SHA256</c>, ended by one line feed: VERSION is 1, SHA256 the digest of every byte after the
/// line feed, in 64 small hexadecimal digits. What follows is one JSON object:
/// <code>
/// { "clusterId": "PFmxQNmzQ3KPLpLVRvsTDA",  22 characters of base64url
///   "nextProducerId": 1000,                  no producer id from here on was given out
///   "topics": [
///     { "name": "prompts",
///       "id": "0193c7d2-...",                its files are under topics/NAME.ID/PARTITION
///       "partitions": 4,
///       "settings": { "retention.ms": "2592000000" } } ] }
/// </code>
/// It is replaced as a whole: written under a temporary name, synced, renamed, and its directory synced. So there is the old
/// one or the new one at any instant, and a digest that is wrong means that the disk changed it.
/// </summary>
internal static class CatalogFile
{
    private const string Name = "catalog";
    private const string Magic = "streamdistill-catalog";
    private const string Version = "1";
    private const long BytesMax = 256 << 20;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        WriteIndented = true,
    };

    /// <summary>The content, or null where there is no file yet.</summary>
    /// <exception cref="StreamDistillException">The file is damaged or of another version.</exception>
    public static CatalogContent? Read(IFileSystem files, string directory)
    {
        var path = Path.Combine(directory, Name);
        if (!files.Exists(path))
        {
            return null;
        }

        var bytes = ReadBytes(files, path);
        var end = bytes.AsSpan(0, Math.Min(bytes.Length, 200)).IndexOf((byte)'\n');
        var head = end < 0 ? [] : Encoding.UTF8.GetString(bytes, 0, end).Split(' ');
        if (head.Length != 3 || head[0] != Magic)
        {
            throw Damaged(path, "its first line is not one of a catalog");
        }

        if (head[1] != Version)
        {
            throw new StreamDistillException($"The broker's catalog {path} has version {head[1]}; this program reads version {Version}. Use the program that wrote it.");
        }

        var body = bytes.AsSpan(end + 1);
        if (head[2] != Digest(body))
        {
            throw Damaged(path, "its digest is not that of its content");
        }

        try
        {
            return JsonSerializer.Deserialize<CatalogContent>(body, Json) ?? throw Damaged(path, "it is empty");
        }
        catch (JsonException e)
        {
            throw Damaged(path, e.Message);
        }
    }

    /// <summary>Replaces the file; it survives a power cut once this returns.</summary>
    /// <exception cref="IOException">The disk refused. The old file or the new one is there.</exception>
    public static void Write(IFileSystem files, string directory, CatalogContent content)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(content, Json);
        var path = Path.Combine(directory, Name);
        using (var file = files.Open(path + ".new"))
        {
            file.SetLength(0);
            file.Write([.. Encoding.UTF8.GetBytes($"{Magic} {Version} {Digest(body)}\n"), .. body], 0);
            file.Flush();
        }

        files.Rename(path + ".new", path);
        files.SyncDirectory(directory);
    }

    private static byte[] ReadBytes(IFileSystem files, string path)
    {
        using var file = files.Open(path);
        if (file.Length > BytesMax)
        {
            throw Damaged(path, $"it has more than {BytesMax} bytes");
        }

        var bytes = new byte[file.Length];
        return bytes[..file.Read(bytes, 0)];
    }

    private static string Digest(ReadOnlySpan<byte> body) => Convert.ToHexStringLower(SHA256.HashData(body));

    private static StreamDistillException Damaged(string path, string how) =>
        new($"The broker's catalog {path} is damaged: {how}. Restore it from a copy of the data directory; without it the broker does not start, because it would take every topic's files for leftovers.");
}

using System.Buffers.Binary;

namespace StreamDistill.Embedded.Broker.Log;

/// <summary>The log's small files: int32 magic, int16 version, content, uint32 CRC-32C of everything before; little-endian.</summary>
internal static class ChecksummedFile
{
    private const int HeaderBytes = 6;

    public static byte[] Build(int magic, short version, Action<BinaryWriter> content)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(magic);
        writer.Write(version);
        content(writer);
        writer.Write(Crc32C.Compute(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
        return stream.ToArray();
    }

    /// <summary>False where the bytes are damaged, of another kind or of a version that is not known.</summary>
    public static bool TryRead(byte[] bytes, int magic, short version, Action<BinaryReader> content)
    {
        var end = bytes.Length - sizeof(uint);
        if (end < HeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(end)) != Crc32C.Compute(bytes.AsSpan(0, end)))
        {
            return false;
        }

        using var reader = new BinaryReader(new MemoryStream(bytes, 0, end));
        try
        {
            if (reader.ReadInt32() != magic || reader.ReadInt16() != version)
            {
                return false;
            }

            content(reader);
            return true;
        }
        catch (Exception exception) when (exception is EndOfStreamException or InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>Null where there is none.</summary>
    public static byte[]? Load(IFileSystem files, string path)
    {
        if (!files.Exists(path))
        {
            return null;
        }

        using var file = files.Open(path);
        var bytes = new byte[file.Length];
        return bytes[..file.Read(bytes, 0)];
    }

    /// <summary>Writes a file so that after a power cut there is the old one or the new one. The directory is not synced.</summary>
    public static void Store(IFileSystem files, string path, ReadOnlySpan<byte> bytes)
    {
        var temporary = path + ".tmp";
        files.Delete(temporary);
        using (var file = files.Open(temporary))
        {
            file.Write(bytes, 0);
            file.Flush();
        }

        files.Rename(temporary, path);
    }
}

using System.IO.Compression;

namespace Avro.File;

/// <summary>How the blocks of an object container file are compressed.</summary>
public abstract class Codec
{
    /// <summary>The codecs that need no other package.</summary>
    public enum Type
    {
        Deflate,
        Null,
    }

    /// <summary>The codec of that type.</summary>
    /// <exception cref="AvroRuntimeException">There is none.</exception>
    public static Codec CreateCodec(Type codecType) => codecType switch
    {
        Type.Deflate => new DeflateCodec(),
        Type.Null => new NullCodec(),
        _ => throw new AvroRuntimeException($"Unrecognized codec: {codecType}"),
    };

    /// <summary>The codec of that name in a file's metadata; the null codec where there is no name.</summary>
    /// <exception cref="AvroRuntimeException">There is none.</exception>
    public static Codec CreateCodecFromString(string codecType) => codecType switch
    {
        null or DataFileConstants.NullCodec => new NullCodec(),
        DataFileConstants.DeflateCodec => new DeflateCodec(),
        _ => throw new AvroRuntimeException($"Unrecognized codec: {codecType}"),
    };

    /// <summary>The compressed bytes.</summary>
    public abstract byte[] Compress(byte[] uncompressedData);

    /// <summary>Replaces what is in the output by all of the input, compressed.</summary>
    public abstract void Compress(MemoryStream inputStream, MemoryStream outputStream);

    /// <summary>The bytes that were compressed.</summary>
    /// <param name="compressedData">Starts with the compressed bytes.</param>
    /// <param name="length">How many those are.</param>
    public abstract byte[] Decompress(byte[] compressedData, int length);

    /// <summary>The name in a file's metadata.</summary>
    public abstract string GetName();

    public abstract override bool Equals(object other);

    public abstract override int GetHashCode();

    public override string ToString() => GetName();
}

/// <summary>Leaves the blocks as they are.</summary>
public class NullCodec : Codec
{
    public override byte[] Compress(byte[] uncompressedData) => uncompressedData;

    public override void Compress(MemoryStream inputStream, MemoryStream outputStream)
    {
        outputStream.SetLength(0);
        inputStream.WriteTo(outputStream);
    }

    public override byte[] Decompress(byte[] compressedData, int length) =>
        length == compressedData.Length ? compressedData : compressedData[..length];

    public override string GetName() => DataFileConstants.NullCodec;

    public override bool Equals(object other) => other is NullCodec;

    public override int GetHashCode() => 2;
}

/// <summary>Compresses the blocks with deflate (RFC 1951).</summary>
public class DeflateCodec : Codec
{
    // Writers end a block after some 64 KB. Deflate can claim a thousand times its own size; this is where we stop believing it.
    private const int BlockBytesMax = 256 * 1024 * 1024;

    public override byte[] Compress(byte[] uncompressedData)
    {
        using var compressed = new MemoryStream();
        using (var deflate = new DeflateStream(compressed, CompressionMode.Compress, leaveOpen: true))
        {
            deflate.Write(uncompressedData);
        }

        return compressed.ToArray();
    }

    public override void Compress(MemoryStream inputStream, MemoryStream outputStream)
    {
        outputStream.SetLength(0);
        using var deflate = new DeflateStream(outputStream, CompressionMode.Compress, leaveOpen: true);
        inputStream.WriteTo(deflate);
    }

    /// <exception cref="AvroRuntimeException">A block of more than 256 MiB.</exception>
    /// <exception cref="InvalidDataException">The bytes are not deflate's.</exception>
    public override byte[] Decompress(byte[] compressedData, int length)
    {
        using var deflate = new DeflateStream(new MemoryStream(compressedData, 0, length), CompressionMode.Decompress);
        using var block = new MemoryStream();
        var piece = new byte[16 * 1024];
        for (int count; (count = deflate.Read(piece)) > 0;)
        {
            if (block.Length + count > BlockBytesMax)
            {
                throw new AvroRuntimeException($"A block of {length} compressed bytes has more than {BlockBytesMax} bytes");
            }

            block.Write(piece, 0, count);
        }

        return block.ToArray();
    }

    public override string GetName() => DataFileConstants.DeflateCodec;

    public override bool Equals(object other) => other is DeflateCodec;

    public override int GetHashCode() => 0;
}

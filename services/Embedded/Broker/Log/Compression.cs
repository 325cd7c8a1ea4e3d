using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using K4os.Compression.LZ4.Streams;
using Snappier;

namespace StreamDistill.Embedded.Broker.Log;

/// <summary>
/// Kafka's compression types: 0 none, 1 gzip, 2 snappy (framed as xerial's snappy-java does, or one raw block as librdkafka does),
/// 3 lz4 (its frame format), 4 zstd.
/// </summary>
internal static class Compression
{
    /// <summary>No batch inflates to more.</summary>
    public const int DecompressedBytesMax = 64 << 20;

    public const int Zstd = 4;

    private const int XerialHeaderBytes = 16;

    private static ReadOnlySpan<byte> XerialMagic => [0x82, (byte)'S', (byte)'N', (byte)'A', (byte)'P', (byte)'P', (byte)'Y', 0];

    /// <summary>The records of a batch as they were before compression; the same memory where there was none.</summary>
    /// <param name="type">The compression type.</param>
    /// <param name="bytes">The records as the batch has them.</param>
    /// <param name="buffer">Where they are written to, in place of what is there: valid until it is used again.</param>
    /// <exception cref="InvalidDataException">They are not what they say, or too large.</exception>
    public static ReadOnlyMemory<byte> Decompress(int type, ReadOnlyMemory<byte> bytes, ArrayBufferWriter<byte> buffer)
    {
        buffer.ResetWrittenCount();
        try
        {
            return type switch
            {
                0 => bytes,
                1 => ReadAll(new GZipStream(StreamOf(bytes), CompressionMode.Decompress), buffer),
                2 => DecompressSnappy(bytes.Span, buffer),
                3 => ReadAll(LZ4Stream.Decode(StreamOf(bytes)), buffer),
                Zstd => ReadAll(new ZstdSharp.DecompressionStream(StreamOf(bytes)), buffer),
                _ => throw new InvalidDataException($"There is no compression type {type}."),
            };
        }
        catch (Exception exception) when (exception is not (InvalidDataException or OutOfMemoryException))
        {
            // The packages throw many kinds for bytes that are not theirs.
            throw new InvalidDataException($"The records cannot be decompressed: {exception.Message}", exception);
        }
    }

    /// <summary>Null where records of this type are better kept as they are: none, and snappy, whose framing clients do not agree on.</summary>
    public static ReadOnlyMemory<byte>? Compress(int type, ReadOnlyMemory<byte> bytes)
    {
        using var output = new MemoryStream();
        using (Stream? stream = type switch
        {
            1 => new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true),
            3 => LZ4Stream.Encode(output, leaveOpen: true),
            Zstd => new ZstdSharp.CompressionStream(output, leaveOpen: true),
            _ => null,
        })
        {
            if (stream is null)
            {
                return default;
            }

            stream.Write(bytes.Span);
        }

        return output.GetBuffer().AsMemory(0, (int)output.Length);
    }

    private static MemoryStream StreamOf(ReadOnlyMemory<byte> bytes) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(bytes, out var segment)
            ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false)
            : new MemoryStream(bytes.ToArray(), writable: false);

    private static ReadOnlyMemory<byte> ReadAll(Stream stream, ArrayBufferWriter<byte> output)
    {
        using (stream)
        {
            while (true)
            {
                var read = stream.Read(output.GetSpan(64 << 10));
                if (read == 0)
                {
                    return output.WrittenMemory;
                }

                output.Advance(read);
                CheckSize(output.WrittenCount);
            }
        }
    }

    private static ReadOnlyMemory<byte> DecompressSnappy(ReadOnlySpan<byte> bytes, ArrayBufferWriter<byte> output)
    {
        if (!bytes.StartsWith(XerialMagic))
        {
            DecompressBlock(bytes, output);
            return output.WrittenMemory;
        }

        // 8 bytes of magic, version and compatible version; then blocks, each behind its length.
        bytes = bytes[XerialHeaderBytes..];
        while (bytes.Length > 0)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(bytes);
            DecompressBlock(bytes.Slice(sizeof(int), length), output);
            bytes = bytes[(sizeof(int) + length)..];
        }

        return output.WrittenMemory;
    }

    private static void DecompressBlock(ReadOnlySpan<byte> block, ArrayBufferWriter<byte> output)
    {
        var length = Snappy.GetUncompressedLength(block);
        CheckSize((long)output.WrittenCount + length);
        output.Advance(Snappy.Decompress(block, output.GetSpan(length)));
    }

    private static void CheckSize(long length)
    {
        if (length > DecompressedBytesMax)
        {
            throw new InvalidDataException($"The records inflate to more than {DecompressedBytesMax} bytes.");
        }
    }
}

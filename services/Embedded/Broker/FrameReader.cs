using System.Buffers.Binary;

namespace StreamDistill.Embedded.Broker;

/// <summary>Reads Kafka's frames: a big-endian 32-bit length and as many bytes. The buffer is used again for the next one.</summary>
internal sealed class FrameReader(Stream stream)
{
    /// <summary>What Kafka itself accepts by default (socket.request.max.bytes).</summary>
    public const int FrameBytesMax = 100 * 1024 * 1024;

    private const int FirstBytes = 64 * 1024;

    private byte[] buffer = new byte[FirstBytes];
    private int length;

    /// <summary>The frame last read, with its length.</summary>
    public ReadOnlyMemory<byte> Frame => buffer.AsMemory(0, sizeof(int) + length);

    /// <summary>The frame last read, without its length.</summary>
    public Memory<byte> Body => buffer.AsMemory(sizeof(int), length);

    /// <summary>Returns false when the stream has ended between two frames.</summary>
    /// <exception cref="InvalidDataException">The length is negative or above <see cref="FrameBytesMax"/>.</exception>
    /// <exception cref="EndOfStreamException">The stream ends within a frame.</exception>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        var read = await stream.ReadAtLeastAsync(buffer.AsMemory(0, sizeof(int)), sizeof(int), throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        if (read == 0)
        {
            return false;
        }

        length = read == sizeof(int) ? BinaryPrimitives.ReadInt32BigEndian(buffer) : throw new EndOfStreamException("A frame ended within its length.");
        if (length is < 0 or > FrameBytesMax)
        {
            throw new InvalidDataException($"A frame of {length} bytes was announced; 0 to {FrameBytesMax} are allowed.");
        }

        // Grow with what arrives, not with what is claimed.
        var have = 0;
        while (have < length)
        {
            var room = Math.Min(length - have, Math.Max(FirstBytes, have));
            if (buffer.Length < sizeof(int) + have + room)
            {
                Array.Resize(ref buffer, sizeof(int) + have + room);
            }

            await stream.ReadExactlyAsync(buffer.AsMemory(sizeof(int) + have, room), cancellationToken).ConfigureAwait(false);
            have += room;
        }

        return true;
    }
}

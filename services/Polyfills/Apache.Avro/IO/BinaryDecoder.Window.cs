using System.Buffers;

namespace Avro.IO;

/// <content>
/// While a datum reader reads one datum, the decoder reads ahead in a stream that can go back cheaply. When the datum ends,
/// the stream is put right after it, so the caller never sees that the decoder was further.
/// </content>
public partial class BinaryDecoder
{
    private const int WindowBytesInitial = 4096;
    private const int WindowBytesMax = 64 * 1024;

    // Items that take no bytes, such as nulls, are not bounded by the length of the input. No sane datum has more.
    private const int ItemsWithoutBytesMax = 65536;

    private byte[] window = [];
    private int next;
    private int end;
    private bool windowIsRented;
    private int datumDepth;
    private int itemsWithoutBytes;

    /// <summary>Starts to read ahead; to be followed by <see cref="EndDatum"/>.</summary>
    internal void BeginDatum()
    {
        if (datumDepth++ > 0)
        {
            return;
        }

        itemsWithoutBytes = 0;
        if (stream is MemoryStream memory && memory.GetType() == typeof(MemoryStream) && memory.TryGetBuffer(out ArraySegment<byte> bytes))
        {
            window = bytes.Array;
            next = bytes.Offset + (int)Math.Min(memory.Position, bytes.Count);
            end = bytes.Offset + bytes.Count;
            memory.Position = Math.Max(memory.Position, bytes.Count);
        }
        else if (stream is { CanSeek: true } and not FileStream)
        {
            windowIsRented = true;
            window = ArrayPool<byte>.Shared.Rent(WindowBytesInitial);
        }
    }

    /// <summary>Puts the stream right after what was read.</summary>
    internal void EndDatum()
    {
        if (--datumDepth > 0)
        {
            return;
        }

        int unread = end - next;
        byte[] rented = windowIsRented ? window : null;
        window = [];
        next = end = 0;
        windowIsRented = false;
        if (rented != null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        if (unread > 0)
        {
            stream.Position -= unread;
        }
    }

    /// <summary>The size of a block whose count was read, if the bytes that are left can hold it.</summary>
    /// <exception cref="AvroException">They cannot.</exception>
    internal int CheckItemCount(long count, int itemBytesMin)
    {
        if (itemBytesMin == 0)
        {
            CountItemsWithoutBytes(count);
        }
        else if (count > end - next || count * itemBytesMin > end - next)
        {
            long left = BytesLeft();
            if (count > (left < 0 ? int.MaxValue : Math.Min(int.MaxValue, left / itemBytesMin)))
            {
                throw new AvroException($"{EndOfStream}: {count} items are to follow, but only {left} bytes do");
            }
        }

        return (int)count;
    }

    /// <summary>Counts items that take no bytes.</summary>
    /// <exception cref="AvroException">The datum has too many.</exception>
    internal void CountItemsWithoutBytes(long count)
    {
        if (count > ItemsWithoutBytesMax - itemsWithoutBytes)
        {
            throw new AvroException($"The datum has more than {ItemsWithoutBytesMax} items that take no bytes");
        }

        itemsWithoutBytes += (int)count;
    }

    /// <summary>How many bytes there still are; -1 where the stream cannot say.</summary>
    private long BytesLeft() => stream.CanSeek ? Math.Max(0, stream.Length - stream.Position) + (end - next) : -1;

    private byte NextByte()
    {
        if (next < end || (windowIsRented && TryRefill()))
        {
            return window[next++];
        }

        int b = stream.ReadByte();
        return b >= 0 ? (byte)b : throw new AvroException(EndOfStream);
    }

    private void ReadExactly(Span<byte> bytes)
    {
        int buffered = Math.Min(bytes.Length, end - next);
        window.AsSpan(next, buffered).CopyTo(bytes);
        next += buffered;
        for (bytes = bytes[buffered..]; !bytes.IsEmpty;)
        {
            int count = stream.Read(bytes);
            bytes = count > 0 ? bytes[count..] : throw new AvroException(EndOfStream);
        }
    }

    // The next bytes are read into an empty window: the first time as many as most data have, then more.
    private bool TryRefill()
    {
        if (end > 0 && window.Length < WindowBytesMax)
        {
            ArrayPool<byte>.Shared.Return(window);
            window = ArrayPool<byte>.Shared.Rent(WindowBytesMax);
        }

        next = 0;
        end = stream.Read(window, 0, window.Length);
        return end > 0;
    }
}

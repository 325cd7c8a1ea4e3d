using System.Globalization;
using Microsoft.Extensions.Logging;

namespace StreamDistill.Embedded.Broker.Log;

/// <summary>
/// The end of the last segment that is no valid batch. A batch that was being written when the process or the machine stopped was
/// acknowledged to nobody and is cut. What looks like a whole batch, or like nothing that was ever being written, may have been
/// acknowledged: it is cut too, for the log must go on, but kept in a file beside the segment.
/// </summary>
internal static class DamagedTail
{
    private const int CopyBytes = 1 << 20;

    public static void Cut(IFileSystem files, Segment segment, BatchScanner scanner, string name, ILogger logger)
    {
        var (position, length) = (scanner.Position, scanner.EndPosition - scanner.Position);
        if (IsTorn(segment, scanner, length))
        {
            logger.LogWarning(
                "{Log}: {File} ends in the first {Bytes} bytes of a batch, from byte {Position} on; they are cut.", name, segment.Path, length, position);
        }
        else
        {
            var copy = segment.Path + ".damaged-" + position.ToString(CultureInfo.InvariantCulture);
            Keep(files, segment, position, length, copy);
            logger.LogError(
                "{Log}: {File} ends in {Bytes} bytes that are no valid batch, from byte {Position} on, where offset {Offset} should be; they are cut and kept in {Copy}.",
                name, segment.Path, length, position, segment.EndOffset, copy);
        }

        segment.SetLength(position);
    }

    private static bool IsTorn(Segment segment, BatchScanner scanner, long length)
    {
        if (!scanner.TryHeader(out var header))
        {
            return true;
        }

        if (IsZero(segment, scanner.Position, length))
        {
            // The file had grown when the power went, its bytes had not come.
            return true;
        }

        return header.IsPlausible && header.BaseOffset == scanner.NextOffset && header.PartitionLeaderEpoch == 0
            && header.TotalSize > length && header.TotalSize <= BatchScanner.BatchBytesMax && !HasCrcOf(segment, scanner.Position, length, header.Crc);
    }

    /// <summary>A batch with just one wrong length has the right CRC over what is there.</summary>
    private static bool HasCrcOf(Segment segment, long position, long length, uint crc)
    {
        if (length > BatchScanner.BatchBytesMax)
        {
            return false;
        }

        var bytes = new byte[length - BatchHeader.AttributesAt];
        return segment.ReadFile(bytes, position + BatchHeader.AttributesAt) == bytes.Length && Crc32C.Compute(bytes) == crc;
    }

    private static bool IsZero(Segment segment, long position, long length)
    {
        var buffer = new byte[(int)Math.Min(CopyBytes, length)];
        for (long done = 0; done < length;)
        {
            var read = segment.ReadFile(buffer, position + done);
            if (read == 0 || buffer.AsSpan(0, read).ContainsAnyExcept((byte)0))
            {
                return false;
            }

            done += read;
        }

        return true;
    }

    private static void Keep(IFileSystem files, Segment segment, long position, long length, string path)
    {
        using var copy = files.Open(path);
        var buffer = new byte[(int)Math.Min(CopyBytes, length)];
        for (long done = 0; done < length;)
        {
            var read = segment.ReadFile(buffer, position + done);
            copy.Write(buffer.AsSpan(0, read), done);
            done += read;
        }

        copy.Flush();
    }
}

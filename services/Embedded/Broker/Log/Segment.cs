using System.Globalization;

namespace StreamDistill.Embedded.Broker.Log;

/// <summary>
/// A part of the log: the file <c>&lt;first offset, 20 digits&gt;.log</c>, which is record batches one after the other exactly as
/// they came (<see cref="BatchHeader" />), their base offsets and leader epochs filled in, and nothing else. The last segment is
/// written; the others are closed. One thread appends, others read.
/// </summary>
internal sealed class Segment
{
    public const string Extension = ".log";

    private readonly IFile file;
    private long size;
    private long maxTimestamp = long.MinValue;
    private int users = 1;

    public Segment(long baseOffset, string directory, IFile file)
    {
        this.file = file;
        BaseOffset = baseOffset;
        Path = PathOf(directory, baseOffset);
        EndOffset = baseOffset;
        Index = new SegmentIndex(baseOffset);
    }

    public long BaseOffset { get; }

    public string Path { get; }

    public SegmentIndex Index { get; }

    /// <summary>The offset after its last one.</summary>
    public long EndOffset { get; private set; }

    /// <summary>Bytes that are batches.</summary>
    public long Size => Volatile.Read(ref size);

    /// <summary>The greatest time in it; long.MinValue where it is empty.</summary>
    public long MaxTimestamp => Volatile.Read(ref maxTimestamp);

    /// <summary>The base offset of the batch that has it.</summary>
    public long MaxTimestampBatch { get; private set; } = -1;

    /// <summary>The first batch's greatest time: from then on its age counts (segment.ms).</summary>
    public long FirstTimestamp { get; private set; } = long.MaxValue;

    /// <summary>Up to where it survives a power cut. Touched by the flushing thread only.</summary>
    public long FlushedSize { get; set; }

    /// <summary>It is closed and its index is on disk. Touched by the flushing thread only.</summary>
    public bool IsIndexStored { get; set; }

    public static string NameOf(long baseOffset) => baseOffset.ToString("D20", CultureInfo.InvariantCulture);

    public static string PathOf(string directory, long baseOffset, string extension = Extension) =>
        System.IO.Path.Combine(directory, NameOf(baseOffset) + extension);

    /// <summary>Writes a batch at the end. Where that fails, what was written is taken back.</summary>
    /// <exception cref="IOException">The batch is not there; the segment is as before.</exception>
    /// <exception cref="TornSegmentException">And could not be made as before.</exception>
    public void Append(ReadOnlySpan<byte> batch, in BatchHeader header)
    {
        var position = size;
        try
        {
            file.Write(batch, position);
        }
        catch (IOException exception)
        {
            TakeBack(position, exception);
            throw;
        }

        Register(header, position);
    }

    /// <summary>Takes a batch that is in the file into the books.</summary>
    public void Register(in BatchHeader header, long position)
    {
        Index.Add(header.BaseOffset, position, maxTimestamp);
        if (header.MaxTimestamp > maxTimestamp)
        {
            MaxTimestampBatch = header.BaseOffset;
            Volatile.Write(ref maxTimestamp, header.MaxTimestamp);
        }

        if (FirstTimestamp == long.MaxValue)
        {
            FirstTimestamp = header.MaxTimestamp;
        }

        EndOffset = header.LastOffset + 1;
        Volatile.Write(ref size, position + header.TotalSize);
    }

    /// <summary>Takes what is known of the segment from where it was kept; its index's entries come beside it.</summary>
    public void Restore(long endOffset, long knownSize, long greatestTimestamp, long greatestTimestampBatch, long firstTimestamp)
    {
        EndOffset = endOffset;
        MaxTimestampBatch = greatestTimestampBatch;
        FirstTimestamp = firstTimestamp;
        FlushedSize = knownSize;
        Volatile.Write(ref maxTimestamp, greatestTimestamp);
        Volatile.Write(ref size, knownSize);
    }

    /// <summary>Counts bytes that are no batch as part of the segment: damage that has batches after it.</summary>
    public void RegisterDamage(long end) => Volatile.Write(ref size, end);

    public int Read(Span<byte> into, long position) => file.Read(into[..(int)Math.Clamp(Size - position, 0, into.Length)], position);

    /// <summary>Bytes in the file, batches or not.</summary>
    public long FileLength => file.Length;

    /// <summary>Reads without regard to <see cref="Size" />.</summary>
    public int ReadFile(Span<byte> into, long position) => file.Read(into, position);

    /// <summary>Goes through the batches from a position on, up to <see cref="Size" />.</summary>
    public BatchScanner Scan(long position, long nextOffset, int windowBytes) => new(file, position, Size, nextOffset, windowBytes);

    /// <summary>Goes through the whole file from a position on, whatever is known of it.</summary>
    public BatchScanner ScanFile(long position, long nextOffset) => new(file, position, file.Length, nextOffset);

    public void SetLength(long length) => file.SetLength(length);

    public void Flush() => file.Flush();

    /// <summary>Keeps the file open until <see cref="Release" />; false where it is closed already, for the segment is deleted or replaced.</summary>
    public bool TryAcquire()
    {
        for (var seen = Volatile.Read(ref users); seen > 0;)
        {
            var before = Interlocked.CompareExchange(ref users, seen + 1, seen);
            if (before == seen)
            {
                return true;
            }

            seen = before;
        }

        return false;
    }

    /// <summary>Ends what <see cref="TryAcquire" />, or making the segment, began.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref users) == 0)
        {
            file.Dispose();
        }
    }

    private void TakeBack(long length, IOException cause)
    {
        try
        {
            file.SetLength(length);
        }
        catch (IOException exception)
        {
            throw new TornSegmentException($"{Path} keeps part of a batch from byte {length} on: {exception.Message}", cause);
        }
    }
}

/// <summary>A write failed and could not be taken back.</summary>
internal sealed class TornSegmentException(string message, Exception inner) : IOException(message, inner);

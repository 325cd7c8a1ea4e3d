using System.Buffers;

namespace StreamDistill.Embedded.Broker.Log;

/// <summary>What a step of a scan found.</summary>
internal enum ScanStep
{
    /// <summary>A whole batch with a valid CRC.</summary>
    Batch,

    /// <summary>Bytes that are no valid batch, and a valid batch after them.</summary>
    Damage,

    /// <summary>Bytes that are no valid batch, and nothing valid after them.</summary>
    Tail,

    /// <summary>Nothing more.</summary>
    End,
}

/// <summary>
/// Goes through a segment's file batch by batch, and finds where batches go on after damage. It sees every flipped bit: what the CRC
/// does not cover is known, for base offsets have no gaps within a segment, leader epochs are 0 and lengths lead to the next batch.
/// </summary>
/// <param name="file">The file.</param>
/// <param name="from">Where to begin.</param>
/// <param name="end">Where to end.</param>
/// <param name="nextOffset">The base offset of the batch there.</param>
/// <param name="windowBytes">How much to read at once.</param>
internal sealed class BatchScanner(IFile file, long from, long end, long nextOffset, int windowBytes = BatchScanner.WindowBytes) : IDisposable
{
    /// <summary>No batch is larger; append refuses them.</summary>
    public const int BatchBytesMax = 128 << 20;

    public const int WindowBytes = 4 << 20;

    private byte[] window = ArrayPool<byte>.Shared.Rent((int)Math.Min(windowBytes, Math.Max(BatchHeader.Size, end - from)));
    private long windowStart = from;
    private int windowLength;
    private long next = from;

    /// <summary>Where what the last step found begins.</summary>
    public long Position { get; private set; } = from;

    /// <summary>Where it ends.</summary>
    public long EndPosition => next;

    /// <summary>The base offset that the next batch has.</summary>
    public long NextOffset { get; private set; } = nextOffset;

    /// <summary>The last batch's header.</summary>
    public BatchHeader Header { get; private set; }

    /// <summary>The last batch. Valid until the next step.</summary>
    public ReadOnlySpan<byte> Batch => BatchMemory.Span;

    /// <summary>As <see cref="Batch" />.</summary>
    public ReadOnlyMemory<byte> BatchMemory => window.AsMemory((int)(Position - windowStart), (int)(next - Position));

    public ScanStep MoveNext()
    {
        Position = next;
        if (Position >= end)
        {
            return ScanStep.End;
        }

        if (TryBatch(Position, out var header) && header.BaseOffset == NextOffset)
        {
            Header = header;
            NextOffset = header.LastOffset + 1;
            next = Position + header.TotalSize;
            return ScanStep.Batch;
        }

        var resumed = FindNextBatch(Position);
        next = resumed < 0 ? end : resumed;
        return resumed < 0 ? ScanStep.Tail : ScanStep.Damage;
    }

    /// <summary>The header at the current position, valid or not; false where not even a header is left.</summary>
    public bool TryHeader(out BatchHeader header) => TryHeader(Position, out header);

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(window);
        window = [];
    }

    private bool TryHeader(long position, out BatchHeader header)
    {
        if (end - position < BatchHeader.Size || !Fill(position, BatchHeader.Size))
        {
            header = default;
            return false;
        }

        header = new BatchHeader(window.AsSpan((int)(position - windowStart), BatchHeader.Size));
        return true;
    }

    private bool TryBatch(long position, out BatchHeader header) =>
        TryHeader(position, out header) && header.IsPlausible && header.PartitionLeaderEpoch == 0 && header.TotalSize <= Math.Min(BatchBytesMax, end - position)
        && Fill(position, (int)header.TotalSize)
        && BatchHeader.HasValidCrc(window.AsSpan((int)(position - windowStart), (int)header.TotalSize));

    /// <summary>
    /// The first position after the damage's first byte where a valid batch begins that can be one of this log: a later offset, no
    /// more offsets lost than there are bytes lost, and after it the end or another header. (A record may itself contain batches.)
    /// </summary>
    private long FindNextBatch(long damage)
    {
        var position = damage + 1;
        while (end - position >= BatchHeader.Size && Fill(position, BatchHeader.Size))
        {
            // The magic byte is looked for among those of the window that have a whole header around them.
            var start = (int)(position - windowStart);
            var candidates = window.AsSpan(start + BatchHeader.MagicAt, windowLength - start - BatchHeader.Size + 1);
            var found = candidates.IndexOf((byte)2);
            if (found < 0)
            {
                position += candidates.Length;
                continue;
            }

            position += found;
            if (CanFollow(position, damage) && TryBatch(position, out var header) && IsFollowedWell(position + header.TotalSize, header.LastOffset + 1))
            {
                NextOffset = header.BaseOffset;
                return position;
            }

            position++;
        }

        return -1;
    }

    private bool CanFollow(long position, long damage) =>
        TryHeader(position, out var header) && header.IsPlausible && header.BaseOffset >= NextOffset
        && header.BaseOffset - NextOffset <= position - damage;

    private bool IsFollowedWell(long position, long offset) =>
        end - position < BatchHeader.Size || (TryHeader(position, out var header) && header.IsPlausible && header.BaseOffset >= offset);

    /// <summary>Brings bytes into the window; false where the file has fewer.</summary>
    private bool Fill(long position, int count)
    {
        if (position >= windowStart && position + count <= windowStart + windowLength)
        {
            return true;
        }

        if (count > window.Length)
        {
            ArrayPool<byte>.Shared.Return(window);
            window = ArrayPool<byte>.Shared.Rent(count);
        }

        windowStart = position;
        windowLength = file.Read(window.AsSpan(0, (int)Math.Min(window.Length, end - position)), position);
        return windowLength >= count;
    }
}

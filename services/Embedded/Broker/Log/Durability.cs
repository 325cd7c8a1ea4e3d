using Microsoft.Extensions.Logging;

namespace StreamDistill.Embedded.Broker.Log;

/// <summary>
/// Makes what a log has written survive a power cut, and keeps what makes the next start quick: the closed segments' indexes and,
/// every 64 MiB, the checkpoint. Batches first, then what speaks of them.
/// </summary>
/// <param name="files">The file system.</param>
/// <param name="directory">The partition's directory.</param>
/// <param name="segments">The log's segments.</param>
/// <param name="state">What the log knows.</param>
/// <param name="gate">The log's lock, which guards the two.</param>
/// <param name="logger">Gets what fails and loses nothing.</param>
internal sealed class Durability(IFileSystem files, string directory, SegmentList segments, LogState state, Lock gate, ILogger logger)
{
    private const long CheckpointBytes = 64 << 20;

    private long flushedSinceCheckpoint;
    private volatile bool isDirectoryDirty = true;
    private volatile bool isCheckpointWanted;

    /// <summary>
    /// Held while flushing, and by those who put segments in the place of others. Taken before the log's lock.
    /// </summary>
    public Lock Gate { get; } = new();

    /// <summary>Whether there is something to flush.</summary>
    public bool IsDirty => isDirectoryDirty || isCheckpointWanted || segments.All.Any(segment => segment.Size != segment.FlushedSize);

    /// <summary>A file was made, renamed or deleted: the next flush makes that last.</summary>
    public void DirectoryChanged() => isDirectoryDirty = true;

    /// <summary>The next flush writes the checkpoint.</summary>
    public void WantCheckpoint() => isCheckpointWanted = true;

    /// <exception cref="IOException">Nothing is known of what is on disk.</exception>
    public void Flush()
    {
        lock (Gate)
        {
            var all = segments.All;
            var checkpoint = IsCheckpointDue(all) ? TakeCheckpoint() : null;
            foreach (var segment in all)
            {
                Flush(segment);
            }

            if (isDirectoryDirty)
            {
                isDirectoryDirty = false;
                files.SyncDirectory(directory);
            }

            if (checkpoint is not null)
            {
                Store(checkpoint, all);
            }
        }
    }

    /// <summary>Without it the next start takes longer and nothing is lost: that the disk is full, say, is no reason to stop.</summary>
    private void Store(byte[] checkpoint, Segment[] all)
    {
        try
        {
            StoreIndexes(all);
            ChecksummedFile.Store(files, Path.Combine(directory, Checkpoint.FileName), checkpoint);
            files.SyncDirectory(directory);
        }
        catch (IOException exception)
        {
            logger.LogWarning(exception, "{Directory}: the checkpoint could not be written.", directory);
        }
    }

    private void Flush(Segment segment)
    {
        var size = segment.Size;
        if (size == segment.FlushedSize || !segment.TryAcquire())
        {
            return;
        }

        try
        {
            segment.Flush();
            flushedSinceCheckpoint += size - segment.FlushedSize;
            segment.FlushedSize = size;
        }
        finally
        {
            segment.Release();
        }
    }

    private bool IsCheckpointDue(Segment[] all) =>
        isCheckpointWanted || flushedSinceCheckpoint >= CheckpointBytes || all.Take(all.Length - 1).Any(segment => !segment.IsIndexStored);

    private byte[] TakeCheckpoint()
    {
        isCheckpointWanted = false;
        flushedSinceCheckpoint = 0;
        lock (gate)
        {
            return Checkpoint.Build(state, segments.Active);
        }
    }

    private void StoreIndexes(Segment[] all)
    {
        foreach (var segment in all[..^1].Where(segment => !segment.IsIndexStored))
        {
            byte[] bytes;
            lock (gate)
            {
                bytes = SegmentIndexFile.Build(segment, state.Transactions.Aborted);
            }

            ChecksummedFile.Store(files, Segment.PathOf(directory, segment.BaseOffset, SegmentIndexFile.Extension), bytes);
            segment.IsIndexStored = true;
        }
    }
}

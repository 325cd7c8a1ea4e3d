using System.Globalization;
using Microsoft.Extensions.Logging;

namespace StreamDistill.Embedded.Broker.Log;

/// <summary>
/// Brings a partition's files and what is known of them together when it is opened. With a good checkpoint and the closed segments'
/// indexes only what came after the checkpoint is read; where one of them is missing or damaged, everything is read.
/// </summary>
internal sealed class Recovery(IFileSystem files, string directory, string name, LogOptions options, ILogger logger)
{
    private LogState state = new();

    /// <summary>Reads the directory; makes the first segment where there is none.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public (SegmentList Segments, LogState State) Run()
    {
        files.CreateDirectory(directory);
        var offsets = SegmentFiles.Clean(files, directory, name, logger);
        if (offsets.Count == 0)
        {
            offsets.Add(0);
        }

        var checkpoint = ChecksummedFile.Load(files, Path.Combine(directory, Checkpoint.FileName));
        var segments = (checkpoint is null ? null : GoOnFrom(checkpoint, offsets)) ?? ReadEverything(offsets, checkpoint);
        if (state.EndOffset > segments[^1].EndOffset)
        {
            // Offsets that were given once are not given again.
            segments.Add(Open(state.EndOffset));
        }

        state.EndOffset = Math.Max(state.EndOffset, segments[^1].BaseOffset);
        state.StartOffset = Math.Max(state.StartOffset, offsets[0]);
        return (new SegmentList(segments), state);
    }

    /// <summary>Null where the checkpoint, or what it relies on, is not as it should be.</summary>
    private List<Segment>? GoOnFrom(byte[] checkpoint, List<long> offsets)
    {
        var segments = new List<Segment>();
        var loaded = Checkpoint.TryLoad(checkpoint, state, baseOffset => offsets.Contains(baseOffset) ? Open(baseOffset) : null);
        if (loaded is not { } last || last.Segment.FileLength < last.Segment.Size || IsClosed(last.Segment) || !LoadClosed(segments, offsets, last.Segment.BaseOffset))
        {
            logger.LogWarning("{Log}: the checkpoint or an index is missing, damaged or of another log; all of the log is read.", name);
            loaded?.Segment.Release();
            segments.ForEach(segment => segment.Release());
            state = new LogState();
            return null;
        }

        last.Aborted.ForEach(state.Transactions.Restore);
        segments.Add(last.Segment);
        var next = offsets.IndexOf(last.Segment.BaseOffset) + 1;
        Scan(last.Segment, last.Segment.Size, isLast: offsets.Skip(next).All(IsEmpty));
        ScanFrom(segments, offsets, next);
        return segments;
    }

    /// <summary>A segment that was written when the checkpoint was made and has an index was closed since, and may have been compacted: it is another.</summary>
    private bool IsClosed(Segment segment) => files.Exists(Segment.PathOf(directory, segment.BaseOffset, SegmentIndexFile.Extension));

    private bool LoadClosed(List<Segment> segments, List<long> offsets, long before)
    {
        foreach (var baseOffset in offsets.TakeWhile(offset => offset < before))
        {
            var segment = Open(baseOffset);
            segments.Add(segment);
            var index = ChecksummedFile.Load(files, Segment.PathOf(directory, baseOffset, SegmentIndexFile.Extension));
            if (index is null || SegmentIndexFile.TryLoad(index, segment) is not { } aborted)
            {
                return false;
            }

            segment.IsIndexStored = true;
            segment.Index.Trim();
            aborted.ForEach(state.Transactions.Restore);
        }

        return true;
    }

    private List<Segment> ReadEverything(List<long> offsets, byte[]? checkpoint)
    {
        var segments = new List<Segment>();
        state.EndOffset = offsets[0];
        ScanFrom(segments, offsets, 0);
        KeepOffsets(checkpoint);
        return segments;
    }

    /// <summary>Where the log is shorter than its checkpoint says, offsets are lost; they are neither hidden nor given again.</summary>
    private void KeepOffsets(byte[]? checkpoint)
    {
        var known = new LogState();
        if (checkpoint is null || Checkpoint.TryLoad(checkpoint, known, offset => new Segment(offset, directory, NoFile.Instance)) is null)
        {
            return;
        }

        state.StartOffset = known.StartOffset;
        state.CompactedOffset = known.CompactedOffset;

        // Compaction makes records plain: of producers that have written nothing since, only the checkpoint knows.
        foreach (var producer in known.Producers.All.Where(producer => state.Producers.Find(producer.ProducerId) is null && producer.OpenFromOffset < 0))
        {
            state.Restore(producer);
        }

        if (known.EndOffset > state.EndOffset)
        {
            logger.LogError("{Log}: offsets {From} to {To} were on disk and are lost.", name, state.EndOffset, known.EndOffset - 1);
            state.EndOffset = known.EndOffset;
        }
    }

    private void ScanFrom(List<Segment> segments, List<long> offsets, int index)
    {
        for (; index < offsets.Count; index++)
        {
            var segment = Open(offsets[index]);
            if (segment.BaseOffset < state.EndOffset)
            {
                logger.LogError(
                    "{Log}: {File} begins before offset {Offset}, where the segment before it ends; it is set aside.", name, segment.Path, state.EndOffset);
                segment.Release();
                files.Rename(segment.Path, segment.Path + ".overlaps");
                continue;
            }

            if (segment.BaseOffset > state.EndOffset && !options.Compacts && segments.Count > 0)
            {
                logger.LogError("{Log}: offsets {From} to {To} before {File} are lost.", name, state.EndOffset, segment.BaseOffset - 1, segment.Path);
            }

            segments.Add(segment);
            Scan(segment, 0, isLast: offsets.Skip(index + 1).All(IsEmpty));
        }
    }

    private void Scan(Segment segment, long from, bool isLast)
    {
        state.EndOffset = Math.Max(state.EndOffset, segment.EndOffset);
        using var scanner = segment.ScanFile(from, segment.EndOffset);
        for (var step = scanner.MoveNext(); step != ScanStep.End; step = scanner.MoveNext())
        {
            if (step == ScanStep.Batch)
            {
                segment.Register(scanner.Header, scanner.Position);
                state.Apply(scanner.Header, scanner.Batch);
            }
            else if (step == ScanStep.Damage || !isLast)
            {
                ReportDamage(segment, scanner, step);
            }
            else
            {
                DamagedTail.Cut(files, segment, scanner, name, logger);
            }
        }
    }

    private void ReportDamage(Segment segment, BatchScanner scanner, ScanStep step)
    {
        var upTo = step == ScanStep.Damage ? $"offsets {segment.EndOffset} to {scanner.NextOffset - 1} are lost" : $"its offsets from {segment.EndOffset} on are lost";
        logger.LogError(
            "{Log}: {File} is damaged from byte {Position} to {End}; {Lost}. What comes after can be read.",
            name, segment.Path, scanner.Position, scanner.EndPosition, upTo);
        segment.RegisterDamage(scanner.EndPosition);
    }

    private bool IsEmpty(long baseOffset)
    {
        using var file = files.Open(Segment.PathOf(directory, baseOffset));
        return file.Length == 0;
    }

    private Segment Open(long baseOffset) => new(baseOffset, directory, files.Open(Segment.PathOf(directory, baseOffset)));

    /// <summary>Stands for the file of a segment whose books alone are wanted.</summary>
    private sealed class NoFile : IFile
    {
        public static NoFile Instance { get; } = new();

        public long Length => 0;

        public int Read(Span<byte> into, long position) => 0;

        public void Write(ReadOnlySpan<byte> bytes, long position) => throw new NotSupportedException();

        public void SetLength(long length) => throw new NotSupportedException();

        public void Flush() => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}

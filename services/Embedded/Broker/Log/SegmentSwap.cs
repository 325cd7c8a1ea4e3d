using System.Globalization;
using Microsoft.Extensions.Logging;

namespace StreamDistill.Embedded.Broker.Log;

/// <summary>
/// Puts a compacted segment in the place of those that it was made of, so that a process that stops anywhere leaves the old ones or
/// the new one:
/// <list type="number">
/// <item><c>B.cleaned</c> and <c>B.cleanedindex</c> are written and synced; alone they are leftovers, and deleted;</item>
/// <item><c>B.cleaned</c> becomes <c>B-E.swap</c>, which is synced: from now on the new segment counts, whose offsets are [B, E);</item>
/// <item>segments that begin in (B, E) and their indexes are deleted; B.cleanedindex becomes B.index, B-E.swap becomes B.log.</item>
/// </list>
/// Recovery does the last step again where it finds a swap file.
/// </summary>
internal static class SegmentSwap
{
    public const string CleanedExtension = ".cleaned";
    public const string CleanedIndexExtension = ".cleanedindex";

    private const string SwapExtension = ".swap";

    /// <summary>The second step.</summary>
    public static void Commit(IFileSystem files, string directory, long baseOffset, long endOffset)
    {
        files.Rename(Segment.PathOf(directory, baseOffset, CleanedExtension), PathOf(directory, baseOffset, endOffset));
        files.SyncDirectory(directory);
    }

    /// <summary>The third step.</summary>
    public static void Complete(IFileSystem files, string directory, long baseOffset, long endOffset)
    {
        foreach (var file in files.List(directory))
        {
            if ((SegmentFiles.OffsetOf(file, Segment.Extension) ?? SegmentFiles.OffsetOf(file, SegmentIndexFile.Extension)) is { } offset
                && offset > baseOffset && offset < endOffset)
            {
                files.Delete(Path.Combine(directory, file));
            }
        }

        var cleanedIndex = Segment.PathOf(directory, baseOffset, CleanedIndexExtension);
        if (files.Exists(cleanedIndex))
        {
            files.Rename(cleanedIndex, Segment.PathOf(directory, baseOffset, SegmentIndexFile.Extension));
        }

        files.Rename(PathOf(directory, baseOffset, endOffset), Segment.PathOf(directory, baseOffset));
        files.SyncDirectory(directory);
    }

    public static void CompleteAll(IFileSystem files, string directory, string name, ILogger logger)
    {
        foreach (var file in files.List(directory).Where(file => file.EndsWith(SwapExtension, StringComparison.Ordinal)))
        {
            var offsets = Path.GetFileNameWithoutExtension(file).Split('-');
            if (offsets.Length == 2 && TryParse(offsets[0], out var baseOffset) && TryParse(offsets[1], out var endOffset))
            {
                logger.LogInformation("{Log}: {File} was being put in place when a process stopped; it is now.", name, file);
                Complete(files, directory, baseOffset, endOffset);
            }
        }
    }

    private static bool TryParse(string text, out long offset) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out offset);

    private static string PathOf(string directory, long baseOffset, long endOffset) =>
        Path.Combine(directory, $"{Segment.NameOf(baseOffset)}-{Segment.NameOf(endOffset)}{SwapExtension}");
}

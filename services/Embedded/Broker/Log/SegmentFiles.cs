using System.Globalization;
using Microsoft.Extensions.Logging;

namespace StreamDistill.Embedded.Broker.Log;

/// <summary>Which files a partition's directory has, and what a stopped process left there.</summary>
internal static class SegmentFiles
{
    private const int NameLength = 20;

    /// <summary>Removes leftovers.</summary>
    /// <returns>The base offsets of the segments, in order.</returns>
    public static List<long> Clean(IFileSystem files, string directory, string name, ILogger logger)
    {
        SegmentSwap.CompleteAll(files, directory, name, logger);
        var names = files.List(directory);
        var offsets = names.Select(file => OffsetOf(file, Segment.Extension)).OfType<long>().Order().ToList();
        foreach (var file in names.Where(file => IsLeftover(file, offsets)))
        {
            logger.LogInformation("{Log}: {File} was left by a process that stopped; it is deleted.", name, file);
            files.Delete(Path.Combine(directory, file));
        }

        return offsets;
    }

    /// <summary>Null where the file is not named by an offset and the extension.</summary>
    public static long? OffsetOf(string file, string extension) =>
        file.Length == NameLength + extension.Length && file.EndsWith(extension, StringComparison.Ordinal)
        && long.TryParse(file.AsSpan(0, NameLength), NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            ? offset
            : null;

    private static bool IsLeftover(string file, List<long> offsets) =>
        file.EndsWith(".tmp", StringComparison.Ordinal)
        || file.EndsWith(SegmentSwap.CleanedExtension, StringComparison.Ordinal)
        || file.EndsWith(SegmentSwap.CleanedIndexExtension, StringComparison.Ordinal)
        || (OffsetOf(file, SegmentIndexFile.Extension) is { } offset && !offsets.Contains(offset));
}

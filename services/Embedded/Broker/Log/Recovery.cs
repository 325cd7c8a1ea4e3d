using System.Globalization;
using Microsoft.Extensions.Logging;

namespace StreamDistill.Embedded.Broker.Log;

/// <summary>Brings a partition's files and what is known of them together when it is opened.</summary>
internal sealed class Recovery(IFileSystem files, string directory, string name, ILogger logger)
{
    private readonly LogState state = new();

    /// <summary>Reads the directory; makes the first segment where there is none.</summary>
    public (SegmentList Segments, LogState State) Run()
    {
        files.CreateDirectory(directory);
        var offsets = files.List(directory).Where(file => file.EndsWith(Segment.Extension, StringComparison.Ordinal))
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .Where(file => file.Length == 20 && file.All(char.IsAsciiDigit))
            .Select(file => long.Parse(file, CultureInfo.InvariantCulture))
            .Order().ToList();
        if (offsets.Count == 0)
        {
            offsets.Add(0);
        }

        var segments = new List<Segment>();
        state.StartOffset = offsets[0];
        foreach (var baseOffset in offsets)
        {
            var segment = new Segment(baseOffset, directory, files.Open(Segment.PathOf(directory, baseOffset)));
            Scan(segment);
            segments.Add(segment);
        }

        state.EndOffset = Math.Max(state.EndOffset, offsets[^1]);
        return (new SegmentList(segments), state);
    }

    private void Scan(Segment segment)
    {
        using var scanner = segment.ScanFile(0, segment.BaseOffset);
        for (var step = scanner.MoveNext(); step != ScanStep.End; step = scanner.MoveNext())
        {
            switch (step)
            {
                case ScanStep.Batch:
                    segment.Register(scanner.Header, scanner.Position);
                    state.Apply(scanner.Header, scanner.Batch);
                    break;
                case ScanStep.Damage:
                    logger.LogError(
                        "{Log}: {File} is damaged from byte {Position} to {End}; offsets {Offset} to {LastOffset} are lost.",
                        name, segment.Path, scanner.Position, scanner.EndPosition, state.EndOffset, scanner.NextOffset - 1);
                    segment.RegisterDamage(scanner.EndPosition);
                    break;
                default:
                    logger.LogWarning(
                        "{Log}: {File} ends in {Bytes} bytes from byte {Position} on that are no whole batch; they are cut.",
                        name, segment.Path, scanner.EndPosition - scanner.Position, scanner.Position);
                    segment.SetLength(scanner.Position);
                    break;
            }
        }
    }
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;
using StreamDistill.Contracts;

namespace StreamDistill.Teach.Recorded;

/// <summary>Where the samples of each prompt stand in a recording: 32 bytes of memory for each, however long they are.</summary>
internal sealed class RecordedIndex
{
    private const int LineBytesMax = 64 << 20;

    private readonly List<Entry> entries = [];

    private RecordedIndex()
    {
    }

    /// <summary>One sample.</summary>
    /// <param name="PromptHash">The first half of the SHA-256 of its prompt_id.</param>
    /// <param name="Offset">Where its line begins.</param>
    /// <param name="Length">The line's bytes.</param>
    /// <param name="Choice">Which of the line's samples.</param>
    internal readonly record struct Entry(UInt128 PromptHash, long Offset, int Length, int Choice);

    /// <summary>Samples of all prompts.</summary>
    public int Count => entries.Count;

    /// <summary>Reads the file once. Throws <see cref="StreamDistillException"/> with the first line that cannot be used, and why.</summary>
    public static RecordedIndex Build(SafeFileHandle file, string path)
    {
        var index = new RecordedIndex();
        foreach (var (number, offset, line) in Lines(file, path))
        {
            try
            {
                index.Add(offset, line.Span);
            }
            catch (RecordingException e)
            {
                throw Unusable(path, number, e.Message, e);
            }
        }

        index.entries.Sort((left, right) => (left.PromptHash, left.Offset, left.Choice).CompareTo((right.PromptHash, right.Offset, right.Choice)));
        return index;
    }

    /// <summary>The samples of a prompt in the order of the file: at most count of them, after those skipped.</summary>
    public IReadOnlyList<Entry> Find(string promptId, long skip, int count)
    {
        var hash = HashOf(promptId);
        var (low, high) = (0, entries.Count);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            (low, high) = entries[middle].PromptHash < hash ? (middle + 1, high) : (low, middle);
        }

        var found = new List<Entry>();
        for (var i = low + skip; i < entries.Count && found.Count < count && entries[(int)i].PromptHash == hash; i++)
        {
            found.Add(entries[(int)i]);
        }

        return found;
    }

    private void Add(long offset, ReadOnlySpan<byte> bytes)
    {
        var line = RecordedLine.Parse(bytes);
        var hash = HashOf(line.PromptId!);
        var samples = line.Samples(keepSoftLabels: false).Choices.Count;
        for (var choice = 0; choice < samples; choice++)
        {
            entries.Add(new Entry(hash, offset, bytes.Length, choice));
        }
    }

    private static UInt128 HashOf(string promptId) => BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(promptId)));

    /// <summary>The lines that are not blank, with their numbers from 1; a line's memory is valid until the next one.</summary>
    private static IEnumerable<(long Number, long Offset, ReadOnlyMemory<byte> Line)> Lines(SafeFileHandle file, string path)
    {
        var buffer = new byte[1 << 20];
        var (number, start, filled) = (1L, SkipByteOrderMark(file), 0);
        for (var atEnd = false; !atEnd;)
        {
            if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length <= LineBytesMax ? buffer.Length * 2 : throw Unusable(path, number, $"it is longer than {LineBytesMax} bytes"));
            }

            var read = RandomAccess.Read(file, buffer.AsSpan(filled), start + filled);
            atEnd = read == 0;
            filled += read;
            var taken = 0;
            while (taken < filled && (buffer.AsSpan(taken, filled - taken).IndexOf((byte)'\n') is var length) && (length >= 0 || atEnd))
            {
                length = length >= 0 ? length : filled - taken;
                var line = buffer.AsMemory(taken, length);
                if (line.Span.ContainsAnyExcept(" \t\r"u8))
                {
                    yield return (number, start + taken, line);
                }

                taken = Math.Min(taken + length + 1, filled);
                number++;
            }

            buffer.AsSpan(taken, filled - taken).CopyTo(buffer);
            start += taken;
            filled -= taken;
        }
    }

    private static long SkipByteOrderMark(SafeFileHandle file)
    {
        Span<byte> first = stackalloc byte[3];
        return RandomAccess.Read(file, first, 0) == 3 && first.SequenceEqual(Encoding.UTF8.Preamble) ? 3 : 0;
    }

    private static StreamDistillException Unusable(string path, long number, string reason, Exception? cause = null) =>
        new($"Line {number} of {path} cannot be used: {reason}. Correct or remove the line.", isTransient: false, cause);
}

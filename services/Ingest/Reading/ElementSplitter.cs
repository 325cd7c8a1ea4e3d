namespace StreamDistill.Ingest;

/// <summary>One line or array element as it was cut out of the input.</summary>
/// <param name="Line">Its number or position, from 1.</param>
/// <param name="Bytes">Valid until the splitter is called again. Empty where there is a problem.</param>
/// <param name="Problem">A refusal where the element could not be cut out whole.</param>
internal readonly record struct Element(long Line, ReadOnlyMemory<byte> Bytes, Refusal? Problem = null);

/// <summary>
/// Cuts a stream of chunks into elements without ever holding more than one element of at most the allowed size: what is
/// larger is read over and refused. An element that lies within one chunk is not copied.
/// </summary>
internal abstract class ElementSplitter(int maxElementBytes)
{
    private byte[] kept = [];
    private int keptBytes;
    private bool tooLarge;

    /// <summary>The elements so far.</summary>
    public long Line { get; protected set; }

    /// <summary>Whether a part of an element is held.</summary>
    protected bool HasPart => keptBytes > 0 || tooLarge;

    /// <summary>Takes the next element from the chunk, which shrinks by what was read; false when the chunk is used up.</summary>
    public abstract bool TryTake(ref ReadOnlyMemory<byte> chunk, out Element element);

    /// <summary>Takes what the end of the input leaves; false when there is nothing.</summary>
    public abstract bool TryFinish(out Element element);

    protected static bool IsBlank(ReadOnlySpan<byte> bytes) => bytes.TrimStart(" \t\r\n"u8).IsEmpty;

    protected void Keep(ReadOnlyMemory<byte> part)
    {
        if (tooLarge || part.Length > maxElementBytes - keptBytes)
        {
            tooLarge = true;
            keptBytes = 0;
            return;
        }

        if (kept.Length < keptBytes + part.Length)
        {
            Array.Resize(ref kept, Math.Min(maxElementBytes, Math.Max(keptBytes + part.Length, 2 * kept.Length)));
        }

        part.Span.CopyTo(kept.AsSpan(keptBytes));
        keptBytes += part.Length;
    }

    protected Element Complete(ReadOnlyMemory<byte> lastPart)
    {
        var bytes = lastPart;
        if (HasPart || lastPart.Length > maxElementBytes)
        {
            Keep(lastPart);
            bytes = kept.AsMemory(0, keptBytes);
        }

        var element = tooLarge
            ? new Element(Line, default, new Refusal(Line, "$", RefusalCodes.TooLarge, $"is larger than the {maxElementBytes} bytes that a prompt may have"))
            : new Element(Line, bytes);
        keptBytes = 0;
        tooLarge = false;
        return element;
    }
}

/// <summary>Elements are lines; blank lines count as lines but are no elements.</summary>
internal sealed class LineSplitter(int maxElementBytes) : ElementSplitter(maxElementBytes)
{
    public override bool TryTake(ref ReadOnlyMemory<byte> chunk, out Element element)
    {
        while (!chunk.IsEmpty)
        {
            var end = chunk.Span.IndexOf((byte)'\n');
            if (end < 0)
            {
                Keep(chunk);
                chunk = default;
                break;
            }

            Line++;
            element = Complete(chunk[..end]);
            chunk = chunk[(end + 1)..];
            if (element.Problem is not null || !IsBlank(element.Bytes.Span))
            {
                return true;
            }
        }

        element = default;
        return false;
    }

    public override bool TryFinish(out Element element)
    {
        element = default;
        if (!HasPart)
        {
            return false;
        }

        Line++;
        element = Complete(default);
        return element.Problem is not null || !IsBlank(element.Bytes.Span);
    }
}

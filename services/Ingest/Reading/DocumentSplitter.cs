using System.Buffers;

namespace StreamDistill.Ingest;

/// <summary>
/// Elements are those of one JSON array; anything else is one element as a whole. Only strings and brackets are
/// understood here, which is enough to find the commas between elements: each element is judged by whoever parses it, so
/// that a bad one does not spoil its neighbours.
/// </summary>
internal sealed class DocumentSplitter(int maxElementBytes) : ElementSplitter(maxElementBytes)
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[],"u8);

    private State state = State.Start;
    private int depth;
    private bool inString;
    private bool escaped;

    private enum State
    {
        Start,
        Alone,
        ArrayStart,
        BeforeElement,
        InElement,
        Ended,
        Ignoring,
    }

    public override bool TryTake(ref ReadOnlyMemory<byte> chunk, out Element element)
    {
        while (!chunk.IsEmpty)
        {
            switch (state)
            {
                case State.Alone:
                    Keep(chunk);
                    chunk = default;
                    break;
                case State.InElement:
                    if (TryEndElement(ref chunk, out element))
                    {
                        return true;
                    }

                    break;
                case State.Ignoring:
                    chunk = default;
                    break;
                default:
                    if (TrySkipBlanks(ref chunk) && !Enter(ref chunk, out element))
                    {
                        return true;
                    }

                    break;
            }
        }

        element = default;
        return false;
    }

    public override bool TryFinish(out Element element)
    {
        switch (state)
        {
            case State.Alone:
                Line++;
                element = Complete(default);
                return true;
            case State.ArrayStart or State.BeforeElement or State.InElement:
                Line++;
                element = Malformed("the input ends before the array does: it was cut off here");
                return true;
            default:
                element = default;
                return false;
        }
    }

    /// <summary>Decides by the next character where the scanner is; false when that is a problem to report.</summary>
    private bool Enter(ref ReadOnlyMemory<byte> chunk, out Element element)
    {
        element = default;
        var next = chunk.Span[0];
        switch (state)
        {
            case State.Start when next == '[':
                state = State.ArrayStart;
                chunk = chunk[1..];
                return true;
            case State.Start:
                state = State.Alone;
                return true;
            case State.ArrayStart when next == ']':
                state = State.Ended;
                chunk = chunk[1..];
                return true;
            case State.Ended:
                state = State.Ignoring;
                Line++;
                element = Malformed("there is more text after the end of the array");
                return false;
            default:
                state = State.InElement;
                return true;
        }
    }

    private bool TryEndElement(ref ReadOnlyMemory<byte> chunk, out Element element)
    {
        var end = FindEnd(chunk.Span);
        if (end < 0)
        {
            Keep(chunk);
            chunk = default;
            element = default;
            return false;
        }

        Line++;
        state = chunk.Span[end] == ',' ? State.BeforeElement : State.Ended;
        element = Complete(chunk[..end]);
        chunk = chunk[(end + 1)..];
        return true;
    }

    /// <summary>Where the comma or bracket is that ends the element; -1 when not within these bytes.</summary>
    private int FindEnd(ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            if (escaped)
            {
                escaped = false;
                continue;
            }

            var step = inString ? bytes[i..].IndexOfAny((byte)'"', (byte)'\\') : bytes[i..].IndexOfAny(Structure);
            if (step < 0)
            {
                return -1;
            }

            i += step;
            switch (bytes[i])
            {
                case (byte)'\\':
                    escaped = true;
                    break;
                case (byte)'"':
                    inString = !inString;
                    break;
                case (byte)'{' or (byte)'[':
                    depth++;
                    break;
                case (byte)']' or (byte)',' when depth == 0:
                    return i;
                case (byte)'}' or (byte)']':
                    depth = Math.Max(0, depth - 1);
                    break;
            }
        }

        return -1;
    }

    private static bool TrySkipBlanks(ref ReadOnlyMemory<byte> chunk)
    {
        chunk = chunk[(chunk.Length - chunk.Span.TrimStart(" \t\r\n"u8).Length)..];
        return !chunk.IsEmpty;
    }

    private Element Malformed(string reason) => new(Line, default, new Refusal(Line, "$", RefusalCodes.Malformed, reason));
}

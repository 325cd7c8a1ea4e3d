namespace StreamDistill.Verification;

internal enum CueKind
{
    /// <summary>\boxed{18}</summary>
    Boxed,

    /// <summary>&lt;answer&gt;18&lt;/answer&gt;</summary>
    Tag,

    /// <summary>#### 18</summary>
    Hashes,

    /// <summary>A line: A: 18</summary>
    LineA,

    /// <summary>A line: Answer: 18</summary>
    LineAnswer,

    /// <summary>… the answer is 18</summary>
    Prose,
}

/// <summary>Goes through the cues of a text from its end to its beginning, in time proportional to its length.</summary>
internal ref struct CueScanner
{
    public const string Box = "\\boxed";

    private const string Tag = "<answer>";
    private const string TagEnd = "</answer>";
    private const string Hashes = "####";
    private const string LineMarks = " \t*_#>\"";

    private readonly ReadOnlySpan<char> text;
    private readonly int lastLineB;
    private int box;
    private int tag;
    private int hashes;
    private int lineA;
    private int answer;
    private int capitalAnswer;

    public CueScanner(ReadOnlySpan<char> text)
    {
        this.text = text;
        box = text.LastIndexOf(Box);
        tag = text.LastIndexOf(Tag);
        hashes = text.LastIndexOf(Hashes);
        lineA = text.LastIndexOf("A:");
        lastLineB = lineA < 0 ? -1 : text.LastIndexOf("\nB:");
        answer = LastAnswer("nswer", text.Length);
        capitalAnswer = LastAnswer("NSWER", text.Length);
    }

    public CueKind Kind { get; private set; }

    /// <summary>Where the cue begins.</summary>
    public int Start { get; private set; }

    /// <summary>What stands behind it.</summary>
    public ReadOnlySpan<char> Statement { get; private set; }

    /// <summary>Where that ends in the text.</summary>
    public int StatementEnd { get; private set; }

    /// <summary>Goes to the cue before; false where there is none.</summary>
    public bool MovePrevious()
    {
        while (true)
        {
            Start = Math.Max(Math.Max(Math.Max(box, tag), Math.Max(hashes, lineA)), Math.Max(answer, capitalAnswer));
            if (Start < 0)
            {
                return false;
            }

            if (TakeLast())
            {
                return true;
            }
        }
    }

    /// <summary>The content of the box at a place: its braces' if they are balanced, else nothing; a word if there are no braces.</summary>
    public static ReadOnlySpan<char> BoxContent(ReadOnlySpan<char> text, int start, out int end)
    {
        var open = start + Box.Length;
        while (open < text.Length && text[open] == ' ')
        {
            open++;
        }

        if (open == text.Length || text[open] != '{')
        {
            var wordEnd = text[open..].IndexOfAny(" \n$\\");
            end = wordEnd < 0 ? text.Length : open + wordEnd;
            return text[open..end];
        }

        var depth = 0;
        for (end = open; end < text.Length; end++)
        {
            depth += text[end] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0)
            {
                return text[(open + 1)..end++];
            }
        }

        return [];
    }

    private bool TakeLast()
    {
        if (Start == box)
        {
            Kind = CueKind.Boxed;
            box = text[..Start].LastIndexOf(Box);
            Statement = BoxContent(text, Start, out var end);
            StatementEnd = end;
            return true;
        }

        if (Start == tag)
        {
            Kind = CueKind.Tag;
            tag = text[..Start].LastIndexOf(Tag);
            var content = text[(Start + Tag.Length)..];
            var end = content.IndexOf(TagEnd);
            Statement = end < 0 ? [] : content[..end];
            StatementEnd = end < 0 ? text.Length : Start + Tag.Length + end + TagEnd.Length;
            return true;
        }

        if (Start == hashes)
        {
            // Of a longer run of hashes only the last four are looked at, and the others are not looked at again.
            Kind = CueKind.Hashes;
            var runStart = text[..Start].LastIndexOfAnyExcept('#') + 1;
            hashes = text[..runStart].LastIndexOf(Hashes);
            return runStart == Start && TakeLine(Start + Hashes.Length);
        }

        if (Start == lineA)
        {
            Kind = CueKind.LineA;
            lineA = text[..Start].LastIndexOf("A:");

            // Above a line that begins with "B:" it is the first of several choices.
            return lastLineB < Start && LineStart(Start) >= 0 && TakeLine(Start + 2);
        }

        if (Start == answer)
        {
            answer = LastAnswer("nswer", Start);
        }
        else
        {
            capitalAnswer = LastAnswer("NSWER", Start);
        }

        return TakeAnswer(Start + "answer".Length);
    }

    /// <summary>The last "Answer" or "answer" ("ANSWER" for the ending in capitals) before a place; -1 where there is none.</summary>
    private readonly int LastAnswer(string ending, int before)
    {
        while (before > 0)
        {
            before = text[..before].LastIndexOf(ending) - 1;
            if (before >= 0 && text[before] is 'a' or 'A')
            {
                return before;
            }
        }

        return -1;
    }

    /// <summary>Whether the word "answer" that ends here is a cue: "answer:", "answer is", or a heading.</summary>
    private bool TakeAnswer(int end)
    {
        if (Start > 0 && char.IsLetter(text[Start - 1]))
        {
            return false;
        }

        var lineStart = LineStart(Start, "the", "my", "final", "correct");
        var at = end;
        while (at < text.Length && text[at] is ' ' or '*' or '_' or '`')
        {
            at++;
        }

        if (at == text.Length || text[at] is '\n' or '\r')
        {
            Kind = CueKind.LineAnswer;
            return lineStart >= 0 && at < text.Length && TakeLine(at);
        }

        if (text[at] is ':' or '：' or '=')
        {
            Kind = lineStart >= 0 ? CueKind.LineAnswer : CueKind.Prose;
            return TakeLine(at + 1);
        }

        var verb = VerbLength(text[at..]);
        Kind = CueKind.Prose;
        return verb > 0 && TakeLine(at + verb + (at + verb < text.Length && text[at + verb] == ':' ? 1 : 0));
    }

    private static int VerbLength(ReadOnlySpan<char> rest)
    {
        ReadOnlySpan<string> verbs = ["is", "was", "equals", "would be", "should be", "will be", "must be", "comes out to", "comes to"];
        foreach (var verb in verbs)
        {
            if (rest.StartsWith(verb, StringComparison.OrdinalIgnoreCase) && (rest.Length == verb.Length || !char.IsLetter(rest[verb.Length])))
            {
                return verb.Length;
            }
        }

        return 0;
    }

    /// <summary>Takes the rest of the line as the statement, or the next line that is not blank where nothing is left of this one.</summary>
    private bool TakeLine(int start)
    {
        var line = text[start..];
        var content = line.IndexOfAnyExcept(" \t\r\n*_$\\[");
        var from = content < 0 ? line.Length : content;
        var broke = line[..from].LastIndexOf('\n');
        var lineStart = start + (broke < 0 ? 0 : broke + 1);
        var length = text[lineStart..].IndexOf('\n');
        StatementEnd = length < 0 ? text.Length : lineStart + length;
        Statement = text[lineStart..StatementEnd];
        return true;
    }

    /// <summary>Where the line begins in which only marks and the given words stand before a place; -1 where others do.</summary>
    private readonly int LineStart(int before, params ReadOnlySpan<string> words)
    {
        var rest = text[..before].TrimEnd(LineMarks);
        for (var isWord = true; isWord && rest.Length > 0 && rest[^1] != '\n';)
        {
            isWord = false;
            foreach (var word in words)
            {
                if (rest.EndsWith(word, StringComparison.OrdinalIgnoreCase))
                {
                    rest = rest[..^word.Length].TrimEnd(LineMarks);
                    isWord = true;
                    break;
                }
            }
        }

        return rest.Length == 0 || rest[^1] == '\n' ? rest.Length : -1;
    }
}

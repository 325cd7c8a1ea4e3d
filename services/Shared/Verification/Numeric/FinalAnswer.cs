namespace StreamDistill.Verification;

/// <summary>
/// Where a text states its final answer. The cues are \boxed{…}, &lt;answer&gt;…&lt;/answer&gt;, "#### …", a line that begins
/// with "A:" or "Answer:" ("Final answer:", in bold or as a heading too), and "the answer is …" in a sentence. The last one counts
/// that really states an answer: "#### Step 2" is a heading, "A: She has 3 eggs. So …" a line of reasoning, "the answer is
/// rounded to 2 decimals" a remark. A text that is nothing but a number with its unit needs no cue.
/// </summary>
internal static class FinalAnswer
{
    private const int StatementLengthMax = 1024;
    private const int BareAnswerLengthMax = 100;
    private const int StatementsMax = 64;

    /// <summary>The final answer's reading; null where the text states none.</summary>
    public static Reading? Find(ReadOnlySpan<char> text)
    {
        var cues = new CueScanner(text);
        for (var statements = 0; statements < StatementsMax && cues.MovePrevious(); statements++)
        {
            var reading = Read(cues.Statement, cues.Kind == CueKind.Boxed ? ReadingMode.Formula : ReadingMode.Sentence);
            var isLast = reading.IsComplete && text[cues.StatementEnd..].IndexOfAnyExcept(" \t\r\n.*_`$\\])}") < 0;
            if (States(cues.Kind, reading, isLast))
            {
                return cues.Kind == CueKind.Boxed ? WithOtherBoxes(text, cues.Start, reading) : reading;
            }
        }

        var bare = text.Trim();
        if (bare.Length is 0 or > BareAnswerLengthMax || bare.Contains('\n'))
        {
            return null;
        }

        var whole = Read(bare, ReadingMode.Sentence);
        return whole.Words == LeadingWords.None && whole.Status != ReadingStatus.None ? whole : null;
    }

    /// <summary>The last number of the text's last line with digits, whatever stands around it; null where there is none.</summary>
    public static Reading? FindLastNumber(ReadOnlySpan<char> text)
    {
        var lastDigit = text.LastIndexOfAnyInRange('0', '9');
        if (lastDigit < 0)
        {
            return null;
        }

        var end = text[lastDigit..].IndexOf('\n') is var length and >= 0 ? lastDigit + length : text.Length;
        var start = text[..lastDigit].LastIndexOf('\n') + 1;
        start = Math.Max(start, end - StatementLengthMax);
        return Read(text[start..end], ReadingMode.LastNumber);
    }

    /// <summary>Reads a statement, of which no more than a line of bounded length counts.</summary>
    public static Reading Read(ReadOnlySpan<char> statement, ReadingMode mode)
    {
        statement = statement.Trim();
        statement = statement[..Math.Min(statement.Length, StatementLengthMax)];
        Span<char> buffer = stackalloc char[statement.Length];
        var length = PlainNotation.Write(statement, buffer);
        return new NumberReader(buffer[..length], mode).Read();
    }

    /// <summary>Whether what follows a cue is an answer rather than prose that happens to stand there.</summary>
    private static bool States(CueKind kind, Reading reading, bool isLast) => kind switch
    {
        CueKind.Boxed or CueKind.Tag => true,
        CueKind.Hashes => IsBare(reading) && (reading.IsComplete || reading.Status != ReadingStatus.Found),
        CueKind.LineA or CueKind.LineAnswer => isLast || (IsBare(reading) && !reading.HasEquation),
        _ => reading.Words != LeadingWords.Others && reading.Status != ReadingStatus.None,
    };

    private static bool IsBare(Reading reading) => reading.Status != ReadingStatus.None && reading.Words == LeadingWords.None;

    /// <summary>Several boxes in one line that disagree are several answers.</summary>
    private static Reading WithOtherBoxes(ReadOnlySpan<char> text, int start, Reading reading)
    {
        var lineStart = text[..start].LastIndexOf('\n') + 1;
        var other = text[lineStart..start].LastIndexOf(CueScanner.Box);
        if (other < 0)
        {
            return reading;
        }

        var otherReading = Read(CueScanner.BoxContent(text, lineStart + other, out _), ReadingMode.Formula);
        return otherReading.Status == reading.Status && otherReading.Number == reading.Number ? reading : reading with { Status = ReadingStatus.Ambiguous };
    }
}

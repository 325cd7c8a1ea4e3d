using System.Text.RegularExpressions;

namespace StreamDistill.Verification.Mathematics;

/// <summary>Finds the final answer in a text, and reads it.</summary>
internal static partial class MathStatement
{
    private const int StatementLengthMax = 12_000, BareLengthMax = 400, SentenceLengthMax = 1000, CuesMax = 8;

    private static readonly string[] Asides = [" because ", " since ", " where ", ", which ", ", so ", " so that ", " as required", " for all ", " for any ", ", with ", " (because", " which is", " when ", " (approx", ", where"];

    private static readonly string[] Verbs = [" is ", " are ", " equals ", " be ", " was "];

    /// <summary>The statement of a text's final answer; the whole text where it is short and has no such statement; null where there is none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="states">Whether a sentence behind a cue states an answer, rather than something else.</param>
    public static string? Find(string text, Func<string, bool>? states = null)
    {
        states ??= Reads;
        var cues = new CueScanner(text);
        for (var i = 0; i < CuesMax && cues.MovePrevious(); i++)
        {
            switch (cues.Kind)
            {
                case CueKind.Boxed:
                    return Boxes(text, cues.Start, cues.Statement.ToString());
                case CueKind.Tag:
                    return cues.Statement.ToString();
                default:
                    var statement = Sentence(cues.Statement.ToString());
                    if (states(statement))
                    {
                        return statement;
                    }

                    break;
            }
        }

        var bare = text.Trim();
        if ((bare.Length <= BareLengthMax || !bare.Any(char.IsWhiteSpace)) && !bare.Contains('\n', StringComparison.Ordinal))
        {
            return bare;
        }

        // The last sentence ends in a formula.
        var line = bare[(bare.LastIndexOf('\n') + 1)..].TrimEnd(' ', '.', '*');
        if (line.Length > 2 && line.EndsWith('$') && line.LastIndexOf('$', line.Length - 2) is var open and >= 0)
        {
            return line[(open + 1)..^1];
        }

        return line.Length <= BareLengthMax && Reads(line) ? line : null;
    }

    /// <summary>The statement with a comma that may be a decimal one as a point; null where it has no such comma.</summary>
    public static string? WithDecimalComma(string statement) => DecimalComma().Match(statement) is { Success: true } match ? statement[..match.Groups[1].Index] + '.' + statement[(match.Groups[1].Index + 1)..] : null;

    /// <summary>The statement's words as they are read, without LaTeX's commands for text, dollars and a point at the end.</summary>
    public static string Plain(string statement) => Spaces().Replace(TextCommand().Replace(statement, "$1").Replace("$", "", StringComparison.Ordinal), " ").Trim(' ', '.', '*');

    /// <summary>Reads a statement, with the prose around it or without.</summary>
    /// <exception cref="UndecidedException">It cannot be read.</exception>
    public static MathNode Read(string statement)
    {
        if (statement.Length > StatementLengthMax)
        {
            throw new UndecidedException(ReasonCodes.TooLarge, $"it has more than {StatementLengthMax} characters");
        }

        // A backslash that was escaped once too often; in a matrix two of them end a row.
        statement = statement.Trim();
        if (statement.Contains("\\\\", StringComparison.Ordinal) && !statement.Contains("\\begin", StringComparison.Ordinal))
        {
            statement = DoubledBackslash().Replace(statement, "\\");
        }

        if (statement.Contains(':', StringComparison.Ordinal) && Clock().Match(Plain(statement)) is { Success: true } clock)
        {
            var isPlain = clock.Groups[4].Success;
            return new TextNode($"{clock.Groups[isPlain ? 4 : 1].Value.TrimStart('0')}:{clock.Groups[isPlain ? 5 : 2].Value}{clock.Groups[3].Value.ToLowerInvariant()}");
        }

        UndecidedException? first = null;
        foreach (var form in Forms(statement))
        {
            try
            {
                return Parser.Parse(form);
            }
            catch (UndecidedException exception)
            {
                first ??= exception;
            }
        }

        // The numeric verifier's reader knows more of how people put a number into a sentence.
        var reading = FinalAnswer.Read(statement, ReadingMode.Sentence);
        if (reading.Status == ReadingStatus.Found && !statement.Contains('\\', StringComparison.Ordinal) && !statement.Contains('^', StringComparison.Ordinal))
        {
            var number = new NumberNode(reading.Number.Value, -1, "");
            return reading.Number.IsPercent ? new ScaledNode(number, '%') : number;
        }

        throw first!;
    }

    /// <summary>A time of day: with am or pm, or with minutes below ten, which a ratio does not have.</summary>
    [GeneratedRegex(@"^(\d{1,2}):(\d{2})\s*([ap])\.?\s?m\.?$|^(\d{1,2}):(0\d)$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Clock();

    [GeneratedRegex(@"\\\\(?=[A-Za-z{}()])")]
    private static partial Regex DoubledBackslash();

    /// <summary>1,5 with no space and no other comma.</summary>
    [GeneratedRegex(@"^[^,]*\d(,)\d[^,]*$")]
    private static partial Regex DecimalComma();

    /// <summary>(C) 12: the value behind the letter of a choice.</summary>
    [GeneratedRegex(@"^[\s$*]*(?:\\text\w*\s*\{)?\s*\(?[A-J]\)\s*\}?[\s~.:]*(\S.*)$")]
    private static partial Regex ChoiceLabel();

    [GeneratedRegex(@"\\(?:text|textbf|mathrm|mbox)\s*\{([^{}]*)\}")]
    private static partial Regex TextCommand();

    [GeneratedRegex(@"(?:\s|\\[ ,;])+")]
    private static partial Regex Spaces();

    /// <summary>Not 42 but 43.</summary>
    [GeneratedRegex(@"^not\b.*\bbut\b(.*)$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Denial();

    private static bool Reads(string statement)
    {
        try
        {
            return Read(statement) is not TextNode { Text.Length: > 40 };
        }
        catch (UndecidedException exception)
        {
            return exception.ReasonCode == ReasonCodes.TooLarge;
        }
    }

    /// <summary>The statement itself, then with less and less of the prose.</summary>
    private static IEnumerable<string> Forms(string statement)
    {
        yield return statement;
        if (Denial().Match(statement) is { Success: true } denial)
        {
            yield return denial.Groups[1].Value;
        }

        if (statement.Length <= BareLengthMax && ChoiceLabel().Match(statement) is { Success: true } labelled)
        {
            yield return labelled.Groups[1].Value;
        }

        foreach (var aside in Asides)
        {
            var at = statement.IndexOf(aside, StringComparison.OrdinalIgnoreCase);
            if (at > 0)
            {
                var shorter = statement[..at].TrimEnd(' ', ',', '(');
                yield return shorter;
                if (Formulas(shorter) is { } inner)
                {
                    yield return inner;
                }
            }
        }

        // "The largest n is 34".
        var verb = Verbs.Max(each => statement.LastIndexOf(each, StringComparison.Ordinal) is var found and >= 0 ? found + each.Length : -1);
        if (verb > 0)
        {
            yield return statement[verb..];
        }

        if (Formulas(statement) is { } formulas)
        {
            yield return formulas;
        }

        // "12 (the sum of both)".
        var bracket = statement.IndexOf(" (", StringComparison.Ordinal);
        if (bracket > 0 && statement.Length > bracket + 2 && char.IsAsciiLetter(statement[bracket + 2]))
        {
            yield return statement[..bracket];
        }
    }

    /// <summary>What stands between dollars, where there is prose around it: the last, and those that it belongs to by "and" or a comma.</summary>
    private static string? Formulas(string statement)
    {
        statement = statement.Replace("\\(", "$", StringComparison.Ordinal).Replace("\\)", "$", StringComparison.Ordinal).Replace("$$", "$", StringComparison.Ordinal);
        var parts = statement.Split('$');
        if (parts.Length < 3 || parts.Length % 2 == 0 || parts[^1].Any(char.IsAsciiDigit))
        {
            // With a number behind the last formula nobody knows which of the two is meant.
            return null;
        }

        var formula = parts[^2];
        for (var i = parts.Length - 3; i > 1; i -= 2)
        {
            var between = parts[i].Trim();
            if (between is not ("and" or "or" or "," or ", and" or ", or" or ";"))
            {
                break;
            }

            formula = $"{parts[i - 1]} {between} {formula}";
        }

        return formula;
    }

    /// <summary>Of a line its first sentence, without what Markdown adds.</summary>
    private static string Sentence(string line)
    {
        var statement = line.Trim().Trim('*', ' ', ':');
        statement = statement[..Math.Min(statement.Length, SentenceLengthMax)];
        for (var at = statement.IndexOf(". ", StringComparison.Ordinal); at > 0; at = statement.IndexOf(". ", at + 1, StringComparison.Ordinal))
        {
            if (at + 2 < statement.Length && char.IsUpper(statement[at + 2]) && !(at == 1 && char.IsUpper(statement[0])))
            {
                return statement[..at];
            }
        }

        return statement;
    }

    /// <summary>Boxes in one line are several answers.</summary>
    private static string Boxes(string text, int start, string last)
    {
        var lineStart = text.AsSpan(0, start).LastIndexOf('\n') + 1;
        var boxes = new List<string> { last };
        for (var at = text.AsSpan(lineStart, start - lineStart).LastIndexOf(CueScanner.Box); at >= 0 && boxes.Count < CuesMax; at = text.AsSpan(lineStart, at).LastIndexOf(CueScanner.Box))
        {
            boxes.Insert(0, CueScanner.BoxContent(text, lineStart + at, out _).ToString());
        }

        return string.Join(" ; ", boxes.Distinct(StringComparer.Ordinal));
    }
}

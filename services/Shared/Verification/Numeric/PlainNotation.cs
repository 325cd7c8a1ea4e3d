namespace StreamDistill.Verification;

/// <summary>
/// Rewrites a statement from LaTeX, Markdown and typography into the few characters that <see cref="NumberReader"/> knows.
/// The result is never longer than the original, so a buffer of its length is enough.
/// </summary>
internal static class PlainNotation
{
    /// <summary>A fraction whose two arguments follow.</summary>
    public const char Fraction = '\u0001';

    /// <summary>Mathematics that is not a plain number, such as a root.</summary>
    public const char Opaque = '\u0002';

    /// <summary>A space that does not end a number: 10 000 set with a thin space.</summary>
    public const char NarrowSpace = '\u00A0';

    /// <summary>Writes the plain form into <paramref name="plain"/> and returns its length.</summary>
    public static int Write(ReadOnlySpan<char> text, Span<char> plain)
    {
        var length = 0;
        for (var at = 0; at < text.Length;)
        {
            var rest = text[at..];
            if (rest.StartsWith("<<"))
            {
                // A calculator annotation of GSM8K: its result stands behind it.
                var close = rest.IndexOf(">>");
                at += close < 0 ? rest.Length : close + 2;
            }
            else if (rest[0] == '\\')
            {
                at += Command(rest, out var replacement);
                if (replacement != '\0')
                {
                    plain[length++] = replacement;
                }
            }
            else if (rest.StartsWith("{,}"))
            {
                plain[length++] = ',';
                at += 3;
            }
            else if (IsEmphasis(text, at))
            {
                at++;
            }
            else
            {
                plain[length++] = Plain(rest[0]);
                at++;
            }
        }

        return length;
    }

    /// <summary>Returns how long the LaTeX command is; what stands for it is '\0' where nothing does.</summary>
    private static int Command(ReadOnlySpan<char> text, out char replacement)
    {
        var length = 1;
        while (length < text.Length && char.IsAsciiLetter(text[length]))
        {
            length++;
        }

        if (length > 1)
        {
            replacement = Named(text[1..length]);
            return length;
        }

        if (text.Length == 1)
        {
            replacement = ' ';
            return 1;
        }

        replacement = text[1] switch
        {
            '$' or '%' => text[1],
            '!' => '\0',
            ',' or ';' or ':' or ' ' => NarrowSpace,
            _ => ' ',
        };
        return 2;
    }

    private static char Named(ReadOnlySpan<char> name) => name switch
    {
        "frac" or "dfrac" or "tfrac" or "cfrac" => Fraction,
        "times" or "cdot" => '×',
        "div" => '÷',
        "approx" or "simeq" or "rightarrow" or "to" or "Rightarrow" or "implies" => '=',
        "le" or "leq" or "lt" or "ge" or "geq" or "gt" or "ne" or "neq" => '<',
        "pm" => '±',
        "circ" or "degree" => '°',
        "pounds" => '£',
        "euro" => '€',
        "quad" or "qquad" => ' ',
        "text" or "textbf" or "textit" or "textrm" or "mathrm" or "mathbf" or "mathit" or "mathsf" or "mbox" or "hbox" or "boxed" or "fbox"
            or "underline" or "operatorname" or "displaystyle" or "left" or "right" or "bf" or "rm" or "large" or "Large" or "n" => '\0',
        _ => Opaque,
    };

    /// <summary>Markdown's marks: two together, or one with a space or an end on exactly one side (3 * 4 and 3*4 are products).</summary>
    private static bool IsEmphasis(ReadOnlySpan<char> text, int at)
    {
        if (text[at] is '`')
        {
            return true;
        }

        if (text[at] is not ('*' or '_'))
        {
            return false;
        }

        var before = at == 0 ? ' ' : text[at - 1];
        var after = at + 1 == text.Length ? ' ' : text[at + 1];
        return before == text[at] || after == text[at] || IsBoundary(before) != IsBoundary(after);
    }

    private static bool IsBoundary(char character) => char.IsWhiteSpace(character) || character is '.' or ',' or ';' or ':' or '!' or '?' or '(' or ')';

    private static char Plain(char character) => character switch
    {
        < '\u0080' => character is '\t' or '\r' or '\n' or '~' ? ' ' : character < ' ' ? ' ' : character,
        '−' or '–' or '‒' or '‐' or '‑' or '﹣' => '-',
        '—' or '―' => ' ',
        '\u00A0' or '\u2006' or '\u2007' or '\u2009' or '\u202F' => NarrowSpace,
        '·' or '⋅' or '∗' => '×',
        '⁄' or '∕' => '/',
        '≈' or '≃' or '≅' or '→' or '⇒' or '⟹' => '=',
        '≤' or '≥' or '≠' or '≦' or '≧' => '<',
        'π' or '√' or '∛' or '∞' => Opaque,
        '’' => '\'',
        '￥' => '¥',
        >= '！' and <= '～' => (char)(character - 0xFEE0),
        _ => char.IsWhiteSpace(character) ? ' ' : character,
    };
}

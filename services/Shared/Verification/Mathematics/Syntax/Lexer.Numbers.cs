using System.Text;

namespace StreamDistill.Verification.Mathematics;

/// <content>Digits with their separators, and small ones on high.</content>
internal sealed partial class Lexer
{
    private void Number()
    {
        var digits = new StringBuilder();
        digits.Append(TakeWhile(char.IsAsciiDigit));
        while (SeparatorLength() is var length and > 0)
        {
            at += length;
            digits.Append(TakeWhile(char.IsAsciiDigit));
        }

        if (Peek() == '.' && char.IsAsciiDigit(Peek(1)))
        {
            at++;
            digits.Append('.').Append(TakeWhile(char.IsAsciiDigit));
        }
        else if (Peek() == '.' && text.AsSpan(at).StartsWith(".\\overline", StringComparison.Ordinal))
        {
            at++;
            digits.Append('.');
        }

        if (Peek() is 'e' or 'E' && (char.IsAsciiDigit(Peek(1)) || (Peek(1) is '-' or '+' && char.IsAsciiDigit(Peek(2)))))
        {
            digits.Append('e').Append(Peek(1) == '+' ? "" : Peek(1).ToString());
            at += 2;
            digits.Append(TakeWhile(char.IsAsciiDigit));
        }

        Add(TokenKind.Number, digits.Length > 0 && digits[0] == '.' ? "0" + digits : digits.ToString());
    }

    /// <summary>Of a separator of thousands here, 0 where there is none: three digits and no fourth follow. Within brackets a comma separates elements.</summary>
    private int SeparatorLength()
    {
        var rest = text.AsSpan(at);
        var length = rest.StartsWith("{,}", StringComparison.Ordinal) ? 3
            : rest.StartsWith("\\,", StringComparison.Ordinal) || rest.StartsWith("\\!", StringComparison.Ordinal) || rest.StartsWith("\\ ", StringComparison.Ordinal) ? 2
            : rest.Length > 0 && (rest[0] is ' ' or '\u00A0' or '\u2006' or '\u2007' or '\u2009' or '\u202F' or '_' || (rest[0] == ',' && depth == 0)) ? 1
            : 0;
        if (rest.StartsWith(",\\!", StringComparison.Ordinal))
        {
            length = rest.Length > 3 && rest[3] == ' ' ? 4 : 3;
        }

        // Before it stand up to three digits, and no zero alone: 1234,567 and 0,125 are lists.
        var start = at;
        while (start > 0 && char.IsAsciiDigit(text[start - 1]))
        {
            start--;
        }

        var isLeading = at - start is > 0 and <= 3 && !(at - start == 1 && text[start] == '0');
        return length > 0 && isLeading && IsGroup(rest[length..]) ? length : 0;
    }

    private static bool IsGroup(ReadOnlySpan<char> rest) =>
        rest.Length >= 3 && char.IsAsciiDigit(rest[0]) && char.IsAsciiDigit(rest[1]) && char.IsAsciiDigit(rest[2]) && (rest.Length == 3 || !char.IsAsciiDigit(rest[3]));

    private void Superscript()
    {
        Add(TokenKind.Mark, "^");
        at--;
        var digits = new StringBuilder();
        while (Superscripts.IndexOf(Peek(), StringComparison.Ordinal) is var digit and >= 0 && Peek() != '\0')
        {
            digits.Append(digit == 10 ? '-' : (char)('0' + digit));
            at++;
        }

        Add(TokenKind.Mark, "{");
        foreach (var part in digits.ToString().Split('-'))
        {
            if (part.Length == 0)
            {
                Add(TokenKind.Mark, "-");
            }
            else
            {
                Add(TokenKind.Number, part);
            }
        }

        Add(TokenKind.Mark, "}");
    }
}

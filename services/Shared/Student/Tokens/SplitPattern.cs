using System.Globalization;
using Microsoft.ML.Tokenizers;

namespace StreamDistill.Student;

/// <summary>
/// How text is split into pieces before byte pair encoding: the regular expressions of the model families, each matched
/// by hand over code points. .NET's own Regex sees UTF-16 units and takes letters beyond U+FFFF for punctuation.
/// </summary>
public sealed class SplitPattern : PreTokenizer
{
    private const string Words = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|";
    private const string Rest = @"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private static readonly CharacterKind[] Kinds = [.. Enumerable.Range(0, 0x10000).Select(KindOf)];

    private readonly bool _gpt2;
    private readonly int _digitsMax;

    private SplitPattern(string regex, bool gpt2, int digitsMax, bool digitsFirst = false) =>
        (Regex, _gpt2, _digitsMax, DigitsFirst) = (regex, gpt2, digitsMax, digitsFirst);

    private enum CharacterKind : byte
    {
        Other,
        Letter,
        Number,
        Space,
    }

    /// <summary>GPT-2: words and numbers with one leading space.</summary>
    public static SplitPattern Gpt2 { get; } = new(
        @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", gpt2: true, int.MaxValue);

    /// <summary>GPT-2 after every digit was split off by itself: SmolLM.</summary>
    public static SplitPattern Gpt2Digits { get; } = new(Gpt2.Regex, gpt2: true, digitsMax: 1, digitsFirst: true);

    /// <summary>Llama 3 and OpenAI's cl100k: numbers of up to three digits, contractions in either case.</summary>
    public static SplitPattern Llama3 { get; } = new(Words + @"\p{N}{1,3}" + Rest, gpt2: false, digitsMax: 3);

    /// <summary>Qwen2: as Llama 3, each digit by itself.</summary>
    public static SplitPattern Qwen2 { get; } = new(Words + @"\p{N}" + Rest, gpt2: false, digitsMax: 1);

    /// <summary>The regular expression, as in tokenizer.json.</summary>
    public string Regex { get; }

    /// <summary>Whether every digit is split off before the expression is applied to what is between.</summary>
    internal bool DigitsFirst { get; }

    /// <inheritdoc/>
    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text)
    {
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = EndOfPiece(text, start);
            yield return (start, end - start);
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text) => PreTokenize(text.ToString());

    /// <summary>Tries the expression's alternatives in their order.</summary>
    private int EndOfPiece(ReadOnlySpan<char> text, int start)
    {
        if (text[start] == '\'' && LengthOfContraction(text[(start + 1)..]) is var length and > 0)
        {
            return start + 1 + length;
        }

        var first = KindAt(text, start, out var width);
        var second = start + width;
        var following = second < text.Length ? KindAt(text, second, out _) : CharacterKind.Space;
        var spaced = text[start] == ' ';
        if (first == CharacterKind.Letter)
        {
            return EndOfRun(text, start, CharacterKind.Letter);
        }

        if (following == CharacterKind.Letter && (_gpt2 ? spaced : first != CharacterKind.Number && !IsNewline(text[start])))
        {
            return EndOfRun(text, second, CharacterKind.Letter);
        }

        if (first == CharacterKind.Number)
        {
            return EndOfRun(text, start, CharacterKind.Number, _digitsMax);
        }

        if (following == CharacterKind.Number && spaced && _gpt2 && !DigitsFirst)
        {
            return EndOfRun(text, second, CharacterKind.Number);
        }

        if (first == CharacterKind.Other || (following == CharacterKind.Other && spaced))
        {
            var end = EndOfRun(text, second, CharacterKind.Other);
            return _gpt2 ? end : EndOfNewlines(text, end);
        }

        return EndOfSpace(text, start);
    }

    /// <summary>White space: up to its last newline (not GPT-2), else all but the one that leads the next piece.</summary>
    private int EndOfSpace(ReadOnlySpan<char> text, int start)
    {
        var end = EndOfRun(text, start, CharacterKind.Space);
        var newline = text[start..end].LastIndexOfAny('\r', '\n');
        if (newline >= 0 && !_gpt2)
        {
            return start + newline + 1;
        }

        var whole = end == text.Length || end == start + 1 || (DigitsFirst && KindAt(text, end, out _) == CharacterKind.Number);
        return whole ? end : end - 1;
    }

    /// <summary>The length of what follows the apostrophe in 's, 't, 're, 've, 'm, 'll, 'd; 0 for anything else.</summary>
    private int LengthOfContraction(ReadOnlySpan<char> text)
    {
        var first = text.Length > 0 ? Folded(text[0]) : '\0';
        var second = text.Length > 1 ? Folded(text[1]) : '\0';
        return (first, second) switch
        {
            ('s' or 't' or 'm' or 'd', _) => 1,
            ('r' or 'v', 'e') or ('l', 'l') => 2,
            _ => 0,
        };
    }

    /// <summary>Without regard to case, except for GPT-2. The long s (U+017F) is an s then, by Unicode's case folding.</summary>
    private char Folded(char unit) => _gpt2 ? unit : unit == '\u017F' ? 's' : char.IsAsciiLetterUpper(unit) ? (char)(unit | 0x20) : unit;

    private static int EndOfRun(ReadOnlySpan<char> text, int at, CharacterKind kind, int countMax = int.MaxValue)
    {
        for (var count = 0; count < countMax && at < text.Length && KindAt(text, at, out var width) == kind; count++)
        {
            at += width;
        }

        return at;
    }

    private static int EndOfNewlines(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && IsNewline(text[at]))
        {
            at++;
        }

        return at;
    }

    private static bool IsNewline(char unit) => unit is '\r' or '\n';

    private static CharacterKind KindAt(ReadOnlySpan<char> text, int at, out int width)
    {
        var unit = text[at];
        if (char.IsHighSurrogate(unit) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]))
        {
            width = 2;
            return KindOf(char.ConvertToUtf32(unit, text[at + 1]));
        }

        width = 1;
        return Kinds[unit];
    }

    private static CharacterKind KindOf(int code) => CharUnicodeInfo.GetUnicodeCategory(code) switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => CharacterKind.Letter,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => CharacterKind.Number,
        UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => CharacterKind.Space,
        _ => code is >= '\t' and <= '\r' or 0x85 ? CharacterKind.Space : CharacterKind.Other,
    };
}

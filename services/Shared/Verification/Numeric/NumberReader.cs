namespace StreamDistill.Verification;

/// <summary>A number and whether it is written as a percentage: 50% is (50, true).</summary>
internal readonly record struct Number(Rational Value, bool IsPercent)
{
    public override string ToString() => IsPercent ? Value + "%" : Value.ToString();
}

internal enum ReadingStatus
{
    /// <summary>The statement has no number.</summary>
    None,

    /// <summary>It has one, or the same one several times.</summary>
    Found,

    /// <summary>It has several.</summary>
    Ambiguous,

    /// <summary>What it has is a formula, a range, a time of day, or a number with separators in the wrong places.</summary>
    Unparseable,

    /// <summary>Its number has too many digits.</summary>
    TooLarge,
}

/// <summary>What a statement says.</summary>
/// <param name="Status">Whether there is a number.</param>
/// <param name="Number">The number, where it was found.</param>
/// <param name="Words">The words before the number: none, only such as "therefore" or "about", or others.</param>
/// <param name="HasEquation">There was an equals sign before the number.</param>
/// <param name="IsComplete">Nothing follows the sentence with the number.</param>
internal readonly record struct Reading(ReadingStatus Status, Number Number, LeadingWords Words, bool HasEquation, bool IsComplete);

internal enum ReadingMode
{
    /// <summary>The one number of a sentence.</summary>
    Sentence,

    /// <summary>The one number of a formula, where 5! is a factorial.</summary>
    Formula,

    /// <summary>The last of whatever numbers there are.</summary>
    LastNumber,
}

internal enum LeadingWords
{
    None,
    Fillers,
    Others,
}

/// <summary>
/// Finds the number in a statement of plain notation, that is in the text behind "the answer is". Of an equation the last
/// side counts. Numbers in parentheses or behind "because" explain a number before them. Reading stops at the end of the
/// sentence that has a number.
/// </summary>
internal ref struct NumberReader(ReadOnlySpan<char> text, ReadingMode mode)
{
    private const string Currencies = "$€£¥₹₩₽₺";

    private readonly ReadOnlySpan<char> text = text;
    private int at;
    private Number number;
    private bool isFound;
    private bool isAmbiguous;
    private bool isOpaque;
    private bool isTooLarge;
    private bool isHedged;
    private bool isNegated;
    private bool isMinusWord;
    private bool hasEquation;
    private LeadingWords words;

    public Reading Read()
    {
        while (at < text.Length && !IsSentenceEnd())
        {
            if (NumberScanner.Starts(text, at))
            {
                TakeNumber();
            }
            else if (char.IsLetter(text[at]))
            {
                TakeWord();
            }
            else
            {
                TakeMark();
            }
        }

        var isComplete = text[Math.Min(at, text.Length)..].IndexOfAnyExcept(" .!?\"')]}$*_\u00A0") < 0;
        return new Reading(Status(), number, words, hasEquation, isComplete);
    }

    private readonly ReadingStatus Status()
    {
        if (isOpaque || isTooLarge)
        {
            return isTooLarge ? ReadingStatus.TooLarge : ReadingStatus.Unparseable;
        }

        return isAmbiguous || (isFound && isNegated) ? ReadingStatus.Ambiguous : isFound ? ReadingStatus.Found : ReadingStatus.None;
    }

    private readonly char Peek(int offset) => at + offset < text.Length ? text[at + offset] : '\0';

    private readonly bool IsSentenceEnd()
    {
        if (mode == ReadingMode.LastNumber)
        {
            return false;
        }

        // A special token or a closing tag that leaked into the text ends the statement too.
        if (text[at] == '<' && Peek(1) is '/' or '|')
        {
            return true;
        }

        return isFound && text[at] is '.' or '!' or '?' && Peek(1) is '\0' or ' ' or '"' or '\'' or ')' or '*';
    }

    private void TakeNumber()
    {
        var sign = SignBefore(at);
        if (sign == Sign.PartOfWord)
        {
            SkipDigits();
            return;
        }

        if (mode == ReadingMode.LastNumber)
        {
            Forget();
        }

        var scanner = new NumberScanner(text, at);
        var value = scanner.Read();
        at = Math.Max(scanner.At, at + 1);
        isOpaque |= sign == Sign.Operator || scanner.IsMalformed || ContinuesAsFormula();
        isTooLarge |= scanner.IsTooLarge;
        var found = new Number(sign == Sign.Negative || isMinusWord ? -value : value, scanner.IsPercent);
        isMinusWord = false;
        isAmbiguous |= isFound && found != number;
        number = isFound ? number : found;
        isFound = true;
    }

    private void Forget() =>
        (number, isFound, isAmbiguous, isOpaque, isTooLarge, isNegated) = (default, false, false, false, false, false);

    private void SkipDigits()
    {
        // What starts a number need be neither digit nor letter: a point, or ½.
        do
        {
            at++;
        }
        while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] is '{' or '}' or PlainNotation.Fraction));
    }

    private enum Sign
    {
        Positive,
        Negative,

        /// <summary>The number is an operand, not the whole: x + 5, 10-20.</summary>
        Operator,

        /// <summary>The digits belong to a name or to a unit's exponent: H2O, m^2.</summary>
        PartOfWord,
    }

    private readonly Sign SignBefore(int start)
    {
        var before = start - 1;
        if (before >= 0 && (char.IsLetter(text[before]) || text[before] == '_'))
        {
            var wordStart = before;
            while (wordStart > 0 && char.IsLetter(text[wordStart - 1]))
            {
                wordStart--;
            }

            if (!IsCurrency(text[wordStart..start]))
            {
                return Sign.PartOfWord;
            }

            before = wordStart - 1;
        }

        if (IsExponent(before, out var baseOfPower))
        {
            return char.IsLetter(baseOfPower) || baseOfPower is '}' ? Sign.PartOfWord : Sign.Operator;
        }

        var isAttached = true;
        for (; before >= 0 && (IsSpace(text[before]) || text[before] == '{' || Currencies.Contains(text[before])); before--)
        {
            isAttached &= !IsSpace(text[before]);
        }

        if (before < 0)
        {
            return Sign.Positive;
        }

        return text[before] switch
        {
            '-' => Minus(before, isAttached),
            '+' => IsOperand(before) ? Sign.Operator : Sign.Positive,
            '*' or '×' or '/' or '÷' or '^' or '±' or '<' or '>' => Sign.Operator,
            _ => Sign.Positive,
        };
    }

    private readonly bool IsExponent(int before, out char baseOfPower)
    {
        var caret = before > 0 && text[before] == '{' ? before - 1 : before;
        baseOfPower = caret > 0 ? text[caret - 1] : '\0';
        return caret >= 0 && text[caret] == '^';
    }

    private readonly Sign Minus(int minus, bool isAttached)
    {
        if (!IsOperand(minus))
        {
            return Sign.Negative;
        }

        // "is -5" is a sign; "x - 5", "x-5", "10 -5" are not.
        var last = text[..minus].TrimEnd(" \u00A0{")[^1];
        return isAttached && IsSpace(text[minus - 1]) && !char.IsAsciiDigit(last) && last != ')' ? Sign.Negative : Sign.Operator;
    }

    /// <summary>Whether something stands before the sign that it could be an operator of.</summary>
    private readonly bool IsOperand(int sign)
    {
        var left = text[..sign].TrimEnd(" \u00A0{").TrimEnd(Currencies);
        return !left.IsEmpty && left[^1] is not ('=' or '(' or ':' or '[' or ',' or ';' or '"' or '\'' or '$');
    }

    /// <summary>Whether what follows a number makes it a part of something: 18x, 18 + y, 2^n, 10:30.</summary>
    private readonly bool ContinuesAsFormula()
    {
        if (Peek(0) is ':' && char.IsAsciiDigit(Peek(1)))
        {
            return true;
        }

        if (Peek(0) is '!' && mode == ReadingMode.Formula)
        {
            return true;
        }

        var offset = 0;
        while (IsSpace(Peek(offset)) || Peek(offset) is '}' or '$')
        {
            offset++;
        }

        return Peek(offset) switch
        {
            '^' => Peek(offset + 1) != '°' && !(Peek(offset + 1) == '{' && Peek(offset + 2) == '°'),
            '+' or '÷' or '±' or '*' or '×' => true,
            '-' => IsVariable(offset + 1 + (IsSpace(Peek(offset + 1)) ? 1 : 0)),
            _ => IsVariable(offset) && Peek(offset) is 'x' or 'y' or 'z' or 'X' or 'Y' or 'Z',
        };
    }

    private readonly bool IsVariable(int offset) =>
        char.IsLetter(Peek(offset)) && !char.IsLetter(Peek(offset + 1)) && Peek(offset) is not ('a' or 'A' or 'I');

    private void TakeWord()
    {
        var start = at;
        while (at < text.Length && (char.IsLetter(text[at]) || (text[at] == '\'' && char.IsLetter(Peek(1)))))
        {
            at++;
        }

        Span<char> lower = stackalloc char[Math.Min(at - start, 16)];
        text.Slice(start, lower.Length).ToLowerInvariant(lower);
        if (isFound && mode != ReadingMode.LastNumber && lower is "because" or "since" or "as" or "where" or "given")
        {
            SkipToSentenceEnd();
            return;
        }

        isHedged |= lower is "or" or "either" or "between";
        isNegated |= !isFound && (lower is "not" or "never" or "cannot" || lower.EndsWith("n't"));
        isMinusWord = lower is "minus" or "negative";
        if (!isFound && !isMinusWord && !IsCurrency(text[start..at]))
        {
            words = words == LeadingWords.Others || !IsFiller(lower) ? LeadingWords.Others : LeadingWords.Fillers;
        }
    }

    private void TakeMark()
    {
        switch (text[at])
        {
            case '=' when (at > 0 && text[at - 1] is '<' or '>' or '!') || isHedged:
                break;
            case '=':
                // What stood on the left was the way to the answer.
                Forget();
                (words, hasEquation, isMinusWord) = (LeadingWords.None, true, false);
                at += Peek(1) == '>' ? 1 : 0;
                break;
            case PlainNotation.Opaque or '<' or '>':
                isOpaque = true;
                break;
            case '(' when isFound && mode != ReadingMode.LastNumber:
                SkipParentheses();
                return;
        }

        at++;
    }

    private void SkipParentheses()
    {
        var depth = 0;
        for (; at < text.Length; at++)
        {
            depth += text[at] switch { '(' => 1, ')' => -1, _ => 0 };
            if (depth == 0)
            {
                at++;
                return;
            }
        }
    }

    private void SkipToSentenceEnd()
    {
        while (at < text.Length && !IsSentenceEnd())
        {
            at++;
        }
    }

    private static bool IsSpace(char character) => character is ' ' or PlainNotation.NarrowSpace;

    private static bool IsCurrency(ReadOnlySpan<char> word) => word is "USD" or "US" or "EUR" or "GBP" or "JPY" or "INR" or "CNY" or "CAD" or "AUD"
        or "CHF" or "RMB" or "Rs" or "RM" or "R" or "C" or "A" or "HK" or "NZ" or "S";

    private static bool IsFiller(ReadOnlySpan<char> word) => word is "a" or "about" or "approximately" or "around" or "be" or "clearly" or "equal" or "equals"
        or "exactly" or "finally" or "found" or "given" or "hence" or "indeed" or "is" or "just" or "now" or "of" or "roughly" or "simply" or "so"
        or "that" or "the" or "then" or "therefore" or "thus" or "to" or "total" or "value" or "by" or "number" or "only" or "correct" or "final" or "answer";
}

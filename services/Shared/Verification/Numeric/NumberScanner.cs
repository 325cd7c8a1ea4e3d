using System.Numerics;

namespace StreamDistill.Verification;

/// <summary>
/// Reads one number in plain notation: digits with separators of thousands, decimals, powers of ten (1.5e3, 1.5 × 10^3),
/// fractions (3/4, 1 1/2, ½, LaTeX's), percent and words of scale (2 million, 18k).
/// </summary>
internal ref struct NumberScanner(ReadOnlySpan<char> text, int start)
{
    private const int DigitsMax = 400;
    private const int ExponentMax = 400;
    private const string VulgarFractions = "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞";
    private const string VulgarNumerators = "112131234151357";
    private const string VulgarDenominators = "233445555668888";

    private readonly ReadOnlySpan<char> text = text;

    /// <summary>Where the number ends.</summary>
    public int At { get; private set; } = start;

    /// <summary>More digits or a greater exponent than is worth computing with.</summary>
    public bool IsTooLarge { get; private set; }

    /// <summary>Not a number after all: a separator in the wrong place, a denominator of zero, a formula in a fraction.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>A percent sign or word follows.</summary>
    public bool IsPercent { get; private set; }

    /// <summary>Whether a number starts here.</summary>
    public static bool Starts(ReadOnlySpan<char> text, int at) =>
        char.IsAsciiDigit(text[at])
        || text[at] == PlainNotation.Fraction
        || (text[at] == '.' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1]))
        || VulgarFractions.Contains(text[at]);

    /// <summary>Reads it; the value counts only where it is neither malformed nor too large.</summary>
    public Rational Read()
    {
        var value = Peek() == PlainNotation.Fraction || VulgarFractions.Contains(Peek()) ? FractionMark() : DecimalWithFraction();
        if (IsMalformed || IsTooLarge)
        {
            return default;
        }

        value = Scaled(value);
        IsPercent = TakePercent();
        return value;
    }

    private readonly char Peek(int offset = 0) => At + offset < text.Length ? text[At + offset] : '\0';

    private readonly int SpacesFrom(int offset)
    {
        var count = 0;
        while (Peek(offset + count) is ' ' or PlainNotation.NarrowSpace)
        {
            count++;
        }

        return count;
    }

    private Rational DecimalWithFraction()
    {
        var value = Decimal(out var isWhole);
        var spaces = SpacesFrom(0);
        if (isWhole && (Peek(spaces) == PlainNotation.Fraction || VulgarFractions.Contains(Peek(spaces))))
        {
            At += spaces;
            return Mixed(value, FractionMark());
        }

        if (isWhole && spaces > 0 && char.IsAsciiDigit(Peek(spaces)))
        {
            var ahead = new NumberScanner(text, At + spaces);
            var numerator = ahead.Decimal(out var isWholeNumerator);
            if (isWholeNumerator && ahead.Peek() == '/' && char.IsAsciiDigit(ahead.Peek(1)))
            {
                At = ahead.At;
                return Mixed(value, Divided(numerator));
            }
        }

        return Peek(spaces) == '/' && char.IsAsciiDigit(Peek(spaces + 1 + SpacesFrom(spaces + 1))) ? Divided(value) : value;
    }

    private Rational Mixed(Rational whole, Rational fraction)
    {
        IsMalformed |= fraction >= new Rational(1, 1);
        return whole + fraction;
    }

    /// <summary>Reads "/ denominator".</summary>
    private Rational Divided(Rational numerator)
    {
        At += SpacesFrom(0) + 1;
        At += SpacesFrom(0);
        var denominator = Decimal(out _);
        IsMalformed |= Peek() == '/' && char.IsAsciiDigit(Peek(1));
        return Quotient(numerator, denominator);
    }

    private Rational Quotient(Rational numerator, Rational denominator)
    {
        IsMalformed |= denominator == default;
        return IsMalformed || IsTooLarge ? default : numerator / denominator;
    }

    /// <summary>Reads ½, or the two arguments of LaTeX's fraction.</summary>
    private Rational FractionMark()
    {
        var mark = Peek();
        At++;
        if (VulgarFractions.IndexOf(mark) is var index and >= 0)
        {
            return new Rational(VulgarNumerators[index] - '0', VulgarDenominators[index] - '0');
        }

        var numerator = Argument();
        return Quotient(numerator, Argument());
    }

    private Rational Argument()
    {
        At += SpacesFrom(0);
        if (char.IsAsciiDigit(Peek()))
        {
            return new Rational(text[At++] - '0', BigInteger.One);
        }

        if (Peek() != '{')
        {
            IsMalformed = true;
            return default;
        }

        At += 1 + SpacesFrom(1);
        var isNegative = Peek() == '-';
        At += isNegative ? 1 : 0;
        var value = char.IsAsciiDigit(Peek()) || Peek() == '.' ? Decimal(out _) : default;
        At += SpacesFrom(0);
        IsMalformed |= Peek() != '}';
        At += IsMalformed ? 0 : 1;
        return isNegative ? -value : value;
    }

    private Rational Decimal(out bool isWhole)
    {
        var digits = new Digits();
        var wholeStart = At;
        Run(ref digits);
        Thousands(ref digits, At - wholeStart);
        var places = 0;
        if (Peek() == '.' && char.IsAsciiDigit(Peek(1)))
        {
            At++;
            var fractionStart = At;
            Run(ref digits);
            places = At - fractionStart;
        }

        // A separator that separates nothing known: 1,23 or 1.2.3.
        IsMalformed |= Peek() is '.' or ',' && char.IsAsciiDigit(Peek(1));
        var exponent = Exponent(out var hasExponent);
        isWhole = places == 0 && !hasExponent;
        IsTooLarge |= digits.Count > DigitsMax;
        return IsTooLarge ? default : new Rational(digits.Value, BigInteger.One).Shifted(exponent - places);
    }

    private void Run(ref Digits digits)
    {
        while (char.IsAsciiDigit(Peek()))
        {
            digits.Add(text[At++] - '0', DigitsMax);
        }
    }

    /// <summary>Reads groups of exactly three digits, all behind the same separator.</summary>
    private void Thousands(ref Digits digits, int firstGroup)
    {
        var separator = Peek();
        if (firstGroup is < 1 or > 3 || separator is not (',' or '\'' or '_' or PlainNotation.NarrowSpace))
        {
            return;
        }

        while (Peek() == separator && char.IsAsciiDigit(Peek(1)) && char.IsAsciiDigit(Peek(2)) && char.IsAsciiDigit(Peek(3)) && !char.IsAsciiDigit(Peek(4)))
        {
            At++;
            Run(ref digits);
        }
    }

    /// <summary>Reads e5, × 10^5, × 10^{-5} or × 10⁵.</summary>
    private int Exponent(out bool hasExponent)
    {
        hasExponent = false;
        if (Peek() is 'e' or 'E')
        {
            var sign = Peek(1) is '+' or '-' ? 1 : 0;
            if (char.IsAsciiDigit(Peek(1 + sign)))
            {
                hasExponent = true;
                At += 1 + sign;
                return SmallNumber(isNegative: sign == 1 && text[At - 1] == '-');
            }
        }

        var offset = SpacesFrom(0);
        if (Peek(offset) is '×' or '*' or 'x' or 'X')
        {
            offset += 1 + SpacesFrom(offset + 1);
            if (Peek(offset) == '1' && Peek(offset + 1) == '0' && (Peek(offset + 2) == '^' || Superscript(Peek(offset + 2)) >= 0 || Peek(offset + 2) == '⁻'))
            {
                hasExponent = true;
                At += offset + 2;
                return Peek() == '^' ? Power() : SuperscriptPower();
            }
        }

        return 0;
    }

    private int Power()
    {
        At++;
        var isBraced = Peek() == '{';
        At += isBraced ? 1 : 0;
        var isSigned = Peek() is '+' or '-';
        var isNegative = Peek() == '-';
        At += isSigned ? 1 : 0;
        IsMalformed |= !char.IsAsciiDigit(Peek());
        var power = SmallNumber(isNegative);
        IsMalformed |= isBraced && Peek() != '}';
        At += isBraced && Peek() == '}' ? 1 : 0;
        return power;
    }

    private int SuperscriptPower()
    {
        var isNegative = Peek() == '⁻';
        At += isNegative ? 1 : 0;
        IsMalformed |= Superscript(Peek()) < 0;
        var power = 0;
        for (; Superscript(Peek()) is var digit and >= 0; At++)
        {
            power = Math.Min((power * 10) + digit, ExponentMax + 1);
        }

        IsTooLarge |= power > ExponentMax;
        return isNegative ? -power : power;
    }

    private int SmallNumber(bool isNegative)
    {
        var number = 0;
        for (; char.IsAsciiDigit(Peek()); At++)
        {
            number = Math.Min((number * 10) + (text[At] - '0'), ExponentMax + 1);
        }

        IsTooLarge |= number > ExponentMax;
        return isNegative ? -number : number;
    }

    private static int Superscript(char character) => "⁰¹²³⁴⁵⁶⁷⁸⁹".IndexOf(character);

    private Rational Scaled(Rational value)
    {
        if (Peek() is 'k' or 'K' && !char.IsLetterOrDigit(Peek(1)))
        {
            At++;
            return value.Shifted(3);
        }

        // At most "hundred thousand million": a run of such words longer than that is no number anybody means.
        for (var words = 0; words < 3; words++)
        {
            var spaces = SpacesFrom(0);
            var length = 0;
            while (char.IsAsciiLetter(Peek(spaces + length)))
            {
                length++;
            }

            var zeros = Zeros(text.Slice(Math.Min(At + spaces, text.Length), length));
            if (zeros == 0)
            {
                break;
            }

            At += spaces + length;
            value = value.Shifted(zeros);
        }

        return value;
    }

    private static int Zeros(ReadOnlySpan<char> word)
    {
        if (word.Length is < 7 or > 9)
        {
            return 0;
        }

        Span<char> lower = stackalloc char[word.Length];
        word.ToLowerInvariant(lower);
        return lower switch
        {
            "hundred" => 2,
            "thousand" => 3,
            "million" or "millions" => 6,
            "billion" or "billions" => 9,
            "trillion" or "trillions" => 12,
            _ => 0,
        };
    }

    private bool TakePercent()
    {
        var spaces = SpacesFrom(0);
        if (Peek(spaces) == '%')
        {
            At += spaces + 1;
            return true;
        }

        var rest = text[Math.Min(At + spaces, text.Length)..];
        var length = rest.StartsWith("percent", StringComparison.OrdinalIgnoreCase) ? 7 : rest.StartsWith("per cent", StringComparison.OrdinalIgnoreCase) ? 8 : 0;
        if (length == 0 || (length < rest.Length && char.IsLetter(rest[length])))
        {
            return false;
        }

        At += spaces + length;
        return true;
    }

    /// <summary>Digits as a number; digits beyond the limit are counted only.</summary>
    private ref struct Digits
    {
        private const int LongDigits = 18;

        private long small;
        private BigInteger big;

        public int Count { get; private set; }

        public readonly BigInteger Value => Count <= LongDigits ? small : big;

        public void Add(int digit, int limit)
        {
            Count++;
            if (Count <= LongDigits)
            {
                small = (small * 10) + digit;
            }
            else if (Count <= limit)
            {
                big = ((Count == LongDigits + 1 ? small : big) * 10) + digit;
            }
        }
    }
}

namespace StreamDistill.Verification.Mathematics;

/// <summary>
/// Takes LaTeX, Unicode and plain notation apart into the same tokens. Of marks there are the operations + - * / ^ _ ! ± ∓ ', the
/// relations = ≠ ≈ &lt; &gt; ≤ ≥ ∈, the brackets ( ) [ ] { } ⦃ ⦄ ⌊ ⌋ ⌈ ⌉ |, the separators , ; : &amp; ⏎ and ∣, those of sets ∪ ∩ ∖ ∅,
/// and % ° ‾ and signs of currency.
/// </summary>
internal sealed partial class Lexer
{
    private const int TokensMax = 2000;
    private const int WordVariablesMax = 3;
    private const string Currencies = "$€£¥₹₩";
    private const string MarksOfThemselves = "+-*/^!=<>()[]{}|,;:&%'≠≈≤≥∈∪∩∖∅±∓°⌊⌋⌈⌉_∣";
    private const string VulgarFractions = "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞", VulgarNumerators = "112131234151357", VulgarDenominators = "233445555668888";
    private const string Superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻";

    private readonly string text;
    private readonly List<Token> tokens = [];
    private int at;
    private int depth;
    private bool isSpaced;

    private Lexer(string text) => this.text = text;

    /// <summary>The tokens, the last of which is <see cref="TokenKind.End"/>.</summary>
    /// <exception cref="UndecidedException">A character or command that has no meaning here, or too many tokens.</exception>
    public static List<Token> Tokens(string text)
    {
        var lexer = new Lexer(text);
        lexer.ReadAll();
        lexer.Add(TokenKind.End, "");
        return lexer.tokens;
    }

    private char Peek(int offset = 0) => at + offset < text.Length ? text[at + offset] : '\0';

    private void ReadAll()
    {
        while (at < text.Length)
        {
            Next();
        }
    }

    private void Next()
    {
        var character = text[at];
        if (char.IsWhiteSpace(character) || character is '~' or '`')
        {
            isSpaced = true;
            at++;
        }
        else if (character == '\\')
        {
            Command();
        }
        else if (char.IsAsciiDigit(character) || (character == '.' && char.IsAsciiDigit(Peek(1))))
        {
            Number();
        }
        else if (char.IsAsciiLetter(character))
        {
            Letters();
        }
        else if (character == '$' && !(char.IsAsciiDigit(Peek(1)) && text.IndexOf('$', at + 1) < 0))
        {
            // Mathematics begins or ends.
            isSpaced = true;
            at++;
        }
        else if (character == '*' && (Peek(1) == '*' || IsEmphasis()))
        {
            Stars();
        }
        else if (character == '.')
        {
            // Ends a sentence; within one nothing has points.
            if (text.AsSpan(at).IndexOfAnyExcept(" .\t\r\n$*") >= 0)
            {
                throw Unreadable();
            }

            at = text.Length;
        }
        else
        {
            at++;
            Character(Vocabulary.Plain(character));
        }
    }

    private void Character(char character)
    {
        if (Currencies.Contains(character, StringComparison.Ordinal))
        {
            Add(TokenKind.Mark, Vocabulary.Currency + character.ToString());
        }
        else if (MarksOfThemselves.Contains(character, StringComparison.Ordinal))
        {
            Mark(character);
        }
        else if (VulgarFractions.IndexOf(character, StringComparison.Ordinal) is var vulgar and >= 0)
        {
            Add(TokenKind.Function, "frac");
            Add(TokenKind.Number, VulgarNumerators[vulgar].ToString());
            Add(TokenKind.Number, VulgarDenominators[vulgar].ToString());
        }
        else if (Superscripts.Contains(character, StringComparison.Ordinal))
        {
            Superscript();
        }
        else if (Vocabulary.TryFunction(character.ToString(), out var function))
        {
            Add(TokenKind.Function, function);
        }
        else if (Vocabulary.TryLetter(character.ToString(), out var letter))
        {
            Add(TokenKind.Letter, letter);
        }
        else if (char.IsLetter(character))
        {
            at--;
            Add(TokenKind.Word, TakeWhile(char.IsLetter));
        }
        else
        {
            at--;
            throw Unreadable();
        }
    }

    private void Mark(char mark)
    {
        // <= and the like.
        mark = (mark, Peek()) switch { ('<', '=') => '≤', ('>', '=') => '≥', ('!', '=') => '≠', ('=', '=') => '=', _ => mark };
        at += (mark is '≤' or '≥' or '≠' && text[at - 1] is '<' or '>' or '!') || (mark == '=' && Peek() == '=') ? 1 : 0;
        depth += mark switch { '(' or '[' or Vocabulary.OpenSet => 1, ')' or ']' or Vocabulary.CloseSet => -1, _ => 0 };
        if (mark == '^' && IsDegree())
        {
            mark = Vocabulary.Degree;
        }

        Add(TokenKind.Mark, mark.ToString());
    }

    /// <summary>^\circ and ^{\circ} are one mark.</summary>
    private bool IsDegree()
    {
        foreach (var form in (ReadOnlySpan<string>)["\\circ", "{\\circ}", "{ \\circ }", "\\degree", "°", "{°}"])
        {
            if (text.AsSpan(at).StartsWith(form, StringComparison.Ordinal))
            {
                at += form.Length;
                return true;
            }
        }

        return false;
    }

    private void Command()
    {
        at++;
        var name = TakeWhile(char.IsAsciiLetter);
        if (name.StartsWith("quad", StringComparison.Ordinal) && name.Length > 4)
        {
            // \quadx is a slip for \quad x.
            at -= name.Length - 4;
            name = "quad";
        }

        if (name.Length == 0)
        {
            var next = Peek();
            at++;
            if (next == '\\')
            {
                Add(TokenKind.Mark, Vocabulary.Row.ToString());
                if (Peek() == '[' && text.IndexOf(']', at) is var close and >= 0 && text.AsSpan(at, close - at).TrimEnd().EndsWith("pt", StringComparison.Ordinal))
                {
                    at = close + 1;
                }
            }
            else if (next is '{' or '}')
            {
                Mark(next == '{' ? Vocabulary.OpenSet : Vocabulary.CloseSet);
            }
            else if (next is '$' or '%' or '|' or '_' or '&')
            {
                Character(next);
            }
            else
            {
                // Spaces: \, \; \! \( \) \[ \].
                isSpaced = true;
            }
        }
        else if (name is "begin" or "end")
        {
            var environment = Braces();
            Add(name == "begin" ? TokenKind.Begin : TokenKind.Finish, environment);
            if (environment == "array" && name == "begin" && Peek() == '{')
            {
                Braces();
            }
        }
        else if (Vocabulary.IsText(name))
        {
            Text(name);
        }
        else if (Vocabulary.TryCommand(name, out var mark))
        {
            if (mark == Vocabulary.Repeating)
            {
                Add(TokenKind.Mark, mark.ToString());
            }
            else
            {
                Character(mark);
            }
        }
        else if (Vocabulary.TryFunction(name, out var function))
        {
            Add(TokenKind.Function, function);
        }
        else if (Vocabulary.TryLetter(name, out var letter))
        {
            Add(TokenKind.Letter, letter);
        }
        else if (Vocabulary.IsIgnored(name))
        {
            isSpaced = true;
            if (name is "left" or "right" or "bigl" or "bigr" && Peek() == '.')
            {
                at++;
            }
        }
        else
        {
            throw new UndecidedException(ReasonCodes.UnparseableAnswer, $"\\{Excerpt.Of(name)} is not known");
        }
    }

    /// <summary>\text{ cm}, \mathbb{R}, \operatorname{lcm}.</summary>
    private void Text(string command)
    {
        TakeWhile(char.IsWhiteSpace);
        var content = Peek() == '{' ? Braces() : Peek() == '\0' ? "" : text[at++].ToString();
        isSpaced = true;
        if (command == "mathbb")
        {
            Add(TokenKind.Letter, content + content);
            return;
        }

        // What stands in it is read as if it stood alone: units, words, and now and then a number.
        var inner = new Lexer(content) { depth = depth };
        inner.ReadAll();

        // Letters in text are words and units, unless they stand alone and are none.
        foreach (var token in inner.tokens)
        {
            tokens.Add(token.Kind == TokenKind.Letter && token.Text.Length == 1 && Units.IsUnit(token.Text) && command != "operatorname" ? token with { Kind = TokenKind.Word } : token);
        }

        isSpaced = true;
    }

    /// <summary>What stands between the braces here.</summary>
    private string Braces()
    {
        TakeWhile(char.IsWhiteSpace);
        var start = at;
        for (var open = 0; at < text.Length; at++)
        {
            open += text[at] switch { '{' => 1, '}' => -1, _ => 0 };
            if (open == 0)
            {
                break;
            }
        }

        if (at == text.Length || text[start] != '{')
        {
            throw new UndecidedException(ReasonCodes.UnparseableAnswer, "braces do not match");
        }

        return text[(start + 1)..at++];
    }

    private void Letters()
    {
        var start = at;
        var run = TakeWhile(char.IsAsciiLetter);
        if (Vocabulary.TryFunction(run, out var function) && run is not ("frac" or "Re" or "Im" or "over") && !(run == "min" && Peek() != '('))
        {
            Add(TokenKind.Function, function);
        }
        else if (Vocabulary.TryLetter(run, out var letter))
        {
            Add(TokenKind.Letter, letter);
        }
        else if (run.Length == 1)
        {
            Add(TokenKind.Letter, run);
        }
        else if (run is "U" or "cup" or "union")
        {
            Add(TokenKind.Mark, Vocabulary.Union.ToString());
        }
        else if (run.Length > WordVariablesMax || Units.IsUnit(run) || run == "pct" || Words.IsWord(run))
        {
            // A hyphenated word is one.
            while (Peek() == '-' && char.IsAsciiLetter(Peek(1)) && run.Length > WordVariablesMax)
            {
                at++;
                TakeWhile(char.IsAsciiLetter);
            }

            Add(TokenKind.Word, text[start..at]);
        }
        else
        {
            foreach (var each in run)
            {
                Add(TokenKind.Letter, each.ToString());
            }
        }
    }

    /// <summary>Two stars are Markdown's, or Python's power.</summary>
    private void Stars()
    {
        var isPower = Peek(1) == '*' && at > 0 && (char.IsAsciiLetterOrDigit(text[at - 1]) || text[at - 1] is ')' or '}') && (char.IsAsciiLetterOrDigit(Peek(2)) || Peek(2) is '(' or '-' or '{');
        var count = Peek(1) == '*' ? 2 : 1;
        at += count;
        if (isPower)
        {
            Add(TokenKind.Mark, "^");
        }

        isSpaced = true;
    }

    /// <summary>One star with nothing on one side of it.</summary>
    private bool IsEmphasis() => at == 0 || at + 1 == text.Length || (text[..at].AsSpan().Trim().Length == 0) || (text.AsSpan(at + 1).Trim(" .*").Length == 0);

    private string TakeWhile(Func<char, bool> belongs)
    {
        var start = at;
        while (at < text.Length && belongs(text[at]))
        {
            at++;
        }

        return text[start..at];
    }

    private void Add(TokenKind kind, string content)
    {
        if (tokens.Count >= TokensMax)
        {
            throw new UndecidedException(ReasonCodes.TooLarge, $"it has more than {TokensMax} symbols");
        }

        tokens.Add(new Token(kind, content, isSpaced));
        isSpaced = false;
    }

    private UndecidedException Unreadable() => new(ReasonCodes.UnparseableAnswer, $"'{Excerpt.Of(text.AsSpan(at))}' is no mathematics");
}

using System.Globalization;
using System.Numerics;

namespace StreamDistill.Verification.Mathematics;

/// <content>What has no operation outside of brackets.</content>
internal sealed partial class Parser
{
    private const int DigitsMax = 5000, ExponentMax = 5000;

    private MathNode Primary()
    {
        Enter();
        var token = Current;
        var node = token.Kind switch
        {
            TokenKind.Number => Number(),
            TokenKind.Letter => Letter(),
            TokenKind.Function => Function(),
            TokenKind.Begin => Matrix(),
            TokenKind.Mark => Bracketed(token.Text[0]),
            _ => throw Unexpected(),
        };
        depth--;
        return node;
    }

    private NumberNode Number()
    {
        var digits = Current.Text;
        at++;
        var mark = digits.IndexOf('e', StringComparison.Ordinal);
        var exponent = 0;
        if (mark >= 0 && (!int.TryParse(digits.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent) || Math.Abs(exponent) > ExponentMax))
        {
            throw new UndecidedException(ReasonCodes.TooLarge, "an exponent is too large");
        }

        var plain = mark < 0 ? digits : digits[..mark];
        if (plain.Length > DigitsMax)
        {
            throw new UndecidedException(ReasonCodes.TooLarge, "a number has too many digits");
        }

        var point = plain.IndexOf('.', StringComparison.Ordinal);
        var decimals = point < 0 ? 0 : plain.Length - point - 1;
        var all = point < 0 ? plain : plain.Remove(point, 1);
        var value = new Rational(BigInteger.Parse(all, CultureInfo.InvariantCulture), 1).Shifted(exponent - decimals);
        return Current.Is(Vocabulary.Repeating) && point >= 0
            ? Repeating(value, decimals)
            : new NumberNode(value, point < 0 && mark < 0 ? -1 : Math.Max(0, decimals - exponent), plain);
    }

    /// <summary>0.1\overline{6}.</summary>
    private NumberNode Repeating(Rational before, int decimals)
    {
        at++;
        var isBraced = Take('{');
        var period = Current.Text;
        if (Current.Kind != TokenKind.Number || !period.All(char.IsAsciiDigit))
        {
            throw Unexpected();
        }

        at++;
        if (isBraced)
        {
            Expect('}');
        }

        var repeated = new Rational(BigInteger.Parse(period, CultureInfo.InvariantCulture), Rational.PowerOfTen(period.Length) - 1).Shifted(-decimals);
        return new NumberNode(before + repeated, -1, "");
    }

    private MathNode Letter()
    {
        var name = Current.Text;
        at++;
        if (Take('_'))
        {
            name += "_" + Subscript();
        }

        while (Take('\''))
        {
            name += "'";
        }

        if (name == "RR" && Current.Is('^') && Following() is { Kind: TokenKind.Mark, Text: "+" or "-" } half)
        {
            at += 2;
            var (zero, infinity) = (NumberNode.Of(0), new SymbolNode("infty"));
            return half.Is('+') ? new IntervalNode(zero, infinity, HasLow: false, HasHigh: false) : new IntervalNode(new CallNode("neg", infinity), zero, HasLow: false, HasHigh: false);
        }

        // f(x) is a function's value; x(y + 1) is a product.
        if (Current.Is('(') && name.TrimEnd('\'') is "f" or "g" or "h" or "F" or "G" or "H" or "P" or "Q")
        {
            at++;
            var arguments = new List<MathNode> { Statement() };
            while (Take(','))
            {
                arguments.Add(Statement());
            }

            Expect(')');
            return new CallNode("?" + name, [.. arguments]);
        }

        return new SymbolNode(name);
    }

    private string Subscript()
    {
        if (!Take('{'))
        {
            return Current.Kind == TokenKind.End ? throw Unexpected() : tokens[at++].Text;
        }

        var name = "";
        while (!Current.Is('}'))
        {
            name += Current.Kind == TokenKind.End ? throw Unexpected() : Current.Text;
            at++;
        }

        at++;
        return name;
    }

    private MathNode Function()
    {
        var name = Current.Text;
        at++;
        switch (name)
        {
            case "frac":
                var numerator = Argument();
                return new CallNode("frac", numerator, Argument());
            case "binom":
                var set = Argument();
                return new CallNode("binom", set, Argument());
            case "sqrt":
                // Index and radicand; √2 has no brackets.
                var index = Take('[') ? Enclosed(']') : null;
                var radicand = Argument();
                return index is null or NumberNode { Digits: "2" } ? new CallNode("sqrt", radicand) : new CallNode("root", radicand, index);
            case "cbrt":
                return new CallNode("root", Argument(), NumberNode.Of(3));
            default:
                return Named(name);
        }
    }

    /// <summary>sin^2 x, \log_2 8, \gcd(4, 6), \sin 2x.</summary>
    private MathNode Named(string name)
    {
        var numeralBase = name == "lg" ? NumberNode.Of(10) : null;
        MathNode? subscript = name == "log" && Take('_') ? Argument() : numeralBase;
        MathNode? power = null;
        if (Take('^'))
        {
            power = Current.Is('-') ? Exponent() : Argument();
        }

        if (power is CallNode { Name: "neg", Arguments: [NumberNode { Digits: "1" }] } && name is "sin" or "cos" or "tan")
        {
            (name, power) = ("arc" + name, null);
        }

        MathNode[] arguments;
        if (Take('('))
        {
            arguments = Items(')');
        }
        else if (name is "min" or "max" or "gcd" or "lcm")
        {
            Expect(Vocabulary.OpenSet);
            arguments = Items(Vocabulary.CloseSet);
        }
        else
        {
            arguments = [FunctionArgument()];
        }

        if (arguments.Length == 0 || (arguments.Length != 1 && name is not ("min" or "max" or "gcd" or "lcm" or "log")))
        {
            throw Unexpected();
        }

        MathNode call = name switch
        {
            "log" or "lg" when arguments.Length == 2 => new CallNode("logb", arguments[0], arguments[1]),
            "log" or "lg" => subscript is null ? new CallNode("log", arguments[0]) : new CallNode("logb", arguments[0], subscript),
            _ => new CallNode(name, arguments),
        };
        return power is null ? call : new CallNode("^", call, power);
    }

    private MathNode FunctionArgument()
    {
        Enter();
        var left = Current.Is('-') ? Signed() : Power();
        while (StartsFactor() && Current.Kind != TokenKind.Function && Current.Kind != TokenKind.Begin && !Current.Is('('))
        {
            left = Juxtaposed(left);
        }

        depth--;
        return left;
    }

    /// <summary>Of a LaTeX command: what is in braces, or else the next symbol alone, of a number one digit.</summary>
    private MathNode Argument()
    {
        if (Take('{'))
        {
            return Enclosed('}');
        }

        if (Current.Kind == TokenKind.Number && Current.Text.Length > 1 && tokens[at - 1] is { Kind: TokenKind.Function, Text: "frac" or "binom" } or { Kind: TokenKind.Number })
        {
            var digits = Current.Text;
            tokens[at] = new Token(TokenKind.Number, digits[1..], IsSpaced: false);
            return NumberNode.Of(digits[0] - '0');
        }

        return Primary();
    }

    private MathNode Enclosed(char close)
    {
        var outer = bars;
        bars = 0;
        var node = Fraction();
        Expect(close);
        bars = outer;
        return node;
    }

    /// <summary>{a \over b}, or what else is in braces.</summary>
    private MathNode Fraction()
    {
        var node = Statement();
        if (Current is not { Kind: TokenKind.Function, Text: "over" })
        {
            return node;
        }

        at++;
        return new CallNode("frac", node, Statement());
    }

    private MathNode[] Items(char close)
    {
        var outer = bars;
        bars = 0;
        var items = new List<MathNode>();
        if (!Current.Is(close))
        {
            do
            {
                items.Add(Fraction());
            }
            while (Take(',') || Take(';'));
        }

        Expect(close);
        bars = outer;
        return [.. items];
    }

    private MathNode Bracketed(char mark)
    {
        at++;
        switch (mark)
        {
            case '(':
            case '[':
            case ']':
                return Parenthesised(mark);
            case '{':
                return Group();
            case Vocabulary.OpenSet:
                return Set();
            case Vocabulary.Bar:
                bars++;
                var inside = Statement();
                bars--;
                Expect(Vocabulary.Bar);
                return new CallNode("abs", inside);
            case Vocabulary.OpenFloor:
                return new CallNode("floor", Enclosed(Vocabulary.CloseFloor));
            case Vocabulary.OpenCeiling:
                return new CallNode("ceil", Enclosed(Vocabulary.CloseCeiling));
            case Vocabulary.Repeating:
                return new CallNode("conj", Argument());
            case Vocabulary.EmptySet:
                return new TextNode("");
            case Vocabulary.Currency:
                var sign = tokens[at - 1].Text;
                var unit = Units.Of(sign);
                return new QuantityNode(Power(), unit.Dimension, unit.Factor);
            default:
                at--;
                throw Unexpected();
        }
    }

    /// <summary>(1, 2), [1, 2), ]1, 2[, or an expression in brackets.</summary>
    private MathNode Parenthesised(char open)
    {
        var (outer, wasReversed) = (bars, isReversed);
        (bars, isReversed) = (0, open == ']');
        var items = new List<MathNode> { Statement() };
        while (Take(',') || Take(';'))
        {
            items.Add(Statement());
        }

        (bars, isReversed) = (outer, wasReversed);
        var close = Current.Kind == TokenKind.Mark ? Current.Text[0] : '\0';
        if (close is not (')' or ']') && !(close == '[' && open == ']'))
        {
            throw Unexpected();
        }

        at++;
        var isMatched = (open == '(') == (close == ')') && open != ']';
        if (items.Count == 1)
        {
            return isMatched ? items[0] : throw Unexpected();
        }

        if (open == ']' || close == '[' || !isMatched)
        {
            return items.Count == 2 ? new IntervalNode(items[0], items[1], open == '[', close == ']') : throw Unexpected();
        }

        return new CollectionNode(open == '(' ? CollectionKind.Tuple : CollectionKind.Bracket, [.. items]);
    }

    /// <summary>Braces group in LaTeX; where there are several things in them they are a set of plain notation.</summary>
    private MathNode Group()
    {
        var items = Items('}');
        return items.Length switch
        {
            0 => new TextNode(""),
            1 => items[0],
            _ => new CollectionNode(CollectionKind.Set, items),
        };
    }

    /// <summary>{1, 2}, or {x | x > 2}, which is its condition.</summary>
    private MathNode Set()
    {
        if (Take(Vocabulary.CloseSet))
        {
            return new TextNode("");
        }

        bars++;
        isCondition = true;
        var first = Statement();
        bars--;
        isCondition = false;
        if (Take(Vocabulary.Such) || Take(Vocabulary.Bar) || Take(':'))
        {
            var condition = Answer();
            Expect(Vocabulary.CloseSet);
            return condition;
        }

        var items = new List<MathNode> { first };
        while (Take(',') || Take(';'))
        {
            items.Add(Statement());
        }

        Expect(Vocabulary.CloseSet);
        return new CollectionNode(CollectionKind.Set, [.. items]);
    }

    private MathNode Matrix()
    {
        var environment = Current.Text.TrimEnd('*');
        if (environment is not ("vmatrix" or "pmatrix" or "bmatrix" or "matrix" or "Bmatrix" or "array" or "smallmatrix"))
        {
            throw Unexpected();
        }

        at++;
        var rows = new List<MathNode[]>();
        while (Current.Kind != TokenKind.Finish)
        {
            var row = new List<MathNode> { Statement() };
            while (Take(Vocabulary.Column))
            {
                row.Add(Statement());
            }

            rows.Add([.. row]);
            if (!Take(Vocabulary.Row) && Current.Kind != TokenKind.Finish)
            {
                throw Unexpected();
            }
        }

        at++;
        return rows.Count > 0 && rows.All(row => row.Length == rows[0].Length)
            ? environment == "vmatrix" ? new CallNode("det", new MatrixNode([.. rows])) : new MatrixNode([.. rows])
            : throw Unexpected();
    }
}

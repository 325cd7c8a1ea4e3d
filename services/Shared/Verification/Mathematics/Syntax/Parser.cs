using System.Globalization;
using System.Numerics;

namespace StreamDistill.Verification.Mathematics;

/// <summary>
/// Reads an answer: alternatives of relations of sets or expressions. Recursive descent; "1/2x" is read from left to right, as
/// computer algebra systems do; a function without brackets takes the product that follows; e and i are the constants.
/// </summary>
internal sealed partial class Parser
{
    private const int DepthMax = 60;

    private readonly List<Token> tokens;
    private int at;
    private int depth;
    private int bars;
    private bool isReversed;
    private bool isCondition;

    private Parser(List<Token> tokens) => this.tokens = tokens;

    /// <summary>Reads all of the text.</summary>
    /// <exception cref="UndecidedException">It cannot be read.</exception>
    public static MathNode Parse(string text)
    {
        var parser = new Parser(Lexer.Tokens(text));
        parser.SkipFillers();
        var node = parser.Answer();
        return parser.Current.Kind == TokenKind.End ? node : throw parser.Unexpected();
    }

    private Token Current => tokens[at];

    private Token Following(int distance = 1) => tokens[Math.Min(at + distance, tokens.Count - 1)];

    private bool Take(char mark)
    {
        if (!Current.Is(mark))
        {
            return false;
        }

        at++;
        return true;
    }

    private bool TakeWord(string word)
    {
        if (Current.Kind != TokenKind.Word || !Current.Text.Equals(word, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        at++;
        return true;
    }

    private void Expect(char mark)
    {
        if (!Take(mark))
        {
            throw Unexpected();
        }
    }

    private void SkipFillers()
    {
        var start = at;
        while (Current.Kind == TokenKind.Word && Words.IsFiller(Current.Text))
        {
            at++;
        }

        Take(':');

        // Nothing but such words is an answer in words.
        at = Current.Kind == TokenKind.End ? start : at;
    }

    /// <summary>x = 1 or x = 2; 1, 2 and 3.</summary>
    private MathNode Answer()
    {
        if (TryWords(out var text))
        {
            return Words.TryNumber(text.Text, out var number) ? NumberNode.Of(number) : text;
        }

        var items = new List<MathNode> { Statement() };
        var kind = CollectionKind.List;
        while (Current.Kind != TokenKind.End)
        {
            var isOr = false;
            var separated = Take(',') || Take(';');
            if (TakeWord("or") || (separated && TakeWord("or")))
            {
                isOr = separated = true;
            }
            else if (TakeWord("and"))
            {
                separated = true;
            }

            if (!separated)
            {
                break;
            }

            if (Current.Kind == TokenKind.End)
            {
                break;
            }

            SkipFillers();
            kind = isOr ? CollectionKind.Alternatives : kind;
            items.Add(Statement());
        }

        if (items.Count == 1)
        {
            return items[0];
        }

        return new CollectionNode(kind == CollectionKind.List && items.All(item => item is RelationNode { Relations: not "=" }) ? CollectionKind.Conditions : kind, [.. items]);
    }

    /// <summary>The whole answer is words.</summary>
    private bool TryWords(out TextNode text)
    {
        var words = new List<string>();
        var i = at;
        for (; tokens[i].Kind is TokenKind.Word or TokenKind.Letter || tokens[i].Is(':') || tokens[i].Is(',') || tokens[i].Is('\''); i++)
        {
            words.Add(tokens[i].Kind == TokenKind.Mark ? "" : tokens[i].Text);
        }

        text = new TextNode(Words.Normal(words));
        if (tokens[i].Kind != TokenKind.End || !tokens[at..i].Exists(token => token.Kind == TokenKind.Word && token.Text is not ("and" or "or")))
        {
            return false;
        }

        at = i;
        return true;
    }

    /// <summary>a &lt; b ≤ c.</summary>
    private MathNode Statement()
    {
        Enter();
        var sides = new List<MathNode> { Sets() };
        var relations = "";
        while (Current.Kind == TokenKind.Mark && "=≠≈<>≤≥∈".Contains(Current.Text[0], StringComparison.Ordinal))
        {
            relations += Current.Text[0];
            at++;
            SkipFillers();
            sides.Add(Sets());
        }

        depth--;
        return sides.Count == 1 ? sides[0] : new RelationNode(relations, [.. sides]);
    }

    private MathNode Sets()
    {
        var left = Expression();
        while (Current.Kind == TokenKind.Mark && Current.Text[0] is Vocabulary.Union or Vocabulary.Intersection or Vocabulary.Without)
        {
            var operation = Current.Text[0];
            at++;
            left = new SetOperationNode(operation, left, Expression());
        }

        return left;
    }

    private MathNode Expression()
    {
        Enter();
        var left = Product();
        while (Current.Kind == TokenKind.Mark && Current.Text[0] is '+' or '-' or Vocabulary.PlusMinus or Vocabulary.MinusPlus)
        {
            var operation = Current.Text;
            at++;
            left = new CallNode(operation, left, Product());
        }

        depth--;
        return left;
    }

    private MathNode Product()
    {
        var left = Signed();
        while (true)
        {
            if (Take('*'))
            {
                left = new CallNode("*", left, Signed());
            }
            else if (Take('/'))
            {
                left = new CallNode("/", left, Signed());
            }
            else if (Current.Is(':') && !isCondition && Following().Kind is TokenKind.Number or TokenKind.Letter)
            {
                at++;
                left = new CallNode("/", left, Signed());
            }
            else if (StartsFactor() && !IsUnit(at, left is NumberNode or CallNode))
            {
                left = Juxtaposed(left);
            }
            else
            {
                return WithUnit(left);
            }
        }
    }

    /// <summary>2x is a product, 3 1/2 and 3\frac{1}{2} are sums.</summary>
    private MathNode Juxtaposed(MathNode left)
    {
        var (isDigits, isFraction) = (Current.Kind == TokenKind.Number, Current is { Kind: TokenKind.Function, Text: "frac" });
        var right = Power();
        if (left is NumberNode { Decimals: < 0 } whole && whole.Value.Denominator.IsOne)
        {
            if (isFraction && right is CallNode { Name: "frac", Arguments: [NumberNode, NumberNode] })
            {
                return new CallNode("+", left, right);
            }

            if (isFraction && right is ScaledNode { Value: CallNode { Name: "frac", Arguments: [NumberNode, NumberNode] } part } scaled)
            {
                return new ScaledNode(new CallNode("+", left, part), scaled.Mark);
            }

            if (isDigits && right is NumberNode && Take('/') && Current.Kind == TokenKind.Number)
            {
                return new CallNode("+", left, new CallNode("/", right, Power()));
            }
        }

        return isDigits ? throw Unexpected() : new CallNode("*", left, right);
    }

    private MathNode Signed()
    {
        if (Take('-'))
        {
            Enter();
            var negated = new CallNode("neg", SignedProduct());
            depth--;
            return negated;
        }

        if (Take('+'))
        {
            return Signed();
        }

        if (Current.Kind == TokenKind.Mark && Current.Text[0] is Vocabulary.PlusMinus or Vocabulary.MinusPlus)
        {
            var operation = Current.Text;
            at++;
            return new CallNode(operation, NumberNode.Of(0), SignedProduct());
        }

        return Power();
    }

    /// <summary>What a sign stands before: a mixed number belongs together.</summary>
    private MathNode SignedProduct()
    {
        var factor = Signed();
        return factor is NumberNode { Decimals: < 0 } && (IsMixedFraction() || (Current.Is(Vocabulary.Currency) is false && Current is { Kind: TokenKind.Function, Text: "frac" }))
            ? Juxtaposed(factor)
            : factor;
    }

    private bool IsMixedFraction() => Current.Kind == TokenKind.Number && Following().Is('/');

    /// <summary>Whether another factor follows without a sign between.</summary>
    private bool StartsFactor() => Current.Kind switch
    {
        TokenKind.Letter => true,
        TokenKind.Function => Current.Text != "over",
        TokenKind.Number => IsMixedFraction(),
        TokenKind.Begin => true,
        TokenKind.Mark => Current.Text[0] is '(' or '{' or Vocabulary.OpenFloor or Vocabulary.OpenCeiling || (Current.Is(Vocabulary.Bar) && bars == 0) || (Current.Is('[') && !isReversed),
        _ => false,
    };

    private MathNode Power()
    {
        var node = Postfix(Primary());
        if (!Take('^'))
        {
            return node;
        }

        Enter();
        var power = Exponent();
        depth--;
        return Postfix(new CallNode("^", node, power));
    }

    private MathNode Exponent()
    {
        if (Take('-'))
        {
            return new CallNode("neg", Exponent());
        }

        var node = Postfix(Primary());
        return Take('^') ? new CallNode("^", node, Exponent()) : node;
    }

    private MathNode Postfix(MathNode node)
    {
        while (Current.Kind == TokenKind.Mark)
        {
            switch (Current.Text[0])
            {
                case '!':
                    node = new CallNode("factorial", node);
                    break;
                case '%':
                case Vocabulary.Degree:
                    node = Scaled(node, Current.Text[0]);
                    break;
                case '_' when node is NumberNode number:
                    at++;
                    node = InBase(number, Argument());
                    continue;
                default:
                    return node;
            }

            at++;
        }

        return node;
    }

    private MathNode Scaled(MathNode node, char mark)
    {
        // 30°C is no angle.
        if (mark == Vocabulary.Degree && Following() is { Kind: TokenKind.Letter, IsSpaced: false, Text: "C" or "F" } scale)
        {
            at++;
            return new QuantityNode(node, "temperature " + scale.Text, Rational.Of(1));
        }

        return new ScaledNode(node, mark);
    }

    private MathNode InBase(NumberNode number, MathNode numeralBase)
    {
        if (numeralBase is not NumberNode { Decimals: < 0 } given || !given.Value.Denominator.IsOne || given.Value.Numerator < 2 || given.Value.Numerator > 36)
        {
            throw Unexpected();
        }

        var value = BigInteger.Zero;
        foreach (var digit in number.Digits)
        {
            var worth = digit - '0';
            if (worth < 0 || worth >= given.Value.Numerator)
            {
                throw new UndecidedException(ReasonCodes.UnparseableAnswer, $"{number.Digits} is no number of base {given}");
            }

            value = (value * given.Value.Numerator) + worth;
        }

        return new NumberNode(new Rational(value, 1), -1, value.ToString(CultureInfo.InvariantCulture));
    }

    private void Enter()
    {
        if (++depth > DepthMax)
        {
            throw new UndecidedException(ReasonCodes.TooLarge, $"its brackets are more than {DepthMax} deep");
        }
    }

    private UndecidedException Unexpected() => new(
        ReasonCodes.UnparseableAnswer, Current.Kind == TokenKind.End ? "it ends in the middle of an expression" : $"'{Excerpt.Of(Current.Text)}' has no meaning there");
}

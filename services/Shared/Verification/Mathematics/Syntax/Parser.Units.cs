using System.Globalization;

namespace StreamDistill.Verification.Mathematics;

/// <content>What follows a value: 5 cm, 3 m/s, 12 apples per day, 30 percent.</content>
internal sealed partial class Parser
{
    private const int UnitPowerMax = 4;

    private MathNode WithUnit(MathNode value)
    {
        if (value is not (NumberNode or CallNode or ScaledNode or QuantityNode or SymbolNode) || !IsUnit(at, value is NumberNode or CallNode))
        {
            return value;
        }

        var units = new List<(Unit Unit, int Power)>();
        var (sign, power) = (1, 1);
        while (true)
        {
            if ((Current.Is('/') || Current.Is('*')) && IsUnit(at + 1, follows: true))
            {
                sign = Current.Is('/') ? -1 : sign;
                at++;
            }
            else if (!IsUnit(at, follows: true))
            {
                break;
            }

            var word = Current.Text.ToLowerInvariant();
            at++;
            switch (word)
            {
                case "percent" or "pct":
                    value = new ScaledNode(value, '%');
                    break;
                case "degree" or "degrees":
                    value = new ScaledNode(value, Vocabulary.Degree);
                    break;
                case "per":
                    sign = -1;
                    break;
                case "square" or "sq" or "squared":
                    power = 2;
                    break;
                case "cubic":
                    power = 3;
                    break;
                default:
                    units.Add((Units.Of(tokens[at - 1].Text), sign * (Take('^') ? UnitPower() : power)));
                    (sign, power) = (1, 1);
                    break;
            }
        }

        var unit = Units.Product(units);
        return unit.Dimension.Length == 0 ? value : new QuantityNode(value, unit.Dimension, unit.Factor);
    }

    /// <summary>Whether a word stands there, or a letter that is a unit because nothing follows it that a factor would have.</summary>
    private bool IsUnit(int index, bool follows)
    {
        var token = tokens[Math.Min(index, tokens.Count - 1)];
        if (token.Kind == TokenKind.Word)
        {
            return token.Text is not ("or" or "and" or "if");
        }

        if (!follows || token.Kind != TokenKind.Letter || !Units.IsUnit(token.Text) || !(token.IsSpaced || tokens[index - 1].Is('/')))
        {
            return false;
        }

        var next = tokens[Math.Min(index + 1, tokens.Count - 1)];
        if (next.Kind == TokenKind.Letter && IsUnit(index + 1, follows: true))
        {
            return true;
        }

        return next.Kind == TokenKind.End || next.Kind == TokenKind.Word || next.Is(',') || next.Is(')') || next.Is('/')
            || (next.Is('^') && tokens[Math.Min(index + 2, tokens.Count - 1)].Kind is TokenKind.Number or TokenKind.Mark);
    }

    /// <summary>cm^2, s^{-1}.</summary>
    private int UnitPower()
    {
        var power = Argument();
        var sign = power is CallNode { Name: "neg" } ? -1 : 1;
        return (power is CallNode { Name: "neg", Arguments: [var positive] } ? positive : power) is NumberNode { Decimals: < 0 } number
            && int.TryParse(number.Digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value is > 0 and <= UnitPowerMax
            ? sign * value
            : throw Unexpected();
    }
}

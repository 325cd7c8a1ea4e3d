using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace StreamDistill.Verification.Mathematics;

/// <summary>The value of an expression to high precision, with the variables as given.</summary>
/// <param name="values">The variables' values.</param>
/// <param name="isComplex">Roots and logarithms of negative numbers have values.</param>
/// <param name="budget">What it may cost.</param>
internal sealed class Evaluator(IReadOnlyDictionary<string, Rational> values, bool isComplex, Budget budget)
{
    /// <summary>The greatest of all values on the way, at least 1: what rounding errors are measured by.</summary>
    public BigFloat Scale { get; private set; } = BigFloat.One;

    /// <summary>Null where it has no value.</summary>
    /// <exception cref="UndecidedException">It cannot be computed.</exception>
    public BigComplex? Of(MathNode node)
    {
        budget.Spend(1);
        BigComplex? value;
        try
        {
            value = node switch
            {
                NumberNode number => BigComplex.Of(BigFloat.Of(number.Value)),
                SymbolNode symbol => Symbol(symbol.Name),
                ScaledNode scaled => Of(scaled.Value) is { } inner ? inner * BigComplex.Of(Worth(scaled.Mark)) : null,
                QuantityNode quantity => Of(quantity.Value) is { } inner ? inner * BigComplex.Of(BigFloat.Of(quantity.Factor)) : null,
                CallNode call => Call(call),
                _ => throw new UndecidedException(ReasonCodes.UnparseableAnswer, $"'{Excerpt.Of(node.ToString())}' has no value"),
            };
        }
        catch (DivideByZeroException)
        {
            return null;
        }

        if (value is { } found)
        {
            var size = found.Abs();
            Scale = size > Scale ? size : Scale;
        }

        return value;
    }

    /// <summary>Of one percent or degree.</summary>
    public static BigFloat Worth(char mark) => mark == '%' ? BigFloat.Of(new Rational(1, 100)) : Transcendental.Pi / BigFloat.Of(180);

    private BigComplex? Symbol(string name) => values.TryGetValue(name, out var value) ? BigComplex.Of(BigFloat.Of(value)) : name switch
    {
        "pi" => BigComplex.Of(Transcendental.Pi),
        "e" => BigComplex.Of(Transcendental.E),
        "i" => BigComplex.I,
        _ => null,
    };

    private BigComplex? Call(CallNode call)
    {
        var arguments = new BigComplex[call.Arguments.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            if (Of(call.Arguments[i]) is not { } argument)
            {
                return null;
            }

            arguments[i] = argument;
        }

        return (call.Name, arguments) switch
        {
            ("+", [var a, var b]) => a + b,
            ("-", [var a, var b]) => a - b,
            ("*", [var a, var b]) => a * b,
            ("/" or "frac", [var a, var b]) => a / b,
            ("neg", [var a]) => -a,
            ("^", [var a, var b]) => Power(a, b, call.Arguments[1]),
            ("sqrt", [var a]) => isComplex || a.Real.Sign >= 0 ? Priced(4, BigComplex.Sqrt(a)) : null,
            ("root", [var a, var b]) => Root(a, b),
            ("abs", [var a]) => BigComplex.Of(a.Abs()),
            ("exp", [var a]) => Priced(30, BigComplex.Exp(a)),
            ("ln" or "log", [var a]) => Ln(a),
            ("logb", [var a, var b]) => Ln(a) is { } upper && Ln(b) is { } lower ? upper / lower : null,
            ("conj", [var a]) => a.Conjugate(),
            ("re", [var a]) => BigComplex.Of(a.Real),
            ("im", [var a]) => BigComplex.Of(a.Imaginary),
            _ => arguments.All(argument => argument.Imaginary.IsZero) ? RealCall(call.Name, [.. arguments.Select(argument => argument.Real)]) : Trigonometric(call.Name, arguments[0]),
        };
    }

    private BigComplex? RealCall(string name, BigFloat[] arguments)
    {
        switch (name)
        {
            case "floor" or "ceil":
                var nearest = arguments[0].IsInteger(out var whole) ? whole : name == "floor" ? arguments[0].Floor() : arguments[0].Floor() + 1;
                return BigComplex.Of(BigFloat.Of(nearest));
            case "min":
                return BigComplex.Of(arguments.Aggregate((a, b) => a < b ? a : b));
            case "max":
                return BigComplex.Of(arguments.Aggregate((a, b) => a > b ? a : b));
            case "factorial" or "binom" or "gcd" or "lcm":
                var numbers = new MathNode[arguments.Length];
                for (var i = 0; i < numbers.Length; i++)
                {
                    if (!arguments[i].IsInteger(out var value))
                    {
                        return null;
                    }

                    numbers[i] = new NumberNode(new Rational(value, 1), -1, "");
                }

                return ExactValue.Of(new CallNode(name, numbers), budget) is { } exact ? BigComplex.Of(BigFloat.Of(exact)) : null;
            default:
                return Trigonometric(name, BigComplex.Of(arguments[0]));
        }
    }

    private BigComplex? Trigonometric(string name, BigComplex value)
    {
        budget.Spend(30);
        switch (name)
        {
            case "sin" or "cos" or "tan" or "cot" or "sec" or "csc":
                var (sin, cos) = BigComplex.SinCos(value);
                (sin, cos) = (Clean(sin), Clean(cos));
                return name switch
                {
                    "sin" => sin,
                    "cos" => cos,
                    "tan" => sin / cos,
                    "cot" => cos / sin,
                    "sec" => BigComplex.One / cos,
                    _ => BigComplex.One / sin,
                };
            case "sinh" or "cosh" or "tanh":
                var (plus, minus) = (BigComplex.Exp(value), BigComplex.Exp(-value));
                var two = BigComplex.Of(BigFloat.Of(2));
                return name switch { "sinh" => (plus - minus) / two, "cosh" => (plus + minus) / two, _ => (plus - minus) / (plus + minus) };
            case "arctan" when value.Imaginary.IsZero:
                return BigComplex.Of(Transcendental.Atan2(value.Real, BigFloat.One));
            case "arcsin" or "arccos" when value.Imaginary.IsZero && !(value.Real.Abs() > BigFloat.One):
                var other = BigFloat.Sqrt(BigFloat.One - (value.Real * value.Real));
                return BigComplex.Of(name == "arcsin" ? Transcendental.Atan2(value.Real, other) : Transcendental.Atan2(other, value.Real));
            case "arcsin" or "arccos" or "arctan":
                return null;
            default:
                return Unknown(name, value);
        }
    }

    /// <summary>
    /// A function that only has a name: any value does as long as it is the same for the same argument, so that f(x) + f(y) is
    /// f(y) + f(x) and f(2x) is not 2 f(x).
    /// </summary>
    private static BigComplex Unknown(string name, BigComplex value)
    {
        const int bits = 64;
        var argument = $"{name}({value.Real.Scaled(bits).Round()}, {value.Imaginary.Scaled(bits).Round()})";
        return BigComplex.Of(BigFloat.Of(new BigInteger(SHA256.HashData(Encoding.UTF8.GetBytes(argument)).AsSpan(0, 8), isUnsigned: true)).Scaled(-bits) + BigFloat.One);
    }

    /// <summary>cos(π/2) is 0, and not what rounding makes of it: a division by it has no value.</summary>
    private static BigComplex Clean(BigComplex value) => new(Clean(value.Real), Clean(value.Imaginary));

    private static BigFloat Clean(BigFloat value) => value.IsNegligibleAgainst(BigFloat.One) ? BigFloat.Zero : value;

    private BigComplex? Ln(BigComplex value) => isComplex || (value.Real.Sign > 0 && value.Imaginary.IsZero) ? Priced(90, BigComplex.Ln(value)) : null;

    private BigComplex? Power(BigComplex value, BigComplex power, MathNode written)
    {
        if (power.IsReal && power.Real.IsInteger(out var whole))
        {
            return Priced(20, BigComplex.Pow(value, BigComplex.Of(BigFloat.Of(whole))));
        }

        if (!value.Imaginary.IsZero || !power.Imaginary.IsZero || value.Real.Sign >= 0 || isComplex)
        {
            return Priced(120, BigComplex.Pow(value, power));
        }

        // (-8)^(1/3) is -2 at school: an odd root of a negative number is negative.
        for (var denominator = 3; denominator <= 15 && Sampling.Variables(written).Count == 0; denominator += 2)
        {
            if ((power.Real * BigFloat.Of(denominator)).IsInteger(out var numerator))
            {
                var size = Priced(120, BigComplex.Pow(-value, power));
                return numerator.IsEven ? size : -size;
            }
        }

        return null;
    }

    private BigComplex? Root(BigComplex value, BigComplex index)
    {
        if (!index.Imaginary.IsZero || !index.Real.IsInteger(out var whole) || whole.IsZero)
        {
            return Power(value, BigComplex.One / index, NumberNode.Of(1));
        }

        return value.Imaginary.IsZero && value.Real.Sign < 0 && !whole.IsEven
            ? -Priced(120, BigComplex.Pow(-value, BigComplex.One / index))
            : value.Imaginary.IsZero && value.Real.Sign < 0 && !isComplex ? null : Priced(120, BigComplex.Pow(value, BigComplex.One / index));
    }

    private BigComplex Priced(int cost, BigComplex value)
    {
        budget.Spend(cost);
        return value;
    }
}

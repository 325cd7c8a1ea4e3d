using System.Globalization;

namespace StreamDistill.Cli.Demo;

/// <summary>A number of a calculation: given in the question, or the result of an earlier step.</summary>
/// <param name="Given">The number, where it is given.</param>
/// <param name="Step">The step's index, or -1 where the number is given.</param>
internal readonly record struct Term(decimal Given, int Step = -1)
{
    public static implicit operator Term(int given) => new(given);

    public static implicit operator Term(decimal given) => new(given);

    /// <summary>What the step with this index gives.</summary>
    public static Term ResultOf(int step) => new(0, step);
}

/// <summary>One calculation of a way to an answer.</summary>
/// <param name="Left">Its first number.</param>
/// <param name="Operation">One of + - * /.</param>
/// <param name="Right">Its second number.</param>
/// <param name="Sentence">What it means, with {0} where the calculation goes.</param>
/// <param name="IsMoney">Whether the result is dollars.</param>
internal sealed record Step(Term Left, char Operation, Term Right, string Sentence, bool IsMoney = false)
{
    /// <summary>The exact result; quotients that do not end are cut to two places.</summary>
    public static decimal Calculate(decimal left, char operation, decimal right) => operation switch
    {
        '+' => left + right,
        '-' => left - right,
        '*' => left * right,
        '/' => right == 0 ? 0 : Math.Round(left / right, 2),
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "An operation is one of + - * /."),
    };

    /// <summary>As people write it: no point without a fraction.</summary>
    public static string Write(decimal number) => number.ToString("0.##", CultureInfo.InvariantCulture);
}

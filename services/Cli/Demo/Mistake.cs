namespace StreamDistill.Cli.Demo;

/// <summary>How a way to an answer goes wrong.</summary>
internal enum MistakeKind
{
    /// <summary>Another operation than the step needs.</summary>
    WrongOperation,

    /// <summary>The right calculation with one digit of its result wrong.</summary>
    DigitSlip,

    /// <summary>The right calculation with a result one too large or too small.</summary>
    OffByOne,

    /// <summary>The last step is forgotten.</summary>
    MissingStep,
}

/// <summary>A mistake in one step; what follows is worked out rightly from there.</summary>
/// <param name="Kind">What goes wrong.</param>
/// <param name="Step">Where: the step's index.</param>
/// <param name="Variant">Which digit slips and how far, or which side of the result is taken.</param>
internal sealed record Mistake(MistakeKind Kind, int Step, int Variant)
{
    /// <summary>The operation that is easily taken instead.</summary>
    public static char OtherThan(char operation) => operation switch
    {
        '+' => '-',
        '-' => '+',
        '*' => '+',
        _ => '*',
    };

    /// <summary>The result with the mistake, where the mistake is in the result.</summary>
    public decimal Spoil(decimal result) => Kind switch
    {
        MistakeKind.DigitSlip => SlipDigit(result),
        MistakeKind.OffByOne => result + (Variant % 2 == 0 ? 1 : -1),
        _ => result,
    };

    private decimal SlipDigit(decimal result)
    {
        var place = 1m;
        for (var places = Variant % 3; places > 0 && place * 10 <= result; places--)
        {
            place *= 10;
        }

        var digit = (int)(decimal.Truncate(result / place) % 10);
        return result + (((digit + 1 + (Variant % 8)) % 10) - digit) * place;
    }
}

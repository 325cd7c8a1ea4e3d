namespace StreamDistill.Verification.Mathematics;

/// <summary>
/// Whether two equations that are not multiples of each other have different solutions: a solution of the one is looked for that
/// does not solve the other. y/x = 2 and y = 2x have the same, and nobody can tell by looking for a difference.
/// </summary>
internal static class Curves
{
    private const int Steps = 60, Tries = 6;

    public static Likeness Compare(MathNode gold, MathNode answer, SortedSet<string> variables, Budget budget) =>
        HasSolutionOutside(gold, answer, variables, budget) || HasSolutionOutside(answer, gold, variables, budget) ? Likeness.Different : Likeness.Undecided;

    private static bool HasSolutionOutside(MathNode of, MathNode other, SortedSet<string> variables, Budget budget)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var unknown = variables.ElementAt(attempt % variables.Count);
            var values = new Dictionary<string, Rational>(StringComparer.Ordinal);
            foreach (var variable in variables)
            {
                values[variable] = new Rational(7 + (5 * values.Count) + (3 * attempt), 6 + attempt + values.Count) * new Rational((attempt + (attempt / 2 * values.Count)) % 2 == 0 ? 1 : -1, 1);
            }

            if (Solve(of, unknown, values, budget)
                && new Evaluator(values, isComplex: false, budget) is var evaluator && evaluator.Of(other) is { } rest
                && !rest.IsZero && rest.Abs().Magnitude > evaluator.Scale.Magnitude - (BigFloat.Precision / 4))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The secant method, from where the variable stands.</summary>
    private static bool Solve(MathNode of, string unknown, Dictionary<string, Rational> values, Budget budget)
    {
        var (x0, x1) = (BigFloat.Of(values[unknown]), BigFloat.Of(values[unknown]) + BigFloat.Of(new Rational(1, 8)));
        var y0 = At(x0);
        for (var step = 0; step < Steps && y0 is not null; step++)
        {
            if (At(x1) is not { } y1)
            {
                return false;
            }

            if (y1.IsZero || y1.Magnitude < -(BigFloat.Precision / 2))
            {
                return true;
            }

            var slope = y1 - y0.Value;
            if (slope.IsZero)
            {
                return false;
            }

            (x0, y0, x1) = (x1, y1, x1 - (y1 * (x1 - x0) / slope));
            if (!x1.IsZero && x1.Magnitude > 64)
            {
                return false;
            }
        }

        return false;

        BigFloat? At(BigFloat x)
        {
            values[unknown] = x.ToRational();
            return new Evaluator(values, isComplex: false, budget).Of(of) is { Imaginary.IsZero: true } value ? value.Real : null;
        }
    }
}

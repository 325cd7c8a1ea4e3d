namespace StreamDistill.Train;

/// <summary>McNemar's test in its exact one-sided form, the sign test: do two students differ on the prompts that both answered?</summary>
internal static class SignTest
{
    /// <summary>
    /// The chance of so many wins or more among the prompts on which the two differ, if each were a coin's toss: a small one
    /// says that the candidate is better. 1 where they differ nowhere.
    /// </summary>
    /// <param name="candidate">Whether each answer of the candidate passed.</param>
    /// <param name="incumbent">The same of the other; prompts that only one answered do not count.</param>
    public static double P(IReadOnlyDictionary<string, bool> candidate, IReadOnlyDictionary<string, bool> incumbent)
    {
        var both = candidate.Where(answer => incumbent.ContainsKey(answer.Key)).ToList();
        return P(both.Count(answer => answer.Value && !incumbent[answer.Key]), both.Count(answer => !answer.Value && incumbent[answer.Key]));
    }

    /// <summary>P(X >= wins) for X binomial of wins + losses tosses of a fair coin.</summary>
    public static double P(int wins, int losses)
    {
        var tosses = wins + losses;
        var (sum, logTerm) = (0.0, -tosses * Math.Log(2));
        for (var k = 0; k <= tosses; k++)
        {
            if (k >= wins)
            {
                sum += Math.Exp(logTerm);
            }

            // C(n, k + 1) = C(n, k) (n - k) / (k + 1), in logarithms: the numbers themselves overflow.
            logTerm += k < tosses ? Math.Log(tosses - k) - Math.Log(k + 1) : 0;
        }

        return Math.Min(1, sum);
    }
}

using System.Globalization;
using StreamDistill.Contracts;

namespace StreamDistill.Cli.Demo;

/// <summary>Which problems a stream has. No question of one is in another, under whatever name.</summary>
internal enum ProblemPool
{
    /// <summary>What the models that come with the project were trained on.</summary>
    Training,

    /// <summary>What a teacher is asked, and its students learn from.</summary>
    Prompts,

    /// <summary>Questions that no model has seen.</summary>
    HeldOut,
}

/// <summary>Simple word problems without end, each question once. Everything follows from the seed.</summary>
internal static class ProblemStream
{
    // Far more than the templates have questions is asked for only by mistake.
    private const int RepeatsMax = 100_000;

    /// <summary>The problems in the seed's order.</summary>
    /// <exception cref="InvalidOperationException">There are no further questions.</exception>
    public static IEnumerable<WordProblem> Of(int seed, ProblemPool pool)
    {
        var asked = new HashSet<string>(StringComparer.Ordinal);
        var repeats = 0;
        for (var i = 0; ; i++)
        {
            var problem = WordProblem.Create(new DemoRandom(seed, i, 2), SimpleTemplates.All);
            if (PoolOf(problem) != pool)
            {
                continue;
            }

            if (asked.Add(problem.Question))
            {
                repeats = 0;
                yield return problem;
            }
            else if (++repeats > RepeatsMax)
            {
                throw new InvalidOperationException($"The templates have no more than {asked.Count} questions.");
            }
        }
    }

    // Of ten questions one is held out and three are prompts.
    private static ProblemPool PoolOf(WordProblem problem) =>
        (uint.Parse(StableId.Of(problem.Key).AsSpan(0, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) % 10) switch
        {
            0 => ProblemPool.HeldOut,
            <= 3 => ProblemPool.Prompts,
            _ => ProblemPool.Training,
        };
}

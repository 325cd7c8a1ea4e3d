using System.Globalization;

namespace StreamDistill.Verification;

/// <summary>
/// Whether a text is as long as it should be, white space at its ends not counted. Parameters: min_characters,
/// max_characters (Unicode code points), min_words, max_words (runs without white space), each without effect at its
/// default; text (answer by default, or reasoning, or both, where each must comply).
/// </summary>
public sealed class LengthVerifier : IVerifier
{
    /// <summary>The name in the catalog.</summary>
    public const string Name = "length";

    /// <summary>The version in verdicts.</summary>
    public const string Version = "1";

    private readonly (int Min, int Max) characters;
    private readonly (int Min, int Max) words;
    private readonly CandidateText text;

    /// <exception cref="VerifierConfigurationException">A parameter is wrong.</exception>
    public LengthVerifier(ParameterReader parameters)
    {
        characters = Range(parameters, "characters");
        words = Range(parameters, "words");
        text = parameters.Choice("text", CandidateText.Answer);
    }

    /// <inheritdoc />
    public ValueTask<Finding> VerifyAsync(Candidate candidate, CancellationToken cancellationToken) => ValueTask.FromResult(Find(candidate));

    private static (int Min, int Max) Range(ParameterReader parameters, string unit)
    {
        var min = parameters.Integer("min_" + unit, 0, 0, int.MaxValue);
        return (min, parameters.Integer("max_" + unit, int.MaxValue, min, int.MaxValue));
    }

    private Finding Find(Candidate candidate)
    {
        foreach (var (name, content) in text.In(candidate))
        {
            var trimmed = content.AsSpan().Trim();
            if (Judge(name, Characters(trimmed), "characters", characters) is { } wrongCharacters)
            {
                return wrongCharacters;
            }

            if (Judge(name, Words(trimmed), "words", words) is { } wrongWords)
            {
                return wrongWords;
            }
        }

        return Finding.Pass();
    }

    private static Finding? Judge(string name, int count, string unit, (int Min, int Max) range)
    {
        if (count < range.Min)
        {
            return count == 0
                ? Finding.Fail(ReasonCodes.Empty, $"the {name} is empty")
                : Finding.Fail(ReasonCodes.TooShort, string.Create(CultureInfo.InvariantCulture, $"the {name} has {count} {unit}; at least {range.Min} are wanted"));
        }

        return count > range.Max
            ? Finding.Fail(ReasonCodes.TooLong, string.Create(CultureInfo.InvariantCulture, $"the {name} has {count} {unit}; at most {range.Max} are allowed"))
            : null;
    }

    private static int Characters(ReadOnlySpan<char> text)
    {
        var count = 0;
        foreach (var _ in text.EnumerateRunes())
        {
            count++;
        }

        return count;
    }

    private static int Words(ReadOnlySpan<char> text)
    {
        var count = 0;
        var inWord = false;
        foreach (var character in text)
        {
            var isSpace = char.IsWhiteSpace(character);
            count += !isSpace && !inWord ? 1 : 0;
            inWord = !isSpace;
        }

        return count;
    }
}

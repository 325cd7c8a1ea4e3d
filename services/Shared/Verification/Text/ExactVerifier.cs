namespace StreamDistill.Verification;

/// <summary>
/// Whether the whole answer is the reference answer. Parameters: case (sensitive by default, or ignore), whitespace
/// (trim by default: at both ends; collapse: also runs of it inside become one space; keep).
/// </summary>
public sealed class ExactVerifier(ParameterReader parameters) : IVerifier
{
    /// <summary>The name in the catalog.</summary>
    public const string Name = "exact";

    /// <summary>The version in verdicts.</summary>
    public const string Version = "1";

    private readonly LetterCase letterCase = parameters.Choice("case", LetterCase.Sensitive);
    private readonly Whitespace whitespace = parameters.Choice("whitespace", Whitespace.Trim);

    private enum Whitespace
    {
        Trim,
        Collapse,
        Keep,
    }

    /// <inheritdoc />
    public ValueTask<Finding> VerifyAsync(Candidate candidate, CancellationToken cancellationToken) => ValueTask.FromResult(Find(candidate));

    private Finding Find(Candidate candidate)
    {
        if (candidate.Reference is null)
        {
            return Finding.Unknown(ReasonCodes.NoReference, "the prompt has no reference answer");
        }

        var answer = Normalised(candidate.Answer);
        if (answer.Length == 0 && candidate.Reference.Length > 0)
        {
            return Finding.Fail(ReasonCodes.Empty, "the answer is empty");
        }

        return answer.Equals(Normalised(candidate.Reference), letterCase.Comparison())
            ? Finding.Pass(extracted: answer)
            : Finding.Fail(ReasonCodes.WrongAnswer, $"expected '{Excerpt.Of(candidate.Reference)}', found '{Excerpt.Of(answer)}'", Excerpt.Of(answer));
    }

    private string Normalised(string text) => whitespace switch
    {
        Whitespace.Keep => text,
        Whitespace.Trim => text.Trim(),
        _ => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)),
    };
}

/// <summary>Whether upper and lower case are the same.</summary>
public enum LetterCase
{
    /// <summary>They differ.</summary>
    Sensitive,

    /// <summary>They are the same, by the invariant rules of Unicode.</summary>
    Ignore,
}

/// <summary>What <see cref="LetterCase"/> means for a comparison.</summary>
public static class LetterCases
{
    /// <summary>The comparison.</summary>
    public static StringComparison Comparison(this LetterCase letterCase) =>
        letterCase == LetterCase.Sensitive ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
}

using System.Text;

namespace StreamDistill.Verification;

/// <summary>Which text of a completion a verifier looks at: the value of a parameter named text.</summary>
public enum CandidateText
{
    /// <summary>The answer.</summary>
    Answer,

    /// <summary>The chain of thought.</summary>
    Reasoning,

    /// <summary>Each of the two.</summary>
    Both,
}

/// <summary>The texts that <see cref="CandidateText"/> stands for.</summary>
public static class CandidateTexts
{
    /// <summary>The texts with their names; a completion without reasoning has an empty one.</summary>
    public static IEnumerable<(string Name, string Text)> In(this CandidateText which, Candidate candidate)
    {
        if (which is not CandidateText.Reasoning)
        {
            yield return ("answer", candidate.Answer);
        }

        if (which is not CandidateText.Answer)
        {
            yield return ("reasoning", candidate.Reasoning ?? "");
        }
    }
}

/// <summary>Texts shortened for a verdict's detail, so that a hostile answer does not fill the record.</summary>
internal static class Excerpt
{
    private const int LengthMax = 120;

    public static string Of(ReadOnlySpan<char> text)
    {
        if (text.Length <= LengthMax)
        {
            return text.ToString();
        }

        // Half a surrogate pair would not survive UTF-8.
        var length = char.IsHighSurrogate(text[LengthMax - 1]) ? LengthMax - 1 : LengthMax;
        return new StringBuilder(length + 1).Append(text[..length]).Append('…').ToString();
    }
}

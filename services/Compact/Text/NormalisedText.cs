using System.Text;
using StreamDistill.Unicode;

namespace StreamDistill.Compact;

/// <summary>Text as the rules compare it.</summary>
internal static class NormalisedText
{
    /// <summary>In Unicode's canonical form, each run of white space one space, none at either end.</summary>
    public static string Of(string text)
    {
        var canonical = CanonicalForm.Decompose(text);
        var result = new StringBuilder(canonical.Length);
        var space = false;
        foreach (var character in canonical)
        {
            if (char.IsWhiteSpace(character))
            {
                space = result.Length > 0;
                continue;
            }

            if (space)
            {
                result.Append(' ');
                space = false;
            }

            result.Append(character);
        }

        return result.ToString();
    }
}

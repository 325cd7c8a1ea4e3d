using System.Text.RegularExpressions;

namespace StreamDistill.Verification.Mathematics;

/// <summary>The letter of a multiple choice.</summary>
internal static partial class ChoiceLetter
{
    private const int LengthMax = 40;

    /// <summary>The letter that a reference consists of; null where it is something else.</summary>
    public static char? Of(string reference) => reference.Length > LengthMax ? null : Alone().Match(reference) is { Success: true } match ? match.Groups[1].Value[0] : null;

    /// <summary>The letter that an answer begins with or names; null where there is none.</summary>
    public static char? In(string statement) =>
        Leading().Match(statement) is { Success: true } leading ? char.ToUpperInvariant(leading.Groups[1].Value[0])
        : Named().Match(statement) is { Success: true } named ? char.ToUpperInvariant(named.Groups[1].Value[0])
        : null;

    [GeneratedRegex(@"^[\s$*(]*(?:\\(?:text|textbf|mathrm|mathbf)\s*\{)?\s*\(?([A-J])\)?\s*\.?\s*\}?[\s$*).]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Alone();

    [GeneratedRegex(@"^[\s$*(]*(?:\\(?:text|textbf|mathrm|mathbf)\s*\{\s*)?(?:\b(?:option|choice|answer)\b\s*)?[\s$*(]*(?:\\(?:text|textbf|mathrm|mathbf)\s*\{\s*)?\(?([A-Ja-j])(?![A-Za-z0-9^_'])\s*(?=[).:}\]$*,]|$|\s)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Leading();

    [GeneratedRegex(@"\b(?:option|choice)\s*(?:is\s*)?[\s$*(]*([A-J])\b", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Named();
}

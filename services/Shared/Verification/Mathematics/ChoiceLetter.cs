using System.Text.RegularExpressions;

namespace StreamDistill.Verification.Mathematics;

/// <summary>The letter of a multiple choice.</summary>
internal static partial class ChoiceLetter
{
    private const int LengthMax = 40;

    // Where the letter stands if anywhere; the patterns below are quick for this length whatever it holds.
    private const int StartLengthMax = 300;

    /// <summary>The letter that a reference consists of; null where it is something else.</summary>
    public static string? Of(string reference) => reference.Length <= LengthMax && Alone().Match(reference) is { Success: true } match ? match.Groups[1].Value : null;

    /// <summary>The letter that an answer begins with or names; null where there is none. "A triangle" and "a square" name none.</summary>
    public static string? In(string statement) => InStart(statement.Length <= StartLengthMax ? statement : statement[..StartLengthMax]);

    private static string? InStart(string statement) =>
        Several().IsMatch(statement) ? statement.Trim()
        : Leading().Match(statement) is { Success: true } leading ? Letter(leading)
        : Named().Match(statement) is { Success: true } named ? Letter(named)
        : null;

    private static string Letter(Match match) => match.Groups["letter"].Value.ToUpperInvariant();

    /// <summary>A and B: no letter is the answer.</summary>
    [GeneratedRegex(@"^[\s$*]*\(?[A-J]\)?(?:\s*(?:,|and|or|&)\s*\(?[A-J]\)?)+[\s$*.]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Several();

    [GeneratedRegex(@"^[\s$*(]*(?:\\(?:text|textbf|mathrm|mathbf)\s*\{)?\s*\(?([A-J])\)?\s*\.?\s*\}?[\s$*).]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Alone();

    [GeneratedRegex(
        @"^[\s$*(]*(?:\\(?:text|textbf|mathrm|mathbf)\s*\{\s*)?(?:\b(?i:option|choice|answer)\b\s*)?[\s$*(]*(?:\\(?:text|textbf|mathrm|mathbf)\s*\{\s*)?\(?(?:(?<letter>[A-J])(?=\s*(?:[).:}\]$*,]|$|because\b|since\b|[-–]\s))|(?<letter>[a-j])(?=\)|\.?[\s}$*]*$))",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Leading();

    [GeneratedRegex(@"\b(?i:option|choice)\s*(?i:is\s*)?[\s$*]*(?:(?<letter>[A-J])\b(?!')|\((?<letter>[A-Ja-j])\))", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Named();
}

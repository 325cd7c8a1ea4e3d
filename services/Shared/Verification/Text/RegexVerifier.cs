using System.Globalization;
using System.Text.RegularExpressions;

namespace StreamDistill.Verification;

/// <summary>
/// Whether a pattern occurs in the text. Parameters: pattern (.NET syntax without look-around and back-references, so
/// that matching takes time proportional to the text), match (search by default, or full), expect (present by default,
/// or absent), case (sensitive by default, or ignore), text (answer by default, or reasoning, or both).
/// </summary>
public sealed class RegexVerifier : IVerifier
{
    /// <summary>The name in the catalog.</summary>
    public const string Name = "regex";

    /// <summary>The version in verdicts.</summary>
    public const string Version = "1";

    private const int PatternLengthMax = 4096;
    private static readonly TimeSpan MatchTime = TimeSpan.FromSeconds(1);

    private readonly Regex regex;
    private readonly Expectation expect;
    private readonly CandidateText text;

    /// <exception cref="VerifierConfigurationException">A parameter is wrong.</exception>
    public RegexVerifier(ParameterReader parameters)
    {
        var pattern = parameters.RequiredText("pattern", "a regular expression", PatternLengthMax);
        var whole = parameters.Choice("match", Scope.Search) == Scope.Full;
        var letterCase = parameters.Choice("case", LetterCase.Sensitive);
        expect = parameters.Choice("expect", Expectation.Present);
        text = parameters.Choice("text", CandidateText.Answer);
        var options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant
            | (letterCase == LetterCase.Ignore ? RegexOptions.IgnoreCase : RegexOptions.None);
        try
        {
            // Compiled alone first: a pattern such as "a)(b" must not become right by being put into a group.
            regex = new Regex(pattern, options, MatchTime);
            regex = whole ? new Regex($@"\A(?:{pattern})\z", options, MatchTime) : regex;
        }
        catch (Exception wrong) when (wrong is ArgumentException or NotSupportedException)
        {
            throw parameters.Wrong("pattern", pattern, $"a regular expression without look-around and back-references ({wrong.Message})", wrong);
        }
    }

    private enum Scope
    {
        Search,
        Full,
    }

    private enum Expectation
    {
        Present,
        Absent,
    }

    /// <inheritdoc />
    public ValueTask<Finding> VerifyAsync(Candidate candidate, CancellationToken cancellationToken) => ValueTask.FromResult(Find(candidate));

    private Finding Find(Candidate candidate)
    {
        try
        {
            foreach (var (name, content) in text.In(candidate))
            {
                if (regex.IsMatch(content) != (expect == Expectation.Present))
                {
                    return Finding.Fail(
                        ReasonCodes.PatternMismatch,
                        expect == Expectation.Present ? $"the pattern does not occur in the {name}" : $"the pattern occurs in the {name}");
                }
            }

            return Finding.Pass();
        }
        catch (RegexMatchTimeoutException)
        {
            return Finding.Unknown(
                ReasonCodes.Timeout,
                string.Create(CultureInfo.InvariantCulture, $"the pattern took longer than {MatchTime.TotalMilliseconds} ms"));
        }
    }
}

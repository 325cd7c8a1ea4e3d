using System.Globalization;
using System.Text;

namespace StreamDistill.Verification;

/// <summary>
/// Whether a text keeps to the scripts it should be written in: a trace that slips from English into Chinese has letters
/// of Han. Parameters: allowed (names of <see cref="Script"/> separated by '|', latin|greek by default: formulas use
/// Greek), max_share (the share of letters that may be of other scripts, 0.02 by default), text (both by default, or answer,
/// or reasoning). Letters common to many scripts, digits, marks and symbols are not counted.
/// </summary>
public sealed class LanguageVerifier : IVerifier
{
    /// <summary>The name in the catalog.</summary>
    public const string Name = "language";

    /// <summary>The version in verdicts.</summary>
    public const string Version = "1";

    private readonly HashSet<Script> allowed = [Script.Common];
    private readonly decimal maxShare;
    private readonly CandidateText text;

    /// <exception cref="VerifierConfigurationException">A parameter is wrong.</exception>
    public LanguageVerifier(ParameterReader parameters)
    {
        maxShare = parameters.Number("max_share", 0.02m, 0, 1);
        text = parameters.Choice("text", CandidateText.Both);
        foreach (var name in parameters.List("allowed") ?? [nameof(Script.Latin), nameof(Script.Greek)])
        {
            var script = Array.Find(Enum.GetValues<Script>(), script => string.Equals(script.ToString(), name, StringComparison.OrdinalIgnoreCase));
            allowed.Add(script != Script.Common
                ? script
                : throw parameters.Wrong("allowed", name, "one or more of " + string.Join('|', Enum.GetNames<Script>().Skip(1).Select(known => known.ToLowerInvariant()))));
        }
    }

    /// <inheritdoc />
    public ValueTask<Finding> VerifyAsync(Candidate candidate, CancellationToken cancellationToken) => ValueTask.FromResult(Find(candidate));

    private Finding Find(Candidate candidate)
    {
        foreach (var (name, content) in text.In(candidate))
        {
            var letters = 0;
            var foreign = 0;
            var first = (At: 0, Script: Script.Other);
            var at = 0;
            foreach (var rune in content.EnumerateRunes())
            {
                if (Rune.IsLetter(rune) && Scripts.Of(rune.Value) is var script and not Script.Common)
                {
                    letters++;
                    if (!allowed.Contains(script))
                    {
                        first = foreign == 0 ? (at, script) : first;
                        foreign++;
                    }
                }

                at += rune.Utf16SequenceLength;
            }

            if (foreign > maxShare * letters)
            {
                return Finding.Fail(ReasonCodes.MixedLanguage, string.Create(
                    CultureInfo.InvariantCulture,
                    $"{foreign} of {letters} letters of the {name} are of other scripts, the first {first.Script} at character {first.At}"));
            }
        }

        return Finding.Pass();
    }
}

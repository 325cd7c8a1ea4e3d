namespace StreamDistill.Verification;

/// <summary>
/// Whether the answer is the right label of a set; without a reference, whether it is a label of the set at all.
/// Parameters: labels (separated by '|'), aliases (alias=label, separated by '|'), match (whole by default: the answer is
/// nothing but a label, apart from quotes, emphasis and a final mark; contained: exactly one label occurs in it as a
/// whole word), case (ignore by default, or sensitive).
/// </summary>
public sealed class LabelVerifier : IVerifier
{
    /// <summary>The name in the catalog.</summary>
    public const string Name = "label";

    /// <summary>The version in verdicts.</summary>
    public const string Version = "1";

    private const string Wrapping = "\"'`*_“”‘’.,;:!()[] \t\r\n";

    private readonly Dictionary<string, string> labelOf;
    private readonly StringComparison comparison;
    private readonly Extent match;

    /// <exception cref="VerifierConfigurationException">A parameter is wrong.</exception>
    public LabelVerifier(ParameterReader parameters)
    {
        match = parameters.Choice("match", Extent.Whole);
        comparison = parameters.Choice("case", LetterCase.Ignore).Comparison();
        labelOf = new Dictionary<string, string>(StringComparer.FromComparison(comparison));
        parameters.RequiredText("labels", "the labels, separated by '|'");
        foreach (var label in parameters.List("labels")!)
        {
            if (!labelOf.TryAdd(label, label))
            {
                throw parameters.Wrong("labels", label, "each label once");
            }
        }

        foreach (var alias in parameters.List("aliases") ?? [])
        {
            var (name, label) = alias.IndexOf('=') is var at and > 0 ? (alias[..at].Trim(), alias[(at + 1)..].Trim()) : ("", "");
            if (name.Length == 0 || !labelOf.TryGetValue(label, out var canonical) || !labelOf.TryAdd(name, canonical))
            {
                throw parameters.Wrong("aliases", alias, "alias=label, each alias once and each label one of labels");
            }
        }
    }

    private enum Extent
    {
        Whole,
        Contained,
    }

    /// <inheritdoc />
    public ValueTask<Finding> VerifyAsync(Candidate candidate, CancellationToken cancellationToken) => ValueTask.FromResult(Find(candidate));

    private Finding Find(Candidate candidate)
    {
        var found = LabelsIn(candidate.Answer);
        if (found.Count != 1)
        {
            return found.Count == 0
                ? Finding.Unknown(ReasonCodes.NoAnswerFound, $"no label in '{Excerpt.Of(candidate.Answer)}'")
                : Finding.Unknown(ReasonCodes.Ambiguous, $"several labels: {Excerpt.Of(string.Join(", ", found))}");
        }

        var label = found.First();
        if (candidate.Reference is null)
        {
            return Finding.Pass(extracted: label);
        }

        if (!labelOf.TryGetValue(candidate.Reference.Trim(), out var right))
        {
            return Finding.Unknown(ReasonCodes.UnparseableReference, $"the reference '{Excerpt.Of(candidate.Reference)}' is not a label", label);
        }

        return right == label
            ? Finding.Pass(extracted: label)
            : Finding.Fail(ReasonCodes.WrongAnswer, $"expected '{right}', found '{label}'", label);
    }

    private IReadOnlyCollection<string> LabelsIn(string answer)
    {
        if (labelOf.TryGetValue(answer.Trim(), out var exact) || labelOf.TryGetValue(answer.AsSpan().Trim(Wrapping).ToString(), out exact))
        {
            return [exact];
        }

        return match == Extent.Whole ? [] : Contained(answer);
    }

    private SortedSet<string> Contained(string answer)
    {
        // The longest name at a place wins, so that "not spam" is not also "spam".
        var found = new SortedSet<string>(StringComparer.Ordinal);
        var names = labelOf.Keys.OrderByDescending(name => name.Length).ToList();
        for (var at = 0; at < answer.Length;)
        {
            var here = at;
            var name = at > 0 && IsWord(answer[at - 1]) ? null : names.Find(name => IsAt(answer, here, name));
            if (name is not null)
            {
                found.Add(labelOf[name]);
            }

            at += name?.Length ?? 1;
        }

        return found;
    }

    private bool IsAt(string answer, int at, string name) =>
        answer.AsSpan(at).StartsWith(name, comparison) && (at + name.Length == answer.Length || !IsWord(answer[at + name.Length]));

    private static bool IsWord(char character) => char.IsLetterOrDigit(character) || character == '_';
}

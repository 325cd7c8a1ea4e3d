using System.Globalization;

namespace StreamDistill.Verification;

/// <summary>
/// Whether a text repeats itself, as a model does that is caught in a loop. Parameters: phrase_words (8 by default) and
/// max_phrase_share (0.4 by default: the share of the text's runs of that many words that occurred before; texts of fewer
/// than 64 such runs are not judged by it), max_line_repeats (4 by default: how often a line that is not blank may stand in
/// a row), max_loop_repeats (8 by default: how often the text's last characters may repeat what stands before them, where
/// that is 64 characters or more), text (both by default, or answer, or reasoning).
/// </summary>
public sealed class RepetitionVerifier : IVerifier
{
    /// <summary>The name in the catalog.</summary>
    public const string Name = "repetition";

    /// <summary>The version in verdicts.</summary>
    public const string Version = "1";

    private const int PhrasesMin = 64;
    private const int LoopCharactersMin = 64;
    private const int LoopCharactersMax = 8192;

    private readonly int phraseWords;
    private readonly decimal maxPhraseShare;
    private readonly int maxLineRepeats;
    private readonly int maxLoopRepeats;
    private readonly CandidateText text;

    /// <exception cref="VerifierConfigurationException">A parameter is wrong.</exception>
    public RepetitionVerifier(ParameterReader parameters)
    {
        phraseWords = parameters.Integer("phrase_words", 8, 2, 100);
        maxPhraseShare = parameters.Number("max_phrase_share", 0.4m, 0, 1);
        maxLineRepeats = parameters.Integer("max_line_repeats", 4, 1, int.MaxValue);
        maxLoopRepeats = parameters.Integer("max_loop_repeats", 8, 2, int.MaxValue);
        text = parameters.Choice("text", CandidateText.Both);
    }

    /// <inheritdoc />
    public ValueTask<Finding> VerifyAsync(Candidate candidate, CancellationToken cancellationToken) => ValueTask.FromResult(Find(candidate));

    private Finding Find(Candidate candidate)
    {
        foreach (var (name, content) in text.In(candidate))
        {
            if ((Lines(name, content) ?? Loop(name, content) ?? Phrases(name, content)) is { } found)
            {
                return found;
            }
        }

        return Finding.Pass();
    }

    private Finding? Lines(string name, ReadOnlySpan<char> content)
    {
        var previous = ReadOnlySpan<char>.Empty;
        var repeats = 0;
        foreach (var untrimmed in content.EnumerateLines())
        {
            var line = untrimmed.Trim();
            if (line.IsEmpty)
            {
                continue;
            }

            repeats = line.SequenceEqual(previous) ? repeats + 1 : 1;
            previous = line;
            if (repeats > maxLineRepeats)
            {
                return Finding.Fail(ReasonCodes.RepeatedLines, $"a line stands more than {Number(maxLineRepeats)} times in a row in the {name}: '{Excerpt.Of(line)}'");
            }
        }

        return null;
    }

    /// <summary>
    /// The longest stretch at the text's end that is some unit over and over. Read from the end, the first n characters have
    /// the period n - border(n), where border is the prefix function of Knuth, Morris and Pratt.
    /// </summary>
    private Finding? Loop(string name, ReadOnlySpan<char> content)
    {
        var tail = content.TrimEnd();
        var length = Math.Min(tail.Length, LoopCharactersMax);
        var border = new int[length];
        for (var n = 1; n < length; n++)
        {
            var candidate = border[n - 1];
            while (candidate > 0 && tail[^(n + 1)] != tail[^(candidate + 1)])
            {
                candidate = border[candidate - 1];
            }

            border[n] = tail[^(n + 1)] == tail[^(candidate + 1)] ? candidate + 1 : 0;
            var period = n + 1 - border[n];
            var repeats = (n + 1) / period;
            if (n + 1 >= LoopCharactersMin && repeats > maxLoopRepeats && HasLetterOrDigit(tail[^period..]))
            {
                return Finding.Fail(ReasonCodes.EndsInLoop, $"the {name} ends with '{Excerpt.Of(tail[^period..])}' more than {Number(maxLoopRepeats)} times over");
            }
        }

        return null;
    }

    private Finding? Phrases(string name, ReadOnlySpan<char> content)
    {
        var window = new Queue<ulong>(phraseWords + 1);
        var seen = new HashSet<ulong>();
        var phrases = 0;
        foreach (var range in content.SplitAny([]))
        {
            if (range.Start.Equals(range.End))
            {
                continue;
            }

            window.Enqueue(HashOf(content[range]));
            if (window.Count > phraseWords)
            {
                window.Dequeue();
            }

            if (window.Count == phraseWords)
            {
                phrases++;
                seen.Add(HashOf(window));
            }
        }

        var repeated = phrases - seen.Count;
        return phrases >= PhrasesMin && repeated > maxPhraseShare * phrases
            ? Finding.Fail(ReasonCodes.RepeatedPhrases, $"{Number(repeated)} of {Number(phrases)} runs of {Number(phraseWords)} words in the {name} occurred before")
            : null;
    }

    // FNV-1a: the same on every machine, unlike string.GetHashCode.
    private static ulong HashOf(ReadOnlySpan<char> word)
    {
        var hash = 14695981039346656037UL;
        foreach (var character in word)
        {
            hash = (hash ^ character) * 1099511628211UL;
        }

        return hash;
    }

    private static ulong HashOf(Queue<ulong> words)
    {
        var hash = 14695981039346656037UL;
        foreach (var word in words)
        {
            hash = (hash ^ word ^ (word >> 32)) * 1099511628211UL;
        }

        return hash;
    }

    private static bool HasLetterOrDigit(ReadOnlySpan<char> unit)
    {
        foreach (var character in unit)
        {
            if (char.IsLetterOrDigit(character))
            {
                return true;
            }
        }

        return false;
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}

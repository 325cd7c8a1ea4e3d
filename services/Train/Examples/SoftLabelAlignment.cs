using System.Text;
using streamdistill;
using StreamDistill.Student;

namespace StreamDistill.Train;

/// <summary>Finds the student's tokens that a teacher's soft labels are about: those with the same texts, one by one.</summary>
internal sealed class SoftLabelAlignment
{
    private readonly StudentTokenizer tokenizer;
    private readonly Dictionary<string, int> ids;

    public SoftLabelAlignment(StudentTokenizer tokenizer)
    {
        this.tokenizer = tokenizer;

        // Parts of characters have the same replacement character for a text: such a text names no token.
        ids = Enumerable.Range(0, tokenizer.VocabularySize)
            .GroupBy(TextOf, StringComparer.Ordinal)
            .Where(group => group.Key.Length > 0 && group.Skip(1).FirstOrDefault(-1) < 0)
            .ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
    }

    /// <summary>
    /// The labels may be about the whole target (its reasoning inline), or about its end (the answer alone), with or without
    /// the token that ends the turn. Null where a text differs: the teacher has another tokenizer. Alternatives that the
    /// student has no token for are left out.
    /// </summary>
    /// <param name="labels">At least one.</param>
    /// <param name="tokens">The example's, which may have been cut.</param>
    /// <param name="targetStart">Where the target begins.</param>
    /// <param name="targetEnd">Where the token that ends the turn is, or was before the cut.</param>
    public SoftLabelRun? Align(IList<SoftLabel> labels, int[] tokens, int targetStart, int targetEnd)
    {
        var withEnd = labels[^1].Token == TextOf(tokenizer.Chat.EndOfTurn);
        var start = (withEnd ? targetEnd + 1 : targetEnd) - labels.Count;
        var count = Math.Min(labels.Count, tokens.Length - start);
        if (start < targetStart || count <= 0)
        {
            return null;
        }

        var counts = new int[count];
        var alternatives = new List<(int Id, float Logprob)>();
        for (var i = 0; i < count; i++)
        {
            var (label, token) = (labels[i], tokens[start + i]);
            if (label.Token != TextOf(token))
            {
                return null;
            }

            var before = alternatives.Count;
            alternatives.AddRange(label.Top
                .Select(other => (Id: other.Token == label.Token ? token : ids.GetValueOrDefault(other.Token, -1), other.Logprob))
                .Append((Id: token, label.Logprob))
                .Where(other => other.Id >= 0 && float.IsFinite(other.Logprob))
                .DistinctBy(other => other.Id));
            counts[i] = alternatives.Count - before;
        }

        return new SoftLabelRun(start, counts, [.. alternatives.Select(other => other.Id)], [.. alternatives.Select(other => Math.Min(other.Logprob, 0))]);
    }

    private string TextOf(int id) => Encoding.UTF8.GetString(tokenizer.TokenBytes(id).Span);
}

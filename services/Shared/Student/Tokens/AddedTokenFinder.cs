using System.Buffers;

namespace StreamDistill.Student;

/// <summary>Finds added tokens in text: the leftmost, of several at one place the longest.</summary>
internal sealed class AddedTokenFinder
{
    private readonly Dictionary<char, AddedToken[]> _byFirst;
    private readonly SearchValues<char> _firsts;

    public AddedTokenFinder(IEnumerable<AddedToken> tokens)
    {
        _byFirst = tokens
            .GroupBy(token => token.Content[0])
            .ToDictionary(group => group.Key, group => group.OrderByDescending(token => token.Content.Length).ToArray());
        _firsts = SearchValues.Create([.. _byFirst.Keys]);
    }

    /// <summary>The text in pieces: added tokens, and what is between them.</summary>
    /// <param name="text">The text.</param>
    /// <param name="allowSpecial">Whether special tokens are found; otherwise they are text like any other.</param>
    public IEnumerable<(string Text, AddedToken? Token)> Split(string text, bool allowSpecial)
    {
        var start = 0;
        for (var at = Next(text, 0); at < text.Length;)
        {
            if (TokenAt(text, at, allowSpecial) is not { } token)
            {
                at = Next(text, at + 1);
                continue;
            }

            if (at > start)
            {
                yield return (text[start..at], null);
            }

            yield return (token.Content, token);
            start = at + token.Content.Length;
            at = Next(text, start);
        }

        if (start < text.Length)
        {
            yield return (text[start..], null);
        }
    }

    private AddedToken? TokenAt(string text, int at, bool allowSpecial)
    {
        foreach (var token in _byFirst[text[at]])
        {
            if ((allowSpecial || !token.Special) && string.CompareOrdinal(text, at, token.Content, 0, token.Content.Length) == 0)
            {
                return token;
            }
        }

        return null;
    }

    /// <summary>The next place where a token may begin; the text's end when there is none.</summary>
    private int Next(string text, int from)
    {
        var found = text.AsSpan(from).IndexOfAny(_firsts);
        return found < 0 ? text.Length : from + found;
    }
}

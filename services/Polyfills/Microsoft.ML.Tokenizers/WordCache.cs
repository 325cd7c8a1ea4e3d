namespace Microsoft.ML.Tokenizers;

/// <summary>
/// The ids of words seen lately. Each word has one place; another word that has the same takes it over, so the cache
/// follows the text and has a fixed size. A place is one reference to an object that never changes: no lock is needed.
/// </summary>
internal sealed class WordCache
{
    private const int Bits = 16;

    /// <summary>Longer words seldom come again.</summary>
    private const int LengthMax = 32;

    private readonly Entry?[] _places = new Entry?[1 << Bits];

    /// <summary>The ids of the word; null when they are not here.</summary>
    public int[]? Find(ReadOnlySpan<char> word)
    {
        if (word.Length > LengthMax)
        {
            return null;
        }

        var entry = _places[Place(word)];
        return entry is not null && word.SequenceEqual(entry.Word) ? entry.Ids : null;
    }

    /// <summary>Keeps the ids of the word, unless it is too long.</summary>
    public void Keep(ReadOnlySpan<char> word, ReadOnlySpan<int> ids)
    {
        if (word.Length <= LengthMax)
        {
            _places[Place(word)] = new(word.ToString(), ids.ToArray());
        }
    }

    /// <summary>FNV-1a over the UTF-16 units, folded.</summary>
    private static int Place(ReadOnlySpan<char> word)
    {
        var hash = 2166136261u;
        foreach (var unit in word)
        {
            hash = (hash ^ unit) * 16777619u;
        }

        return (int)((hash ^ (hash >> Bits)) & ((1 << Bits) - 1));
    }

    private sealed record Entry(string Word, int[] Ids);
}

using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace TorchSharp.Utils;

/// <summary>A dictionary whose entries are enumerated in the order they were added.</summary>
public class OrderedDict<TKey, TValue> : IEnumerable<(TKey, TValue)>
    where TKey : notnull
{
    private readonly OrderedDictionary<TKey, TValue> _entries = [];

    /// <summary>How many entries there are.</summary>
    public int Count => _entries.Count;

    /// <summary>The value of a key; a new key goes to the end.</summary>
    public TValue this[TKey key]
    {
        get => _entries[key];
        set => _entries[key] = value;
    }

    /// <summary>Adds an entry at the end.</summary>
    /// <exception cref="ArgumentException">The key is there.</exception>
    public void Add(TKey key, TValue value) => _entries.Add(key, value);

    /// <summary>Is the key there?</summary>
    public bool ContainsKey(TKey key) => _entries.ContainsKey(key);

    /// <summary>Removes an entry.</summary>
    public bool Remove(TKey key) => _entries.Remove(key);

    /// <summary>The value of a key, if it is there.</summary>
    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value) => _entries.TryGetValue(key, out value);

    internal bool TryAdd(TKey key, TValue value) => _entries.TryAdd(key, value);

    /// <summary>The entries in the order they were added.</summary>
    public IEnumerator<(TKey, TValue)> GetEnumerator() => _entries.Select(entry => (entry.Key, entry.Value)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

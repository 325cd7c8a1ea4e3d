using System.Numerics;

namespace Microsoft.ML.Tokenizers;

/// <summary>The merges by pair of ids: a hash table with linear probing, read many times for each word.</summary>
internal sealed class MergeTable
{
    private const ulong Fibonacci = 0x9E3779B97F4A7C15;

    private readonly Slot[] _slots;
    private readonly int _shift;

    public MergeTable(int count)
    {
        var size = BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, count * 2L));
        _slots = new Slot[size];
        _shift = 64 - BitOperations.Log2(size);
    }

    /// <exception cref="ArgumentException">The pair is there already.</exception>
    public void Add(int left, int right, Merge merge)
    {
        var key = Key(left, right);
        var at = Find(key);
        if (_slots[at].Key == key)
        {
            throw new ArgumentException($"The merge of the ids {left} and {right} is listed twice.");
        }

        _slots[at] = new(key, merge);
    }

    /// <summary>The merge of two neighbours; <see cref="Merge.None"/> where there is none.</summary>
    public Merge this[int left, int right]
    {
        get
        {
            ref var slot = ref _slots[Find(Key(left, right))];
            return slot.Key == 0 ? Merge.None : slot.Merge;
        }
    }

    /// <summary>The slot of the key, or the empty one where it belongs: the table is at most half full.</summary>
    private int Find(ulong key)
    {
        var mask = _slots.Length - 1;
        var at = (int)((key * Fibonacci) >> _shift);
        while (_slots[at].Key != key && _slots[at].Key != 0)
        {
            at = (at + 1) & mask;
        }

        return at;
    }

    /// <summary>Never 0, which marks an empty slot.</summary>
    private static ulong Key(int left, int right) => (((ulong)(uint)left << 32) | (uint)right) + 1;

    private readonly record struct Slot(ulong Key, Merge Merge);
}

/// <summary>Two tokens become one.</summary>
/// <param name="Rank">Its place among the merges; the lowest is applied first.</param>
/// <param name="Id">The token that the two become.</param>
internal readonly record struct Merge(int Rank, int Id)
{
    public static readonly Merge None = new(int.MaxValue, -1);
}

namespace Microsoft.ML.Tokenizers;

/// <summary>
/// Byte pair encoding (Sennrich, Haddow, Birch, 2016): of all neighbours that have a merge, the two with the lowest rank,
/// leftmost first, become one token, until none have.
/// </summary>
internal static class WordMerger
{
    /// <summary>Up to so many symbols, looking through all of them for the lowest rank is quicker than keeping a queue.</summary>
    public const int ShortLength = 64;

    /// <summary>Merges in place.</summary>
    /// <returns>How many symbols are left, at the head of the span.</returns>
    public static int Merge(Span<int> symbols, MergeTable merges) =>
        symbols.Length <= ShortLength ? MergeShort(symbols, merges) : MergeLong(symbols, merges);

    private static int MergeShort(Span<int> symbols, MergeTable merges)
    {
        var count = symbols.Length;
        Span<Merge> following = stackalloc Merge[ShortLength];
        for (var i = 0; i < count - 1; i++)
        {
            following[i] = merges[symbols[i], symbols[i + 1]];
        }

        while (count > 1)
        {
            var best = 0;
            for (var i = 1; i < count - 1; i++)
            {
                if (following[i].Rank < following[best].Rank)
                {
                    best = i;
                }
            }

            if (following[best].Rank == int.MaxValue)
            {
                break;
            }

            symbols[best] = following[best].Id;
            count--;
            symbols[(best + 2)..(count + 1)].CopyTo(symbols[(best + 1)..]);
            if (best < count - 1)
            {
                following[(best + 2)..count].CopyTo(following[(best + 1)..]);
                following[best] = merges[symbols[best], symbols[best + 1]];
            }

            if (best > 0)
            {
                following[best - 1] = merges[symbols[best - 1], symbols[best]];
            }
        }

        return count;
    }

    /// <summary>
    /// With a queue and links between the symbols that are left: n log n. An entry of the queue whose symbols have
    /// changed since is dropped; symbols only grow, so a changed pair never has the same merge.
    /// </summary>
    private static int MergeLong(Span<int> symbols, MergeTable merges)
    {
        const int Gone = -1;
        var previous = new int[symbols.Length];
        var next = new int[symbols.Length];
        var queue = new PriorityQueue<(int At, int Id), long>(symbols.Length);
        for (var i = 0; i < symbols.Length; i++)
        {
            previous[i] = i - 1;
            next[i] = i + 1;
            if (i + 1 < symbols.Length)
            {
                Enqueue(queue, i, merges[symbols[i], symbols[i + 1]]);
            }
        }

        while (queue.TryDequeue(out var entry, out _))
        {
            var (at, id) = entry;
            var right = next[at];
            if (symbols[at] == Gone || right == symbols.Length || merges[symbols[at], symbols[right]].Id != id)
            {
                continue;
            }

            symbols[at] = id;
            symbols[right] = Gone;
            next[at] = next[right];
            if (next[at] < symbols.Length)
            {
                previous[next[at]] = at;
                Enqueue(queue, at, merges[id, symbols[next[at]]]);
            }

            if (previous[at] >= 0)
            {
                Enqueue(queue, previous[at], merges[symbols[previous[at]], id]);
            }
        }

        var count = 0;
        for (var i = 0; i < symbols.Length; i = next[i])
        {
            symbols[count++] = symbols[i];
        }

        return count;
    }

    private static void Enqueue(PriorityQueue<(int At, int Id), long> queue, int at, Merge merge)
    {
        if (merge.Rank != int.MaxValue)
        {
            queue.Enqueue((at, merge.Id), ((long)merge.Rank << 32) | (uint)at);
        }
    }
}
